import CallEvents
import Foundation
import SQLiteStore
import Timeline

/// A call that was told of and whose process was stopped without warning, so that its hangup is missing.
struct CutOffCall: Sendable {
    private let last: StoredEvent
    private let call: EventCall
    private let tag: String?
    private let isAnswered: Bool

    /// The calls of an earlier process without a hangup, behind `sequence`.
    static func found(by reader: EventReader, after sequence: Int64) throws(StoreError) -> [CutOffCall] {
        var order: [String] = []
        var last: [String: StoredEvent] = [:]
        for event in try reader.cutOff(after: sequence) {
            if last.updateValue(event, forKey: event.subject) == nil { order.append(event.subject) }
        }
        return order.compactMap { last[$0].flatMap(CutOffCall.init) }
    }

    private init?(_ event: StoredEvent) {
        guard let members = try? JSONDecoder().decode(Members.self, from: Data(event.body)) else { return nil }
        last = event
        call = EventCall(id: members.callId, uri: members.callUri, from: members.from, to: members.to)
        tag = members.tag
        isAnswered = event.type == CallEventType.answer.rawValue
    }

    private struct Members: Decodable {
        var callId: String
        var callUri: String
        var from: String
        var to: String
        var tag: String?
    }

    /// The hangup that nobody told.
    func hangup(at time: UTCTime) -> StoredEvent {
        var hangup = HangupEvent(call, cause: .normalTemporaryFailure, tag: tag)
        hangup.releasedBy = .switch
        hangup.sipCode = isAnswered ? 200 : 503
        return StoredEvent(
            CallEvent(.hangup(hangup), at: time), user: last.user, subject: last.subject, target: last.target)
    }
}
