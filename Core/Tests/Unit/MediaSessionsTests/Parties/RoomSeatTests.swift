import Audio
import MediaSessions
import Testing
import Timeline

@Suite("Parties without a port")
struct RoomSeatTests {
    private static let room = RoomID(rawValue: 3)
    private static let seat: UInt64 = 900

    /// A room with one phone that says 1000 Hz, and a party without a port.
    private static func world() -> PartyWorld {
        var world = PartyWorld()
        world.answer(1)
        world.phones[1]?.speech = PartyWorld.tone(1000, .seconds(30), dBm0: -16)
        world.tell(1, .join(world.newJob(), room, RoomTerms()))
        world.tell(room: 3, .open(MediaSessionID(rawValue: seat), world.newJob(), RoomTerms()))
        return world
    }

    @Test("what it is played the room hears, and what it records the room says")
    func playsAndRecords() throws {
        var world = Self.world()
        #expect(world.events(of: Self.seat) == [.joined(MediaJobID(rawValue: 2), Self.room)])
        world.tell(Self.seat, .record(MediaJobID(rawValue: 50), RecordingOptions(timeout: .seconds(1)), beep: nil))
        let clip = AudioClip(PartyWorld.tone(440, .seconds(2), dBm0: -16))
        world.tell(Self.seat, .play(MediaJobID(rawValue: 51), FilePlayer.Job([clip]), .application))
        world.run(.seconds(3))
        #expect(world.hears(1, 440) && !world.hears(1, 1000))
        #expect(world.events(of: Self.seat).contains(.played(MediaJobID(rawValue: 51), .normal)))
        let file = try AudioClip(parsing: try #require(world.files[50]))
        #expect(PartyWorld.has(file.samples, 1000) && !PartyWorld.has(file.samples, 440))
    }

    @Test("a party that is connected to it talks and listens in its place, and gets its audio back")
    func line() {
        var world = Self.world()
        world.answer(2, .pcma)
        world.phones[2]?.speech = PartyWorld.tone(700, .seconds(30), dBm0: -16)
        world.tell(2, .connect(MediaJobID(rawValue: 60), MediaSessionID(rawValue: Self.seat)))
        #expect(world.events(of: 2) == [.connected(MediaJobID(rawValue: 60))])
        world.run(.seconds(1))
        #expect(world.hears(1, 700) && world.hears(2, 1000) && !world.hears(2, 700))
        world.tell(Self.seat, .setTerms(RoomTerms(isHeard: false, .nothing)))
        for id in world.phones.keys { world.phones[id]?.heard = [] }
        world.run(.seconds(1))
        #expect(!world.hears(1, 700) && !world.hears(2, 1000))
        world.tell(Self.seat, .close)
        #expect(world.events(of: 2).last == .disconnected(from: MediaSessionID(rawValue: Self.seat)))
        world.tell(2, .playTone(MediaJobID(rawValue: 61), .continuous(440), timeout: nil, .application))
        world.phones[2]?.heard = []
        world.run(.seconds(1))
        #expect(world.hears(2, 440))
        #expect(world.core.partyCount(in: Self.room) == 1)
    }

    @Test("who leaves while it talks in its place leaves the party in the room")
    func lineLeaves() {
        for end in [PartyCommand.disconnect, .condition(.idle), .close] {
            var world = Self.world()
            world.answer(2)
            world.tell(2, .connect(MediaJobID(rawValue: 60), MediaSessionID(rawValue: Self.seat)))
            world.tell(2, end)
            #expect(world.core.partyCount(in: Self.room) == 2)
            world.run(.seconds(1))
            world.tell(Self.seat, .playTone(MediaJobID(rawValue: 61), .continuous(440), timeout: nil, .application))
            world.phones[1]?.heard = []
            world.run(.seconds(1))
            #expect(world.hears(1, 440))
        }
    }

    @Test("who waits hears its tone or its clips again and again, and nothing of the others")
    func waits() {
        var world = Self.world()
        world.answer(2)
        let clip = AudioClip(PartyWorld.tone(2000, .milliseconds(200), dBm0: -16))
        world.tell(2, .join(world.newJob(), Self.room, RoomTerms(isHeard: false, .clips([clip]))))
        world.run(.seconds(2))
        #expect(world.hears(2, 2000) && !world.hears(2, 1000))
        world.tell(2, .setTerms(RoomTerms(isHeard: false, .tone(.continuous(440)))))
        world.phones[2]?.heard = []
        world.run(.seconds(1))
        #expect(world.hears(2, 440) && !world.hears(2, 1000))
        world.tell(2, .setTerms(RoomTerms(isHeard: false, .tone(.once(700, for: .milliseconds(100))))))
        world.run(.seconds(2))
        world.phones[2]?.heard = []
        world.run(.seconds(1))
        #expect(world.hears(2, 700) && !world.hears(2, 1000))
        world.tell(2, .setTerms(RoomTerms()))
        world.phones[2]?.heard = []
        world.run(.seconds(1))
        #expect(world.hears(2, 1000) && !world.hears(2, 440))
    }
}
