import Management
import Routing
import SQLiteStore

/// `/phoneNumbers`: the numbers of the user and the applications that they lead to. Which numbers there are is decided by
/// whoever runs the switch.
struct NumberResource: Sendable {
    /// The attribute that keeps the name of a number; the same as on the XML-RPC interface.
    private static let name = "description"

    let ledger: ProvisioningLedger

    var routes: [VoiceRESTRoute] {
        [
            VoiceRESTRoute(.get, "/phoneNumbers", list), VoiceRESTRoute(.get, "/phoneNumbers/{numberId}", read),
            VoiceRESTRoute(.post, "/phoneNumbers/{numberId}", update),
        ]
    }

    private func list(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let page = try PageRequest(request.query)
        let (application, name) = (request.query["applicationId"], request.query["name"])
        let found = try await numbers(of: request.user).filter { number in
            (application == nil || number.object.application == application)
                && (name == nil || number.attributes[Self.name] == name.map { .text($0) })
        }
        return .page(from: found, page) { Self.value($0, request.addresses) }
    }

    private func read(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        .value(Self.value(try await number(request), request.addresses))
    }

    private func update(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let object = try await request.object("phoneNumber")
        let number = try await number(request)
        try await RESTError.telling {
            try await ledger.updateNumber(number.object.id, of: request.user) { number in
                if let name = try object.string("name", upTo: 255) {
                    number.attributes[Self.name] = name.isEmpty ? nil : .text(name)
                }
                if let fallback = try object.string("fallbackNumber", upTo: 64) {
                    guard fallback.isEmpty || PartyName.isDialable(PartyName.plain(fallback)) else {
                        throw RESTError.invalid("fallbackNumber", "a phone number in E.164 format or a SIP address")
                    }
                    number.object.fallbackNumber = fallback.isEmpty ? nil : PartyName.plain(fallback)
                }
                try Self.attach(&number.object, object, request.user)
            }
        }
        return .done
    }

    /// Lets the number lead to another application; an empty id detaches it, and it stays the user's.
    private static func attach(_ number: inout DID, _ object: RequestObject, _ user: User) throws(RESTError) {
        guard let application = try object.string("applicationId", upTo: 255) else { return }
        number.user = user.id
        number.application = application.isEmpty ? nil : application
        if !application.isEmpty { (number.account, number.connection) = (nil, nil) }
    }

    // MARK: Finding

    private func numbers(of user: User) async throws -> [Provisioned<DID>] {
        try await RESTError.telling { try await ledger.numbers(of: user) }
    }

    /// The number that a path names: by its id, or by itself with or without a `+`.
    private func number(_ request: VoiceRESTRequest) async throws -> Provisioned<DID> {
        let wanted = request["numberId"]
        let found = try await numbers(of: request.user).first { number in
            Self.id(of: number.object) == wanted || Self.digits(number.object.number) == Self.digits(wanted)
        }
        guard let found else { throw RESTError(.numberNotFound, "The phone number \(wanted) was not found") }
        return found
    }

    private static func id(of number: DID) -> String { "n-\(number.id)" }

    private static func digits(_ number: String) -> Substring {
        number.hasPrefix("+") ? number.dropFirst() : number[...]
    }

    private static func value(_ number: Provisioned<DID>, _ addresses: ResourceAddresses) -> JSONValue {
        let did = number.object
        var name: String?
        if case .text(let text) = number.attributes[Self.name] { name = text }
        return .members([
            "id": .string(id(of: did)), "number": .string(did.number.inE164),
            "nationalNumber": .text(national(did.number)), "name": .text(name), "numberState": .string("enabled"),
            "applicationId": .text(did.application),
            "application": .text(did.application.map { addresses.url("applications", $0) }),
            // Nothing is charged for a number.
            "fallbackNumber": .text(did.fallbackNumber), "price": .string("0.00"),
        ])
    }

    /// `(312) 555-0110` for a number of North America; nil for others.
    private static func national(_ number: String) -> String? {
        let digits = digits(number)
        guard digits.count == 11, digits.first == "1", digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        let local = Array(digits.dropFirst())
        return "(\(String(local[0..<3]))) \(String(local[3..<6]))-\(String(local[6...]))"
    }
}

extension String {
    /// The number with a `+`, where it can only be an international one: 7 to 15 digits (ITU-T E.164 §6).
    var inE164: String {
        let isNumber = (7...15).contains(utf8.count) && utf8.allSatisfy { (48...57).contains($0) }
        return isNumber ? "+\(self)" : self
    }
}
