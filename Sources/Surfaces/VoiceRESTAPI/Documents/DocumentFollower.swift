import BXML
import Logging

/// Drives calls by the BXML documents that their applications reply with.
public struct DocumentFollower: CallFollower {
    private let door: CallDoor
    private let logger: Logger

    /// `door` opens on the desk that places the calls of transfers.
    public init(_ door: CallDoor, logger: Logger) {
        self.door = door
        self.logger = logger
    }

    public func refusal(in reply: [UInt8]) -> BXMLRejection? {
        guard DocumentAddress.isDocument(reply), let document = try? BXMLDocument(reading: reply),
            case .reject(let rejection) = document.verbs.first
        else { return nil }
        return rejection
    }

    public func begin(_ reply: [UInt8], from url: String?, on call: DrivenCall) async -> (any FollowedCall)? {
        guard DocumentAddress.isDocument(reply) else { return nil }
        let driver = DocumentDriver(call, desk: door.desk, logger: logger)
        await driver.begin(reply, from: url)
        return driver
    }
}
