import Accounting
import Audio
import TestPhone

/// The steps in which programs of this process own the calls: voice applications.
extension DemoSteps {
    func programAnswers() async {
        let number = DemoProvisioning.deskNumber
        tale.begin("A program answers: a prompt is heard, digits are sent, and come back as digits")
        let before = served.records.count
        var request = request(number)
        request.media = MediaPlan(digits: "21234#")
        request.media.digitsDelay = .milliseconds(1400)
        request.duration = .milliseconds(3900)
        let report = await place(request, to: number)
        tale.expect(report.hasHeard(700) && report.hasHeard(1100), "audio: alice heard the prompt, \(report.heard)")
        tale.expect(
            report.media.digits == "1234", "the program heard 2 and 1234#, and sent \(report.media.digits) back")
        await expectRecord(before + 1, by: .caller, status: 200, cause: 16)
        command(number, "--dtmf 21234#")
        swift(
            """
            try await channel.answer()
            try await channel.filePlayer.play("front-desk.wav", bargeIn: .anyDigit)
            let choice = try await channel.dtmfDetector.getDigits(count: 1, predigits: .seconds(5))
            let digits = try await channel.dtmfDetector.getDigits(predigits: .seconds(20), end: "#")
            try await channel.dtmfPlayer.play(digits)
            """)
    }

    func programRejects() async {
        let number = DemoProvisioning.rejectingNumber
        tale.begin("A program rejects a call with BUSY")
        let before = served.records.count
        let report = await place(request(number), to: number)
        tale.expect(report.status.rawValue == 486 && !report.isAnswered, "alice got \(report.status.rawValue)")
        await expectRecord(before + 1, by: .application, status: 486, cause: 17)
        swift(
            """
            let state = try await channel.reject(cause: .busy)
            if state != .idle { try await channel.waitForIdle() }
            """)
    }

    func programTransfers() async {
        let number = DemoProvisioning.transferNumber
        tale.begin("A program transfers its caller, who hears it ring, and takes the caller back")
        let before = served.records.count
        var request = request(number)
        request.media = MediaPlan(play: .tone(.continuous(620)))
        let report = await place(request, to: number)
        let far = await agent.nextReport()
        tale.expect(report.hasHeard(440) && report.hasHeard(480), "audio: alice heard it ring, 440 Hz and 480 Hz")
        tale.expect(report.hasHeard(1500), "audio: alice heard the agent, 1500 Hz")
        tale.expect(far?.hasHeard(620) == true, "audio: the agent heard \(far?.heard ?? "nothing")")
        tale.expect(far?.endedBy == .local, "the agent hung up")
        tale.expect(report.hasHeard(1000), "audio: alice was taken back and heard a beep of 1000 Hz")
        tale.expect(report.endedBy == .remote, "and then the program hung up")
        _ = await served.record(number: before + 2)
        command(number, "--tone 620")
        swift(
            """
            let state = try await channel.retrievableTransfer(to: "\(DemoProvisioning.agentNumber)", using: other)
            guard state == .transferred else { return print(channel.transferCause) }
            if try await channel.waitForTransferredCallRetrieval() == .answered {
                try await channel.tonePlayer.play(.beep)
            }
            """)
    }

    /// Prints the lines of a program that does the same.
    private func swift(_ lines: String) {
        tale.note("what the program does, in Swift:")
        tale.quote(lines)
    }
}
