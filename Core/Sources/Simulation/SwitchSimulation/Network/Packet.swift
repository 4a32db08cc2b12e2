import Addresses
import SIPMessages

/// A message on its way between the switch and a peer.
struct Packet: Sendable {
    var bytes: [UInt8]
    /// The bytes parsed once for everybody who reads them; nil for garbage.
    var message: SIPMessage?
    /// The end that is not the switch.
    var peer: Endpoint
    var isFromSwitch: Bool
    /// The number of its stream; 0 for a datagram.
    var stream: UInt32 = 0
}
