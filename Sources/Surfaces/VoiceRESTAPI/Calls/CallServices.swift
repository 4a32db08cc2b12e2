import Audio
import CallControl
import Logging
import SQLiteStore
import Timeline
import VoiceApplications
import Webhooks

/// What every driven call needs from around it.
struct CallServices: Sendable {
    /// Takes events.
    var sink: any EventSink
    /// How hang-up causes are named.
    var causes: HangupCause.Naming
    /// Base of the URLs in events.
    var baseURL: String
    /// Waits until the record of the call with this number is durable.
    var recorded: @Sendable (UInt64) async -> Void
    /// Follows replies to answer events.
    var follower: (any CallFollower)?
    /// Gets what is played.
    var audio: any AudioSource
    /// Says a text.
    var speech: @Sendable (String, SpeechVoice) async throws -> AudioClip
    /// Calls this number and joins it with an incoming call of which nobody could be told; false where it cannot.
    var fallBack: @Sendable (DrivenCall, String) async -> Bool
    var recordings: RecordingShelf
    /// Takes an error that the user is shown afterwards.
    var complain: @Sendable (StoredUserError) -> Void = { _ in }
    /// Takes note of a call that was made, has joined something, or is over.
    var note: @Sendable (CallRecord) -> Void
    /// Takes note that a call is over and has been told to its end.
    var over: @Sendable (DrivenCall) -> Void
    var logger: Logger
    /// The time that calls live in.
    var clock = CallClock.machine

    func addresses(of user: String) -> ResourceAddresses { ResourceAddresses(base: baseURL, user: user) }

    /// The wall clock.
    static var now: UTCTime { .now }
}
