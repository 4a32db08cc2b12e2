import Audio
import CallControl
import MediaSessions
import Testing
import Timeline

@Suite("Conferences")
struct ConferenceTests {
    /// A conference, and everything that it wanted since it was last asked.
    private struct Room {
        var machine = Conference(ConferenceName("hall"), maximumParties: 3)
        var effects: [ConferenceEffect] = []

        @discardableResult
        mutating func give(_ event: ConferenceEvent) -> [ConferenceEffect] {
            effects = []
            machine.receive(event, at: .zero, into: &effects)
            return effects
        }

        @discardableResult
        mutating func enter(_ id: UInt64, _ change: (inout ConferencePartyTerms) -> Void = { _ in })
            -> [ConferenceEffect]
        {
            var terms = ConferencePartyTerms()
            terms.entryTone = nil
            change(&terms)
            return give(.enter(ChannelID(rawValue: id), terms))
        }

        /// What each party hears and whether it is heard.
        var inRoom: [RoomTerms] { machine.members.map(\.inRoom) }
    }

    private static func id(_ number: UInt64) -> ChannelID { ChannelID(rawValue: number) }
    private static let ringing = RoomTerms(isHeard: false, .tone(ToneCatalogue().standard))
    private static let alone = RoomTerms(isHeard: false, .room)
    private static let talks = RoomTerms(isHeard: true, .room)
    private static let listens = RoomTerms(isHeard: false, .room)

