import Routing
import Timeline

/// Why an account can never call a number as it is provisioned, whatever its routes are doing at the moment.
public enum DestinationRefusal: Hashable, Sendable {
    /// The account's translation makes no number of it.
    case untranslatable
    /// The longest prefix of every destination set that fits is forbidden.
    case forbidden
}

extension RoutingTables {
    /// Why the account with the id `account` cannot call `number`; nil where it may, or where only the call will tell.
    public func refusal(of number: String, by account: Int) -> DestinationRefusal? {
        guard let position = self.account(id: account) else { return nil }
        let dialled = Array(number.utf8)
        let digits = dialled.first == UInt8(ascii: "+") ? Array(dialled.dropFirst()) : dialled
        guard did(dialled) == nil, did(digits) == nil, did([UInt8(ascii: "+")] + digits) == nil else { return nil }
        guard let rule = accounts[position].cldTranslation else { return refusal(ofTranslated: dialled, by: position) }
        guard let called = rule.apply(to: dialled) else { return .untranslatable }
        return refusal(ofTranslated: called, by: position)
    }

    private func refusal(ofTranslated number: [UInt8], by account: Int) -> DestinationRefusal? {
        var dice = IdentifierSource(seed: 1)
        var candidates: [RouteCandidate] = []
        let selector = RouteSelector(tables: self)
        var found = selector.select(account: account, cld: number, dice: &dice, into: &candidates)
        // What is provisioned may be written without the plus sign.
        if found == .noRoute, number.first == UInt8(ascii: "+") {
            found = selector.select(account: account, cld: Array(number.dropFirst()), dice: &dice, into: &candidates)
        }
        return found == .forbidden ? .forbidden : nil
    }
}
