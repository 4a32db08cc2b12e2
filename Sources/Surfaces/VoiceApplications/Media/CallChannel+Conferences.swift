import MediaSessions

extension CallChannel {
    /// Puts the far end into the conference room of this name, which is made if it does not exist and ends with its last
    /// party. Throws where the call is not ANSWERED, connected elsewhere, or the room full.
    public func joinConference(_ name: String, role: RoomRole = .talkerAndListener) async throws {
        let room = RoomID(rawValue: Self.number(of: name))
        switch await link.run({ .join($0, room, role) }, stop: nil) {
        case .joined: return
        case .refused(_, let refusal): throw CallError(refusal, "joinConference")
        default: throw CallError.stopping
        }
    }

    /// Sends back to the far end what it says, until the call ends or `endEcho`.
    public func echo() async throws {
        switch await link.run({ .echo($0) }, stop: nil) {
        case .connected: return
        case .refused(_, let refusal): throw CallError(refusal, "echo")
        default: throw CallError.stopping
        }
    }

    /// Ends the echo.
    public func endEcho() { link.ask(.disconnect) }

    /// Takes the far end out of its conference.
    public func leaveConference() { link.ask(.leave) }

    /// Whether the far end is unheard in its conference.
    public func mute(_ isMuted: Bool) { link.ask(.mute(isMuted: isMuted)) }

    /// The room of a name (FNV-1a, 64 bits).
    private static func number(of name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
