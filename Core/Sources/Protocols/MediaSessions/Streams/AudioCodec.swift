import Audio

/// A way to carry audio in RTP.
public enum AudioCodec: Hashable, Sendable {
    case g711(G711Codec)
    /// 16-bit linear samples in network order, one channel (RFC 3551 §4.5.11).
    case linear(SampleRate)
    /// A codec that an adapter brings, by the name it has in `rtpmap`, and the rate of its RTP clock.
    case external(name: String, clockRate: UInt32)

    /// Ticks of the RTP clock in a second.
    public var clockRate: UInt32 {
        switch self {
        case .g711: SampleRate.narrowband.rawValue
        case .linear(let rate): rate.rawValue
        case .external(_, let clockRate): clockRate
        }
    }
}

/// What an adapter for G.722, Opus and the like implements; one object is one direction of one call's state, and is used
/// by one thread at a time.
public protocol AudioTranscoder: AnyObject, Sendable {
    /// Appends the payload of one packet of 20 ms, given at the adapter's rate.
    func encode(_ samples: UnsafeBufferPointer<Int16>, into payload: inout [UInt8])
    /// Appends the samples of one payload, at the adapter's rate; nothing for a payload that is broken.
    func decode(_ payload: UnsafeRawBufferPointer, into samples: inout [Int16])
    /// Appends the audio of the packet before `payload`, which was lost, from what `payload` tells of it; nothing where it
    /// tells nothing. Comes before `decode` of the same payload.
    func recover(before payload: UnsafeRawBufferPointer, into samples: inout [Int16])
}

extension AudioTranscoder {
    /// A codec whose packets tell nothing of those before.
    public func recover(before payload: UnsafeRawBufferPointer, into samples: inout [Int16]) {}
}

/// The codecs beyond G.711 and linear audio, which the core does not know: the port for adapters.
public struct CodecAdapter: Sendable {
    /// The name in `rtpmap`, in lower case.
    public var name: String
    /// The rate at which the transcoder takes and gives samples.
    public var sampleRate: SampleRate
    /// Makes the state of one direction of one call.
    public var make: @Sendable () -> any AudioTranscoder

    public init(name: String, sampleRate: SampleRate, make: @escaping @Sendable () -> any AudioTranscoder) {
        self.name = name
        self.sampleRate = sampleRate
        self.make = make
    }
}

/// What a session description has settled for a party's audio.
public struct AudioAgreement: Hashable, Sendable {
    /// One payload type and its codec.
    public struct Format: Hashable, Sendable {
        public var payloadType: UInt8
        public var codec: AudioCodec

        public init(_ payloadType: UInt8, _ codec: AudioCodec) {
            self.payloadType = payloadType
            self.codec = codec
        }
    }

    /// What may come; the first is what is sent.
    public var formats: [Format]
    /// The payload type of telephone events; nil where the party takes none.
    public var telephoneEvents: UInt8?
    /// The clock of their durations; that of the audio where nothing else was agreed (RFC 4733 §2.3.5).
    public var eventClockRate: UInt32
    /// Whether we may send to the party (its direction has `recv`).
    public var isSending: Bool

    public init(_ formats: [Format], telephoneEvents: UInt8? = nil, isSending: Bool = true) {
        self.formats = formats
        self.telephoneEvents = telephoneEvents
        eventClockRate = formats.first?.codec.clockRate ?? SampleRate.narrowband.rawValue
        self.isSending = isSending
    }

    /// One of the codecs of G.711 with its static payload type.
    public init(_ codec: G711Codec, telephoneEvents: UInt8? = 101) {
        self.init([Format(codec.payloadType, .g711(codec))], telephoneEvents: telephoneEvents)
    }

    /// What is sent; nil where nothing was settled.
    public var outgoing: Format? { formats.first }

    /// The codec of a payload type that may come.
    func codec(of payloadType: UInt8) -> AudioCodec? {
        for format in formats where format.payloadType == payloadType { return format.codec }
        return nil
    }

    /// The payload type of a codec.
    func payloadType(of codec: AudioCodec) -> UInt8? {
        for format in formats where format.codec == codec { return format.payloadType }
        return nil
    }
}