    @Test("two parties hear each other, and who is left alone is heard by nobody")
    func two() {
        var room = Room()
        #expect(room.enter(1) == [.admit(Self.id(1), Self.alone), .tell(.joined(Self.id(1)))])
        #expect(room.machine.state == .stopped)
        #expect(
            room.enter(2) == [
                .admit(Self.id(2), Self.talks), .tell(.joined(Self.id(2))), .tell(.started),
                .setTerms(Self.id(1), Self.talks),
            ])
        #expect(room.machine.state == .started)
        #expect(
            room.give(.leave(Self.id(1), .left)) == [
                .dismiss(Self.id(1), .left), .tell(.left(Self.id(1), .left)), .tell(.stopped),
                .setTerms(Self.id(2), Self.alone),
            ])
    }

    @Test("a party's levels are told to the media, whatever it hears meanwhile, within their limits")
    func levels() {
        var room = Room()
        room.enter(1)
        room.enter(2)
        var louder = Self.talks
        louder.levels.change(.talk, by: 1)
        #expect(room.give(.adjust(Self.id(1), .talk, by: 1)) == [.setTerms(Self.id(1), louder)])
        var held = RoomTerms(isHeard: false, .nothing)
        held.levels = louder.levels
        #expect(
            room.give(.hold(Self.id(1), true)) == [.setTerms(Self.id(1), held), .tell(.changed(Self.id(1)))])
        room.give(.hold(Self.id(1), false))
        for _ in 0..<9 { room.give(.adjust(Self.id(1), .talk, by: 1)) }
        #expect(room.give(.adjust(Self.id(1), .talk, by: 1)).isEmpty)
        #expect(room.machine.members[0].levels.talk == 4)
        #expect(room.give(.adjust(Self.id(1), .talk, by: nil)) == [.setTerms(Self.id(1), Self.talks)])
        #expect(room.give(.adjust(Self.id(7), .listen, by: 1)).isEmpty)
        room.give(.end)
        #expect(room.give(.adjust(Self.id(1), .talk, by: 1)).isEmpty)
    }

    @Test("the last who leaves ends the room, which then takes nobody")
    func last() {
        var room = Room()
        room.enter(1)
        #expect(
            room.give(.leave(Self.id(1), .callEnded)) == [
                .dismiss(Self.id(1), .callEnded), .tell(.left(Self.id(1), .callEnded)), .tell(.completed), .ended,
            ])
        #expect(room.machine.state == .ended)
        #expect(room.enter(2) == [.refuse(Self.id(2), .ended)])
        for event in [
            ConferenceEvent.leave(Self.id(1), .left), .digit(Self.id(1), 0x23), .mute(Self.id(1), true),
            .hold(Self.id(1), true), .exitTone(Self.id(1), .beep), .end,
        ] { #expect(room.give(event) == []) }
    }

    @Test("guests hear ringing, or their own file, until somebody who starts the conference comes")
    func guests() {
        let file = AudioClip([1, 2, 3])
        var room = Room()
        room.enter(1) { $0.lifetime.startOnEntry = false }
        room.enter(2) {
            $0.lifetime.startOnEntry = false
            $0.stoppedMedia = [file]
        }
        #expect(room.inRoom == [Self.ringing, RoomTerms(isHeard: false, .clips([file]))])
        #expect(room.machine.state == .stopped)
        let effects = room.enter(3) { $0.lifetime.destroyOnExit = true }
        #expect(room.inRoom == [Self.talks, Self.talks, Self.talks])
        #expect(effects.contains(.setTerms(Self.id(1), Self.talks)))
        #expect(effects.contains(.setTerms(Self.id(2), Self.talks)))
        #expect(effects.contains(.tell(.started)))
    }

    @Test("a guest's own ringing tone is heard instead of the standard one")
    func ringback() {
        var room = Room()
        room.enter(1) {
            $0.lifetime.startOnEntry = false
            $0.ringback = .busy
        }
        #expect(room.inRoom == [RoomTerms(isHeard: false, .tone(.busy))])
    }

    @Test("a conference goes on when the one who started it leaves, unless the room is destroyed with it")
    func leaderLeaves() {
        for destroys in [false, true] {
            var room = Room()
            room.enter(1) { $0.lifetime = ConferenceLifetimeControl(destroyOnExit: destroys) }
            for id in 2...3 as ClosedRange<UInt64> { room.enter(id) { $0.lifetime.startOnEntry = false } }
            let effects = room.give(.leave(Self.id(1), .left))
            let dismissed = effects.compactMap { if case .dismiss(let id, let why) = $0 { (id, why) } else { nil } }
            #expect(dismissed.map(\.0) == (destroys ? [1, 2, 3] : [1]).map(Self.id))
            #expect(dismissed.dropFirst().allSatisfy { $0.1 == .roomEnded })
            #expect(room.machine.state == (destroys ? .ended : .started))
        }
    }

    @Test("a full room takes nobody, and nobody is in it twice")
    func full() {
        var room = Room()
        room.enter(1)
        #expect(room.enter(1) == [.refuse(Self.id(1), .inside)])
        room.enter(2)
        room.enter(3)
        #expect(room.enter(4) == [.refuse(Self.id(4), .full)])
        #expect(room.machine.members.count == 3)
    }

    @Test("listeners, the muted and the held are not heard; the held hear nothing; a room of listeners has not started")
    func terms() {
        var room = Room()
        room.enter(1) { $0.isTalker = false }
        room.enter(2) { $0.isTalker = false }
        #expect(room.machine.state == .stopped)
        room.enter(3) { $0.startMuted = true }
        #expect(room.machine.state == .started)
        #expect(room.inRoom == [Self.listens, Self.listens, Self.listens])
        #expect(
            room.give(.mute(Self.id(3), false)) == [.setTerms(Self.id(3), Self.talks), .tell(.changed(Self.id(3)))])
        #expect(room.give(.mute(Self.id(3), false)) == [])
        let held = RoomTerms(isHeard: false, .nothing)
        #expect(
            room.give(.hold(Self.id(3), true)) == [.setTerms(Self.id(3), held), .tell(.changed(Self.id(3)))])
        room.give(.mute(Self.id(1), false))
        #expect(room.inRoom == [Self.listens, Self.listens, held])
        room.give(.hold(Self.id(3), false))
        #expect(room.inRoom.last == Self.talks)
        #expect(room.give(.mute(Self.id(9), true)) == [])
    }

    @Test("digits mute, unmute and leave; one digit for both changes between the two; others do nothing")
    func digits() {
        var room = Room()
        room.enter(1) {
            $0.muteDigit = 0x30
            $0.unmuteDigit = 0x31
            $0.exitDigit = 0x23
        }
        room.enter(2) {
            $0.muteDigit = 0x35
            $0.unmuteDigit = 0x35
        }
        room.give(.digit(Self.id(1), 0x30))
        #expect(room.inRoom == [Self.listens, Self.talks])
        #expect(room.give(.digit(Self.id(1), 0x30)) == [])
        room.give(.digit(Self.id(1), 0x31))
        #expect(room.inRoom == [Self.talks, Self.talks])
        for isHeard in [false, true] {
            room.give(.digit(Self.id(2), 0x35))
            #expect(room.inRoom.last?.isHeard == isHeard)
        }
        #expect(room.give(.digit(Self.id(2), 0x23)) == [])
        #expect(room.give(.digit(Self.id(7), 0x23)) == [])
        #expect(room.give(.digit(Self.id(1), 0x23)).first == .dismiss(Self.id(1), .exitDigit))
    }

    @Test("the room hears a beep, the name and the text when somebody comes, and when somebody leaves without the beep")
    func announcements() {
        let (name, comes, goes) = (AudioClip([1]), AudioClip([2]), AudioClip([3]))
        var room = Room()
        room.enter(1)
        let entry = room.enter(2) {
            $0.entryTone = .beep
            $0.prefixMedia = [name]
            $0.entryMedia = [comes]
            $0.exitMedia = [goes]
        }
        #expect(entry.last == .announce(FilePlayer.Job([AudioClip(.beep), name, comes])))
        room.enter(3) { $0.prefixMedia = [name] }
        #expect(!room.effects.contains { if case .announce = $0 { true } else { false } })
        #expect(room.give(.leave(Self.id(2), .left)).last == .announce(FilePlayer.Job([name, goes])))
        room.give(.exitTone(Self.id(3), .beep))
        #expect(room.give(.leave(Self.id(3), .left)).last == .announce(FilePlayer.Job([AudioClip(.beep)])))
    }

    @Test("the end of a room takes everybody out, tells each, then that it is over")
    func end() {
        var room = Room()
        room.enter(1)
        room.enter(2)
        #expect(
            room.give(.end) == [
                .dismiss(Self.id(1), .roomEnded), .tell(.left(Self.id(1), .roomEnded)),
                .dismiss(Self.id(2), .roomEnded), .tell(.left(Self.id(2), .roomEnded)), .tell(.completed), .ended,
            ])
    }

    @Test(
        "a room's name is letters and digits",
        arguments: [
            ("hall1", true), ("A", true), ("", false), ("a b", false), ("conf-1", false), ("../x", false), ("ä", false),
            (String(repeating: "x", count: 128), true), (String(repeating: "x", count: 129), false),
        ])
    func names(_ name: String, _ isPlain: Bool) { #expect(ConferenceName(name).isPlain == isPlain) }
}
