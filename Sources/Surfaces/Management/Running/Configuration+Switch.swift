import AudioCodecs
import ConfigurationFiles
import MediaSessions
import MediaTransports
import Routing
import SDP
import SIPTransactions
import SQLiteStore
import SwitchEngine

extension Configuration {
    /// The part of the configuration that shards know.
    public func snapshot(_ tables: RoutingTables) -> ConfigurationSnapshot {
        var snapshot = ConfigurationSnapshot(tables: tables)
        snapshot.node = node.name
        snapshot.environment = node.environment
        snapshot.realm = Array(sip.realm.utf8)
        snapshot.digestAlgorithms = sip.digestAlgorithms
        snapshot.product = Array(sip.userAgent.utf8)
        snapshot.advertised = sip.advertise
        let timers = sip.timers
        snapshot.timers = TransactionTimers(t1: timers.t1, t2: timers.t2, t4: timers.t4, noAnswer: timers.noAnswer)
        snapshot.noAnswer = timers.noAnswer
        snapshot.sessionExpires = timers.sessionExpires
        snapshot.mediaMode = media.mode
        snapshot.mediaAddress = media.address
        snapshot.mediaAdvertised = media.advertise
        snapshot.codecs = media.codecs.flatMap(\.maps)
        snapshot.conferenceParties = media.conferenceParties
        snapshot.limits = SwitchLimits(
            calls: limits.calls, callsPerSecond: limits.callsPerSecond,
            callsPerSecondPerSource: limits.callsPerSecondPerSource)
        return snapshot
    }

    /// Starts the thread that relays media.
    func mediaShard(events: @escaping @Sendable ([MediaEvent]) -> Void) throws -> MediaShard {
        var options = MediaShardOptions(
            ports: media.ports.first...media.ports.last, silenceTimeout: media.silenceTimeout)
        options.adapters = CodecAdapter.libraries
        switch media.dtmf {
        case .rfc4733: break
        case .info: options.parties.digits = .info
        case .inband:
            options.parties.digits = .inBand
            options.parties.toneHearing = .always
        }
        return try MediaShard(name: "martlet-media", options: options, events: events)
    }

    /// Where the store is.
    public var storePlace: StorePlace {
        switch store {
        case .file(let path): .file(path)
        case .memory: .memory
        }
    }

    /// The keys whose values differ from `other` and take effect at the next start only.
    func fixedKeys(differingFrom other: Configuration) -> [String] {
        var keys: [String] = []
        if sip.listen != other.sip.listen { keys.append("sip.listen") }
        if sip.realm != other.sip.realm { keys.append("sip.realm") }
        if sip.digestAlgorithms != other.sip.digestAlgorithms { keys.append("sip.digest_algorithms") }
        if sip.userAgent != other.sip.userAgent { keys.append("sip.user_agent") }
        if sip.timers != other.sip.timers { keys.append("sip.timers") }
        if media.address != other.media.address { keys.append("media.address") }
        if media.ports != other.media.ports { keys.append("media.ports") }
        if media.dtmf != other.media.dtmf { keys.append("media.dtmf") }
        if media.silenceTimeout != other.media.silenceTimeout { keys.append("media.silence_timeout") }
        if http.listen != other.http.listen { keys.append("http.listen") }
        if http.tls != other.http.tls { keys.append("http.tls") }
        if http.realm != other.http.realm { keys.append("http.realm") }
        if http.offersSHA256 != other.http.offersSHA256 { keys.append("http.digest_sha256") }
        if http.publicURL != other.http.publicURL { keys.append("http.public_url") }
        if http.ownNumbersOnly != other.http.ownNumbersOnly { keys.append("http.own_numbers_only") }
        if webhooks != other.webhooks { keys.append("webhooks") }
        if store != other.store { keys.append("store") }
        if control != other.control { keys.append("control") }
        if log != other.log { keys.append("log") }
        if workers != other.workers { keys.append("workers") }
        return keys
    }
}

extension VoiceCodec {
    /// What session descriptions call it, with the numbers of our own offers.
    fileprivate var maps: [RTPMap] {
        switch self {
        case .pcmu: [RTPMap.ofStatic(0)].compactMap { $0 }
        case .pcma: [RTPMap.ofStatic(8)].compactMap { $0 }
        case .g722: [RTPMap.ofStatic(9)].compactMap { $0 }
        case .opus: [RTPMap(payloadType: 111, encoding: Array("opus".utf8), clockRate: 48_000, channels: 2)]
        case .l16:
            [
                RTPMap(payloadType: 112, encoding: Array("L16".utf8), clockRate: 16_000),
                RTPMap(payloadType: 113, encoding: Array("L16".utf8), clockRate: 8_000),
            ]
        }
    }
}
