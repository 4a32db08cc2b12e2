import MediaSessions

extension CodecAdapter {
    /// Opus by libopus.
    public static let opus = CodecAdapter(name: "opus", sampleRate: .narrowband) { OpusTranscoder() }
    /// G.722 by libspandsp.
    public static let g722 = CodecAdapter(name: "g722", sampleRate: .narrowband) { G722Transcoder() }
    /// Every codec that a library brings.
    public static let libraries: [CodecAdapter] = [opus, g722]
}
