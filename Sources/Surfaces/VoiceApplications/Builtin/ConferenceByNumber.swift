import Audio

/// Puts the caller into the room of the number that was dialled; the square leaves it.
struct ConferenceByNumber: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answerUnlessAnswered()
        let number = channel.details.callTo.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        try await channel.joinConference(number, media: ConferencePartyMediaSettings(exitOnDTMFDigit: "#"))
        await channel.waitForConferenceExit()
        if channel.state == .answered { try await channel.hangUp() }
        return 0
    }
}
