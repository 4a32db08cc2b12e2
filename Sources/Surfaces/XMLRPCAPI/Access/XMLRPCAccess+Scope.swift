import Management
import XMLRPCValues

extension XMLRPCAccess {
    /// The rights that a method runs with.
    ///
    /// In trusted mode they are those of the customer in the member `name`, `i_customer` or for methods about customers
    /// `i_wholesaler`: fault 501 where it is missing and `isRequired`, else root. With credentials they are the caller's
    /// own; clients send the member all the same, and it narrows them to a customer below. Fault 401 for a customer that
    /// does not exist or lies outside.
    public func scope(
        _ arguments: XMLRPCArguments, _ name: String = "i_customer", isRequired: Bool = true,
        in management: SwitchManagement
    ) async throws(XMLRPCFault) -> AccessScope {
        let own: AccessScope
        switch caller {
        case .customer(let id): own = AccessScope(customer: id)
        case .trusted: own = .root
        }
        guard let id = try arguments.integer(name) else {
            if isRequired && caller == .trusted { throw .missing(name) }
            return own
        }
        guard await management.contains(customer: id, in: own) else { throw .wrongReference(name) }
        return AccessScope(customer: id)
    }
}

extension XMLRPCFault {
    /// The fault that says why a use case was refused.
    init(_ error: ManagementError) {
        switch error.code {
        case .wrongReference: self = error.member.map { .wrongReference($0) } ?? XMLRPCFault(401, error.message)
        case .notPermitted: self = .notPermitted(error.message)
        case .missing: self = error.member.map { .missing($0) } ?? XMLRPCFault(501, error.message)
        case .unavailable: self = .failed(error.message)
        default: self = XMLRPCFault(400, error.message)
        }
    }
}
