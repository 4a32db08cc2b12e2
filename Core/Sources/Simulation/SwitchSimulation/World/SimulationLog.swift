import Addresses
import SIPMessages
import Timeline

/// What happened in a simulated world, and its fingerprint.
struct SimulationLog: Sendable {
    struct Entry: Sendable {
        var instant: Instant
        var step: Int
        /// The call that it belongs to; nil for none that is known.
        var call: Int?
        var what: What
    }

    enum What: Sendable {
        /// A message, and in how many copies it will arrive.
        case message([UInt8], peer: Endpoint, isFromSwitch: Bool, copies: Int)
        /// Anything else: what, and the number of the call or record in the switch.
        case note(StaticString, UInt64)
    }

    private(set) var entries: [Entry] = []
    /// A hash over everything that happened, in order.
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(
        _ bytes: [UInt8], peer: Endpoint, isFromSwitch: Bool, copies: Int, call: Int?, step: Int, at now: Instant
    ) {
        mix(UInt64(bitPattern: now.nanoseconds))
        mix(UInt64(peer.address.low) << 8 | UInt64(copies) << 1 | (isFromSwitch ? 1 : 0))
        mix(bytes)
        entries.append(
            Entry(
                instant: now, step: step, call: call,
                what: .message(bytes, peer: peer, isFromSwitch: isFromSwitch, copies: copies)))
    }

    mutating func add(_ note: StaticString, _ number: UInt64, step: Int, at now: Instant, call: Int? = nil) {
        mix(UInt64(bitPattern: now.nanoseconds))
        mix(number << 8 | UInt64(note.utf8CodeUnitCount))
        entries.append(Entry(instant: now, step: step, call: call, what: .note(note, number)))
    }

    private mutating func mix(_ word: UInt64) { hash = ((hash ^ word) &* 0x9FB2_1C65_1E98_DF25) ^ (hash >> 29) }

    private mutating func mix(_ bytes: [UInt8]) {
        var value = hash
        bytes.withUnsafeBytes { raw in
            var position = 0
            while position &+ 8 <= raw.count {
                let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                value = ((value ^ word) &* 0x9FB2_1C65_1E98_DF25) ^ (value >> 29)
                position &+= 8
            }
            while position < raw.count {
                value = (value ^ UInt64(raw[position])) &* 0x100_0000_01B3
                position &+= 1
            }
        }
        hash = value
    }
}
