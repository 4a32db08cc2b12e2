import SIPDialogs
import SIPMessages
import Testing

@Suite("The subscriptions of a REFER")
struct ReferMachineTests {
    private static func outcome(_ events: [ReferSubscription.Event]) -> [ReferProgress] {
        var machine = ReferSubscription(number: 7)
        var effects: [ReferProgress] = []
        for event in events { machine.receive(event, into: &effects) }
        return effects
    }

    @Test(
        "The sender hears one outcome, whichever of answer and notifications comes first",
        arguments: [
            (
                [.accepted(isSubscribed: true), .notified(.trying, nil), .notified(.ok, .other)],
                [.pending, .pending, .succeeded]
            ),
            ([.notified(.trying, nil), .accepted(isSubscribed: true), .notified(.ok, nil)], [.pending, .succeeded]),
            (
                [.notified(.busyHere, .other), .accepted(isSubscribed: true), .notified(.ok, .other)],
                [.failed(.busyHere)]
            ),
            ([.refused(.methodNotAllowed), .notified(.ok, .other)], [.refused(.methodNotAllowed)]),
            ([.accepted(isSubscribed: false), .notified(.busyHere, .other)], [.succeeded]),
            ([.accepted(isSubscribed: true), .notified(.trying, .timeout)], [.pending, .timedOut]),
            ([.accepted(isSubscribed: true), .notified(nil, .other)], [.pending, .forgotten]),
            (
                [.accepted(isSubscribed: true), .notified(nil, nil), .notified(.decline, nil)],
                [.pending, .pending, .failed(.decline)]
            ),
            ([.accepted(isSubscribed: true), .refused(.ok), .accepted(isSubscribed: true)], [.pending]),
        ] as [([ReferSubscription.Event], [ReferProgress])])
    func subscription(events: [ReferSubscription.Event], expected: [ReferProgress]) {
        #expect(Self.outcome(events) == expected)
    }

    @Test("The receiver tells one status at a time, the newest next, nothing twice, and nothing after the final one")
    func notifier() {
        var machine = ReferNotifier()
        var effects: [ReferNotifier.Effect] = []
        machine.receive(.status(.trying), into: &effects)
        machine.receive(.status(.ringing), into: &effects)
        machine.receive(.status(.sessionProgress), into: &effects)
        #expect(effects == [.notify(.trying)])
        machine.receive(.answered(.ok), into: &effects)
        machine.receive(.answered(.ok), into: &effects)
        machine.receive(.status(.sessionProgress), into: &effects)
        machine.receive(.status(.ok), into: &effects)
        machine.receive(.status(.busyHere), into: &effects)
        #expect(effects == [.notify(.trying), .notify(.sessionProgress), .notify(.ok)])
        #expect(machine.state == .ended)
    }

    @Test("A sender who no longer knows the subscription is told nothing more")
    func notifierEnds() {
        var machine = ReferNotifier()
        var effects: [ReferNotifier.Effect] = []
        machine.receive(.status(.trying), into: &effects)
        machine.receive(.status(.ok), into: &effects)
        machine.receive(.answered(.callDoesNotExist), into: &effects)
        #expect(effects == [.notify(.trying)])
    }

    @Test("A fragment is its first line, and anything else is none")
    func fragments() {
        #expect(StatusFragment.body(.ok) == Array("SIP/2.0 200 OK\r\n".utf8))
        for (text, status) in [
            ("SIP/2.0 100 Trying", 100), ("SIP/2.0 486 Busy Here\r\nTo: x\r\n", 486), ("\r\nsip/2.0\t603 No", 603),
            ("SIP/2.0 200", 200),
        ] { #expect(StatusFragment.status(Array(text.utf8))?.rawValue == UInt16(status)) }
        for text in [
            "", "SIP/2.0", "HTTP/1.1 200 OK", "SIP/2.0 99 x", "SIP/2.0 700 x", "SIP/2.0 2000 x", "SIP/2.0 -20", "\r\n",
        ] {
            #expect(StatusFragment.status(Array(text.utf8)) == nil)
        }
    }

    @Test("Replaces is read with its parts in any order, and nothing that lacks one or has one twice")
    func replaces() {
        let read = ReplacedDialog(Array("a@b ; From-Tag=f;x=y;to-tag = t;early-only".utf8))
        #expect(read?.callID == Array("a@b".utf8))
        #expect(read?.toTag == Array("t".utf8))
        #expect(read?.fromTag == Array("f".utf8))
        #expect(read?.isEarlyOnly == true)
        for text in [
            "", ";", "a", "a;to-tag=t", "a;from-tag=f", "a;to-tag=;from-tag=f", "a;to-tag=t;from-tag=f;to-tag=u",
            ";to-tag=t;from-tag=f", "a b;to-tag=t;from-tag=f",
        ] { #expect(ReplacedDialog(Array(text.utf8)) == nil, "\(text)") }
    }

    @Test("Refer-To and back: what an escaped Replaces says is what was put in")
    func referTo() throws {
        let dialog = ReplacedDialog(callID: Array("a%b@h=1".utf8), toTag: Array("t;1".utf8), fromTag: Array("f".utf8))
        let target = ReferTarget(uri: Array("sip:bob@h:5070;transport=tcp".utf8), replaces: dialog)
        let value = String(decoding: target.value, as: UTF8.self)
        #expect(
            value == "<sip:bob@h:5070;transport=tcp?Replaces=a%25b%40h%3D1%3Bto-tag%3Dt%3B1%3Bfrom-tag%3Df>")
        let plain = ReferTarget(
            uri: target.uri, replaces: ReplacedDialog(callID: Array("c@d".utf8), toTag: [49], fromTag: [50]))
        #expect(try ReferTarget(reading: Array(plain.value.dropFirst().dropLast())) == plain)
        #expect(try ReferTarget(reading: Array("tel:+4420".utf8)).uri == Array("tel:+4420".utf8))
        let more = try ReferTarget(
            reading: Array("sip:x@y?Require=replaces&replaces=c%3bto-tag%3d1%3bfrom-tag%3d2".utf8))
        #expect(more.uri == Array("sip:x@y".utf8))
        #expect(more.replaces?.callID == Array("c".utf8))
    }

    @Test(
        "A target that cannot be called is refused with the status that it deserves",
        arguments: [
            ("", 400), ("sip:", 400), ("http://x", 416), ("mailto:x@y", 416), ("sip:x@y;method=BYE", 501),
            ("sip:x@y\r\nX: 1", 400), ("sip:x@y>", 400), ("sip:x@y?Replaces=1", 400),
            ("sip:x@y?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2", 400),
        ])
    func badTargets(text: String, status: UInt16) {
        #expect(throws: ReferTarget.Refusal(status: StatusCode(rawValue: status))) {
            try ReferTarget(reading: Array(text.utf8))
        }
    }
}
