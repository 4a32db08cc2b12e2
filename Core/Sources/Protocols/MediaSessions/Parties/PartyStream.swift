import Audio
import RTP
import Timeline

/// The RTP of a party in both directions, its codecs and its reports.
struct PartyStream {
    var sender: RTPSender
    var encoder: AudioEncoder?
    var received = AudioReceiver()
    /// What is passed on to the party while it is connected, for a recording of both sides.
    var passedOn = AudioReceiver()
    private var transcoder: AudioDecoder?
    var reports: RTCPSchedule
    /// The last 20 ms of either direction.
    var heard = [Int16](repeating: 0, count: AudioFrame.sampleCount)
    var sent = [Int16](repeating: 0, count: AudioFrame.sampleCount)
    private var samples: [Int16] = []
    private(set) var isListening = false

    init(sender: RTPSender, reports: RTCPSchedule) {
        self.sender = sender
        self.reports = reports
    }

    /// Begins to keep what comes; what came before, while nobody listened, is not heard.
    mutating func startListening() {
        guard !isListening else { return }
        isListening = true
        received.reset()
    }

    mutating func stopListening() { isListening = false }

    /// Appends a payload in the codec that is sent.
    mutating func transcode(
        _ payload: UnsafeRawBufferPointer, _ codec: AudioCodec, adapters: [CodecAdapter], into bytes: inout [UInt8]
    ) {
        if case .g711(let theirs) = codec, case .g711(let ours) = encoder?.codec {
            theirs.table(to: ours).withUnsafeBufferPointer { table in
                for code in payload { bytes.append(table[Int(code)]) }
            }
            return
        }
        if transcoder?.codec != codec { transcoder = AudioDecoder(codec, adapters: adapters) }
        transcoder?.decode(payload, into: &samples)
        encoder?.encode(samples, into: &bytes)
    }
}
