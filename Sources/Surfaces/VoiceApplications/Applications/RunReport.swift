import Foundation

/// What is known of one run.
public struct RunReport: Sendable {
    public let id: String
    public let service: ApplicationHost.Service
    public let direction: ApplicationDataRecord.Direction
    /// What an outbound run was started with; nil for an inbound one.
    public let outboundParameters: String?
    public internal(set) var status = RunStatus.queued
    /// When it was asked for.
    public let asked: Date
    public internal(set) var started: Date?
    public internal(set) var ended: Date?
    /// Whether somebody has asked it to end before it ended by itself.
    var isCancelled = false

    init(
        id: String, service: ApplicationHost.Service, direction: ApplicationDataRecord.Direction,
        outboundParameters: String? = nil
    ) {
        self.id = id
        self.service = service
        self.direction = direction
        self.outboundParameters = outboundParameters
        asked = Date()
    }
}
