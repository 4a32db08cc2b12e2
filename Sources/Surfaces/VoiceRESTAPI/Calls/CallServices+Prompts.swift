import Audio

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
                return try await speech(text, voice)
            } catch {
                throw RESTError(.speakError, "\(error)")
            }
        }
    }
}
