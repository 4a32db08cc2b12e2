import Addresses
import Audio

/// What offer and answer settled for a phone's one audio stream.
package struct MediaAgreement: Equatable, Sendable {
    /// Where the peer receives RTP; nil while it does not want any.
    package var remote: Endpoint?
    /// The codec both sides named.
    package var codec: G711Codec
    /// The payload type of telephone events; nil where the peer does not take them.
    package var eventPayloadType: UInt8?
    /// Whether the peer has put us on hold, so that we send nothing.
    package var isHeld: Bool
}
