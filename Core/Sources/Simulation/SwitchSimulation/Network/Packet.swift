import Addresses
import SIPMessages

/// A datagram on its way between the switch and a peer.
struct Packet: Sendable {
    var bytes: [UInt8]
    /// The bytes parsed once for everybody who reads them; nil for garbage.
    var message: SIPMessage?
    /// The end that is not the switch.
    var peer: Endpoint
    var isFromSwitch: Bool
}
