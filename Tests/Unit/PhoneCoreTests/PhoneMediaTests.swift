import Addresses
import RTP
import Testing
import Timeline

@testable import TestPhone

@Suite struct PhoneMediaTests {
    /// The events of the digits that a phone sends, each once, when its clock moves in such steps.
    private func dialled(_ digits: String, steps: [Duration]) -> [UInt8] {
        var dice = IdentifierSource(seed: 1)
        let agreement = MediaAgreement(
            remote: Endpoint(IPAddress(v4: 0x7F00_0001), 9), codec: .pcmu, eventPayloadType: 101, isHeld: false)
        var now = Instant.zero
        var phone = PhoneMedia(MediaPlan(digits: digits), agreement, at: now, dice: &dice)
        phone.beginPlaying(at: now)
        var effects: [PhoneMedia.Effect] = []
        for step in steps {
            now = now + step
            phone.timeElapsed(at: now, into: &effects)
        }
        #expect(effects.contains(.finished))
        var events: [(timestamp: RTPTimestamp, code: UInt8)] = []
        for case .send(let bytes, _) in effects {
            guard let packet = RTPDatagram(parsing: bytes), packet.payloadType == 101 else { continue }
            if events.last?.timestamp != packet.timestamp {
                events.append((packet.timestamp, packet.payload.first ?? .max))
            }
        }
        return events.map(\.code)
    }

    @Test("a phone that was not executed for a while sends its digits whole all the same")
    func late() {
        let even = [Duration](repeating: .milliseconds(20), count: 100)
        #expect(dialled("1234#", steps: even) == [1, 2, 3, 4, 11])
        for gap in [300, 700, 1500] {
            for position in 5...40 {
                var steps = even
                steps[position] = .milliseconds(gap)
                #expect(dialled("1234#", steps: steps) == [1, 2, 3, 4, 11])
            }
        }
    }
}
