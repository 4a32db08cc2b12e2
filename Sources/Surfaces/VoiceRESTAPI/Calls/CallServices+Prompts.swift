import Audio
import VoiceApplications

extension CallServices {
    /// The audio of a prompt. Throws where there is none.
    func clip(of prompt: Prompt, for user: String) async throws(RESTError) -> AudioClip {
        switch prompt.content {
        case .file(let url):
            do {
                return try await audio.clip(url, for: user)
            } catch let error as RESTError {
                throw error
            } catch {
                throw RESTError(.mediaUnavailable, "\(url) cannot be played: \(error)")
            }
        case .sentence(let text, let voice):
            do {
                return try await spoken(text, voice)
            } catch {
                throw RESTError(.speakError, "\(error)")
            }
        }
    }

    /// A text of any length, one piece after another where it is too long to be spoken at once.
    private func spoken(_ text: String, _ voice: SpeechVoice) async throws -> AudioClip {
        let pieces = SpokenPieces.pieces(of: text, upTo: Speech.maximumLength)
        guard pieces.count > 1 else { return try await speech(text, voice) }
        var samples: [Int16] = []
        for piece in pieces { samples += try await speech(piece, voice).samples }
        return AudioClip(samples)
    }
}
