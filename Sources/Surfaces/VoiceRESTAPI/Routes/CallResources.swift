/// The addresses of calls and of what calls make.
public enum CallResources {
    /// `/calls`, `/bridges`, `/conferences` and `/recordings`.
    public static func routes(_ desk: CallDesk) -> [VoiceRESTRoute] {
        CallRoutes(desk: desk).all
            + RoomRoutes(calls: desk, bridges: desk.bridges, conferences: desk.conferences).all
            + RecordingRoutes(history: desk.history).all
    }
}
