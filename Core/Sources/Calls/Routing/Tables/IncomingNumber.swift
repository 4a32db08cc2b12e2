/// A number that comes in, as it is provisioned.
public struct IncomingNumber: Equatable, Sendable {
    /// Where it leads; nil for nowhere.
    public let target: DIDTarget?
    /// Id of the user whose number it is by its own word; nil where it says nothing of it.
    public let owner: String?

    /// Id of the user whose number leads nowhere; nil for every other number.
    public var ownerOfIdle: String? { target == nil ? owner : nil }
}

extension RoutingTables {
    /// What is provisioned of a number, with its plus sign or without: as it is written, else in its other form. Nil where
    /// it is not provisioned.
    public func incomingNumber(_ number: [UInt8]) -> IncomingNumber? {
        provisionedNumber(number) ?? Self.otherForm(of: number).flatMap { provisionedNumber($0) }
    }

    /// A number in E.164 without its plus sign, or digits with one; nil for what is no number. What is provisioned may be
    /// written either way.
    public static func otherForm(of number: [UInt8]) -> [UInt8]? {
        let digits = number.first == UInt8(ascii: "+") ? number.dropFirst() : number[...]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.count < number.count ? Array(digits) : [UInt8(ascii: "+")] + digits
    }
}
