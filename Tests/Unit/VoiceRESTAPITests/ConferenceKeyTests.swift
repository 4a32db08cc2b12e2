import MediaSessions
import Testing

@testable import VoiceRESTAPI

@Suite struct ConferenceKeyTests {
    @Test("each digit does what the interface says, and the letters do nothing")
    func keys() {
        let wanted: [Character: ConferenceKey] = [
            "1": .adjust(.talk, by: -1), "2": .adjust(.talk, by: nil), "3": .adjust(.talk, by: 1),
            "4": .adjust(.listen, by: -1), "5": .adjust(.listen, by: nil), "6": .adjust(.listen, by: 1),
            "7": .adjust(.sensitivity, by: 1), "8": .adjust(.sensitivity, by: nil),
            "9": .adjust(.sensitivity, by: -1), "0": .toggleMute, "*": .toggleHold, "#": .leave,
        ]
        for digit in "0123456789*#" { #expect(ConferenceKey(digit) == wanted[digit]) }
        for digit in "ABCDx" { #expect(ConferenceKey(digit) == nil) }
    }
}
