import Addresses

/// A whole session description as a tree, for ends that make or answer one (RFC 8866). A relay needs only `SDPSummary`.
public struct SessionDescription: Equatable, Sendable {
    /// Longest body that is read, in bytes.
    public static let maximumBytes = 65_535
    /// Most lines that are read.
    public static let maximumLines = 2_048
    /// Most media lines that are read.
    public static let maximumMedia = 32

    /// Who made it, and its version.
    public var origin: Origin
    /// The name; a blank where nothing is said.
    public var name: [UInt8]
    /// The session's address; nil where every stream has its own, and for a name.
    public var connection: IPAddress?
    /// The way all streams flow that say nothing themselves.
    public var direction: MediaDirection?
    /// All other lines of the session in their order.
    public var otherLines: [DescriptionLine]
    /// The media lines.
    public var media: [MediaDescription]

    /// A description with the usual empty name and unbounded time.
    public init(origin: Origin, connection: IPAddress?, media: [MediaDescription]) {
        self.origin = origin
        name = [UInt8(ascii: "-")]
        self.connection = connection
        direction = nil
        otherLines = [DescriptionLine(type: UInt8(ascii: "t"), value: Array("0 0".utf8))]
        self.media = media
    }

    /// Reads a body. Throws where it is malformed or exceeds the limits: what `SDPSummary` refuses is refused here.
    public init(parsing sdp: [UInt8]) throws(SDPParseError) {
        self.init(origin: Origin(sessionID: 0, version: 0, address: IPAddress(v4: 0)), connection: nil, media: [])
        otherLines = []
        let result: Result<SessionDescription, SDPParseError> = sdp.withUnsafeBufferPointer { text in
            do throws(SDPParseError) {
                var parser = DescriptionParser(text)
                return .success(try parser.parse())
            } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }

    /// The address of media line `index`: its own, else the session's.
    public func address(of index: Int) -> IPAddress? {
        guard media.indices.contains(index) else { return nil }
        return media[index].connection ?? connection
    }

    /// The way media line `index` flows.
    public func direction(of index: Int) -> MediaDirection {
        guard media.indices.contains(index) else { return .inactive }
        return media[index].direction ?? direction ?? .sendReceive
    }
}
