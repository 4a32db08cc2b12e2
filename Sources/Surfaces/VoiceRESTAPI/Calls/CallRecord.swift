import Foundation
import Timeline

/// A call as its resource shows it, during the call and after it.
public struct CallRecord: Hashable, Sendable, Codable {
    public var id: String
    public var user: String
    public var direction: CallTerms.Direction
    public var from: String
    public var to: String
    public var state = CallState.started
    /// Milliseconds since 1970-01-01 00:00 UTC: created, answered, ended.
    public var startTime: Int64
    public var activeTime: Int64?
    public var endTime: Int64?
    /// Seconds; nil for incoming calls.
    public var callTimeout: Int?
    public var callback: CallbackTerms
    public var bridge: String?
    public var conference: String?
    public var recording: RecordingTerms
    public var isTranscribed: Bool
    public var sipHeaders: [String: String]
    public var tag: String?
    /// What happened, oldest first.
    public var events: [Step] = []
    /// Recordings, oldest first.
    public var recordings: [String] = []
    public var gathers: [GatherRecord] = []
    /// Number of the call in listings and records of the switch.
    public var number: UInt64?

    /// One step of the call's story, as `/calls/{id}/events` lists it.
    public struct Step: Hashable, Sendable, Codable {
        public var id: String
        public var time: Int64
        public var name: String
        public var data: String?
    }

    /// Most steps and gathers that are kept of one call; later ones push the oldest out.
    static let maximumSteps = 1000

    init(_ terms: CallTerms, at time: UTCTime) {
        id = terms.id
        user = terms.user
        direction = terms.direction
        from = terms.from
        to = terms.to
        startTime = time.milliseconds
        callTimeout = terms.direction == .outgoing ? Int(terms.callTimeout.components.seconds) : nil
        callback = terms.callback
        bridge = terms.bridge
        conference = terms.conference
        recording = terms.recording
        isTranscribed = terms.isTranscribed
        sipHeaders = terms.sipHeaders
        tag = terms.tag
    }

    mutating func add(_ step: Step) {
        events.append(step)
        if events.count > Self.maximumSteps { events.removeFirst() }
    }

    /// The resource.
    func resource(_ addresses: ResourceAddresses) -> JSONValue {
        let isOver = endTime != nil
        return .members([
            "id": .string(id), "direction": .string(direction.rawValue), "from": .string(from), "to": .string(to),
            "state": .string(state.rawValue), "startTime": .time(startTime), "activeTime": .time(ifAny: activeTime),
            "endTime": .time(ifAny: endTime), "callTimeout": callTimeout.map { .integer($0) },
            "callbackUrl": .string(callback.url ?? ""), "fallbackUrl": .string(callback.fallbackURL ?? ""),
            "callbackHttpMethod": .string(callback.method), "callbackTimeout": .integer(callback.timeout),
            "chargeableDuration": isOver ? .integer(chargeableDuration) : nil, "bridgeId": .text(bridge),
            "conferenceId": .text(conference), "events": .string(addresses.url("calls", id, "events")),
            "recordings": .string(addresses.url("calls", id, "recordings")),
            "transcriptions": .string(addresses.url("calls", id, "transcriptions")),
            "recordingEnabled": .boolean(recording.isEnabled),
            "recordingFileFormat": .string(recording.format.rawValue),
            "recordingMaxDuration": .integer(recording.maximumDuration),
            "transcriptionEnabled": .boolean(isTranscribed),
            "sipHeaders": sipHeaders.isEmpty ? nil : .object(sipHeaders.mapValues { .string($0) }), "tag": .text(tag),
        ])
    }

    /// Seconds from the answer to the end in whole minutes, begun ones counted.
    private var chargeableDuration: Int {
        guard let activeTime, let endTime else { return 0 }
        return Int((max(0, endTime - activeTime) + 59_999) / 60_000 * 60)
    }
}

extension JSONValue {
    /// A time in milliseconds since 1970, written as `2026-03-05T08:15:42.117Z`.
    static func time(_ milliseconds: Int64) -> JSONValue { .string(UTCTime(milliseconds: milliseconds).extended) }

    /// As the other, or nil where there is no time; no member is written for it then.
    static func time(ifAny milliseconds: Int64?) -> JSONValue? { milliseconds.map { .time($0) } }
}
