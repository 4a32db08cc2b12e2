import Foundation

/// How events and resources name a party: a number in E.164, else a SIP address.
enum PartyName {
    /// The name of a party by the user of its address and the whole address, `user@host`. Eight to fifteen digits are a
    /// telephone number, whether or not they came with a plus.
    static func shown(_ user: String, address: String) -> String {
        let digits = user.hasPrefix("+") ? user.dropFirst() : user[...]
        let isNumber = digits.allSatisfy { $0.isASCII && $0.isNumber }
        if isNumber, user.hasPrefix("+") || ((8...15).contains(digits.count) && !digits.hasPrefix("0")) {
            return "+\(digits)"
        }
        return address.isEmpty || address.hasPrefix("@") ? user : "sip:\(address)"
    }

    /// The number in a party's name, without its plus sign and without what makes it a SIP address.
    static func digits(of name: String) -> String {
        let isAddress = name.lowercased().hasPrefix("sip:")
        var number = isAddress ? name.dropFirst(4).prefix { $0 != "@" && $0 != ";" } : name[...]
        if number.hasPrefix("+") { number.removeFirst() }
        return String(number)
    }

    /// What is routed of whom a call is placed to: a number with or without a plus sign, or the user of a SIP address.
    static func number(dialled destination: String) -> String? {
        guard destination.lowercased().hasPrefix("sip:") else { return destination }
        let user = destination.dropFirst(4).prefix { !"@;?".contains($0) }
        return user.isEmpty ? nil : String(user)
    }

    /// What is dialled or shown where a client has written a number in a form of its own; nil where that is `canonical`, or
    /// a SIP address, of which only the letters' size differs.
    static func spelling(_ plain: String, of canonical: String) -> String? {
        plain == canonical || plain.lowercased().hasPrefix("sip:") ? nil : plain
    }

    /// A party as a client wrote it, without what people put into numbers to read them: blanks, dots, hyphens, brackets.
    static func plain(_ text: String) -> String {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard !text.lowercased().hasPrefix("sip") else { return text }
        return text.filter { !" .-()\u{A0}".contains($0) }
    }

    /// The one form of a party's name that resources show and lists compare: a number in E.164, a SIP address with scheme
    /// and host in small letters.
    static func canonical(_ text: String) -> String {
        let plain = plain(text)
        guard plain.lowercased().hasPrefix("sip:") else { return shown(plain, address: "") }
        let address = plain.dropFirst(4)
        guard let at = address.lastIndex(of: "@") else { return "sip:\(address)" }
        return "sip:\(address[..<at])\(address[at...].lowercased())"
    }
}
