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
}
