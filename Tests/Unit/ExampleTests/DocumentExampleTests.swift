import Martlet
import MartletTesting
import Testing

/// The code examples of documents 000, 001 and 004, each as its document says.
@Suite struct DocumentExampleTests {
    @Test(
        "000: reject sends the status of its cause",
        arguments: [
            ("BUSY", 486), ("NOANSWER", 480), ("UNOBTAINABLE", 404), ("CHANGED", 410), ("OUTOFORDER", 502),
            ("BARRED", 403), ("REJECTED", 603), ("NOCHANNELS", 503), ("CONGESTION", 503),
        ])
    func reject(cause: String, status: Int) throws {
        let example = ExampleWorld("reject-with-cause", parameters: ["cause": cause])
        example.caller.dials("1000")
        try example.caller.expectsRefusal(status)
        #expect(try example.world.results() == [0])
    }

    @Test(
        "000: a raw cause that is none leads to ERROR, and REJECTED is sent; one that is goes out as it is",
        arguments: [
            ("301", 603, 0), ("399", 603, 0), ("0", 603, 0), ("busy", 603, 0), ("404", 404, 1), ("699", 699, 1),
        ])
    func rejectFails(raw: String, status: Int, result: Int) throws {
        let example = ExampleWorld("reject-fails", parameters: ["raw": raw])
        example.caller.dials("1000")
        try example.caller.expectsRefusal(status)
        #expect(try example.world.results() == [result])
    }

    @Test("001: the caller hears ringback, talks to the target, and is taken back when that hangs up")
    func transfer() throws {
        let example = ExampleWorld("transfer-to-target", parameters: ["to": "2025550101"])
        let target = example.world.party("2025550101", .answers(after: .seconds(6)))
        try example.answeredCall()
        try example.caller.hears(.ringback)
        try target.expectsAnswer()
        example.world.passes(.seconds(1))
        target.says(AudioClip(.once(1500, for: .seconds(1))))
        try example.caller.hears(.tone(1500))
        target.hangsUp()
        try example.caller.hears(.beep)
        #expect(try example.world.results() == [0])
    }

    @Test("001: the ringback tone is the one that was named, and the call comes back when the application wants it")
    func recalled() throws {
        let parameters = ["to": "2025550101", "tone": "RINGBACK_UK", "recall": "5"]
        let example = ExampleWorld("transfer-to-target", parameters: parameters)
        let target = example.world.party("2025550101", .answers(after: .seconds(6)))
        try example.answeredCall()
        try example.caller.hears(.tone(400, 450))
        try target.expectsAnswer()
        try target.expectsHangUp()
        try example.caller.hears(.beep)
        #expect(try example.world.results() == [0])
    }

    @Test(
        "001: a transfer that fails says why",
        arguments: [
            (486, 24), (480, 24), (404, 24), (410, 24), (603, 24), (403, 24), (500, 26), (502, 26), (503, 26),
            (488, 26),
        ])
    func refused(status: Int, result: Int) throws {
        let example = ExampleWorld("transfer-to-target", parameters: ["to": "2025550101"])
        _ = example.world.party("2025550101", .refuses(status))
        try example.answeredCall()
        #expect(try example.world.results() == [result])
    }

    @Test("001: the time that was allowed is over after that time, and the caller who is gone first is HANGUP")
    func givenUp() throws {
        for (isGone, result) in [(false, 22), (true, 23)] {
            let example = ExampleWorld("transfer-to-target", parameters: ["to": "2025550101", "seconds": "45"])
            let target = example.world.party("2025550101", .rings)
            try example.answeredCall()
            try target.expectsRinging()
            if isGone { example.caller.hangsUp() }
            #expect(try example.world.results(within: .seconds(120)) == [result])
            if !isGone { #expect(example.world.elapsed >= .seconds(45)) }
        }
    }

    @Test("004: the digits are sent", arguments: ["1234#", "0123456789ABCD*#", "1,2", ","])
    func digits(_ digits: String) throws {
        let example = ExampleWorld("play-digits", parameters: ["digits": digits])
        try example.answeredCall()
        try example.caller.expectsHangUp()
        #expect(example.caller.digits == digits.filter { $0 != "," })
        #expect(try example.world.results() == [0])
    }

    @Test("004: the cause is NONE while digits are sent, then NORMAL, or HANGUP")
    func cause() throws {
        for (isGone, result) in [(false, 0), (true, 1)] {
            let example = ExampleWorld("digits-cause")
            try example.answeredCall()
            if isGone {
                example.world.passes(.milliseconds(300))
                example.caller.hangsUp()
            }
            #expect(try example.world.results() == [result])
        }
    }

    @Test("004: what it refuses is refused", arguments: [["to": "2025550101"], [:]])
    func refusals(parameters: [String: String]) throws {
        let example = ExampleWorld("digits-state", parameters: parameters)
        _ = example.world.party("2025550101")
        try example.answeredCall()
        #expect(try example.world.results() == [0])
        #expect(example.caller.digits == "0123456789ABCD*#" + String(repeating: "5", count: 32))
    }
}
