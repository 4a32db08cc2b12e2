import Audio
import RTP
import Timeline

/// The RTP of a party in both directions, its codecs and its reports.
struct PartyStream {
    var sender: RTPSender
    var encoder: AudioEncoder?
    var received = AudioReceiver()
    /// What is passed on to the party while it is connected, for a recording of both sides and for another codec.
    var passedOn = OnDemand<AudioReceiver>()
    /// Whether what is passed on is decoded and encoded again.
    private(set) var isTranscoding = false
    var reports: RTCPSchedule
    /// The last 20 ms of either direction.
    var heard = [Int16](repeating: 0, count: AudioFrame.sampleCount)
    var sent = [Int16](repeating: 0, count: AudioFrame.sampleCount)
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

    /// Begins or ceases to decode what is passed on; its packets are counted in another way then.
    mutating func setTranscoding(_ isOn: Bool) {
        guard isOn != isTranscoding else { return }
        isTranscoding = isOn
        sender.endRelaying()
    }

    /// Ends what is passed on.
    mutating func endRelaying() {
        isTranscoding = false
        passedOn.value = nil
        sender.endRelaying()
    }
}
