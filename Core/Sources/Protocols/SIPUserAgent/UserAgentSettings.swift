import Addresses
import SIPMessages
import SIPTransactions

/// What this user agent says about itself in the messages it sends.
public struct UserAgentSettings: Sendable {
    /// The number of the shard, which every identifier that we mint carries.
    public var shard: UInt8
    /// Value of User-Agent and Server.
    public var product: [UInt8]
    /// The address put into Via, Contact and SDP where it differs from the bound one.
    public var advertised: IPAddress?

    /// T1, T2 and T4; fixed for the life of the shard.
    public let timers: TransactionTimers

    public init(shard: UInt8, product: [UInt8], advertised: IPAddress? = nil, timers: TransactionTimers) {
        self.shard = shard
        self.timers = timers
        self.product = product
        self.advertised = advertised
    }

    /// `flow` with our end as the peer has to know it.
    public func written(_ flow: Flow) -> Flow {
        guard let advertised else { return flow }
        var written = flow
        written.local.address = advertised
        return written
    }

    /// Our end of `flow` as the peer has to know it.
    public func local(of flow: Flow) -> Endpoint {
        Endpoint(advertised ?? flow.local.address, flow.local.port)
    }

    /// Writes our Contact for the dialog with `tag` on `flow`.
    public func writeContact(tag: [UInt8], flow: Flow, to writer: inout MessageWriter) {
        writer.begin(.contact)
        writer.append("<sip:")
        writer.append(tag)
        writer.append("@")
        writer.append(local(of: flow))
        switch flow.transport {
        case .udp: break
        case .tcp: writer.append(";transport=tcp")
        case .tls: writer.append(";transport=tls")
        case .ws: writer.append(";transport=ws")
        case .wss: writer.append(";transport=wss")
        }
        writer.append(">")
        writer.end()
    }
}

/// The methods that this user agent understands, as Allow lists them (RFC 3261 §20.5).
public enum SupportedMethods {
    public static let allow: StaticString = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, REFER, NOTIFY"
    /// The extensions that this user agent knows, as Supported lists them (RFC 3261 §20.37).
    public static let extensions: StaticString = "replaces"
    /// The same in dialogs that have a session timer (RFC 4028).
    public static let extensionsWithTimer: StaticString = "replaces, timer"
    /// The body types that we read.
    public static let accept: StaticString = "application/sdp"
}
