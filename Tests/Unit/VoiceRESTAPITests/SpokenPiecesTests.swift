import Testing

@testable import VoiceRESTAPI

@Suite("Texts that are too long to be spoken at once")
struct SpokenPiecesTests {
    @Test(
        "are cut behind a sentence, else behind a word, else anywhere",
        arguments: [
            ("One. Two. Three", 10, ["One. Two. ", "Three"]), ("One two three", 8, ["One two ", "three"]),
            ("One! two three four", 12, ["One! ", "two three ", "four"]), ("abcdefgh", 3, ["abc", "def", "gh"]),
            ("a.b.c d", 5, ["a.b.c", " d"]), ("short", 5, ["short"]), ("", 3, [""]),
        ] as [(String, Int, [String])])
    func cuts(_ text: String, _ limit: Int, _ pieces: [String]) {
        #expect(SpokenPieces.pieces(of: text, upTo: limit) == pieces)
    }

    private func said(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { !$0.properties.isWhitespace }
    }

    @Test("lose nothing but pieces of blanks, and none is empty or longer than allowed", arguments: 1...60)
    func whole(limit: Int) {
        let blanks = String(repeating: " ", count: 70)
        let text = "Ein Satz. Noch einer? Ja!\r\n\u{301}Das;ist:\ttückisch, 🇩🇪 und lang\(blanks)."
        let pieces = SpokenPieces.pieces(of: text, upTo: limit)
        #expect(pieces.flatMap(said) == said(text))
        for piece in pieces {
            #expect(piece.count <= limit && piece.unicodeScalars.count <= limit)
            #expect(!said(piece).isEmpty)
        }
        #expect(SpokenPieces.pieces(of: String(repeating: " ", count: 9), upTo: 4).count == 1)
    }
}
