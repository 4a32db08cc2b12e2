/// Texts that are too long to be spoken at once.
enum SpokenPieces {
    /// The text in pieces of at most `limit` code points, of which each has something to say: whole sentences, where one is
    /// longer whole words, where one is longer parts of it. A text that is short enough is one piece, as it is.
    static func pieces(of text: String, upTo limit: Int) -> [String] {
        var rest = Array(text.unicodeScalars)[...]
        guard rest.count > limit else { return [text] }
        var pieces: [String] = []
        while !rest.isEmpty {
            let piece = rest.prefix(rest.count > limit ? length(ofFirstIn: rest, upTo: limit) : rest.count)
            rest = rest.dropFirst(piece.count)
            if piece.contains(where: { !$0.properties.isWhitespace }) {
                pieces.append(String(String.UnicodeScalarView(piece)))
            }
        }
        return pieces.isEmpty ? [text] : pieces
    }

    /// How many code points the first piece has, of a text that is longer than `limit`.
    private static func length(ofFirstIn text: ArraySlice<Unicode.Scalar>, upTo limit: Int) -> Int {
        let window = text.prefix(limit)
        let blanks = window.indices.dropFirst().reversed().filter { text[$0].properties.isWhitespace }
        let end = blanks.first { [".", "!", "?", ":", ";"].contains(text[$0 - 1]) } ?? blanks.first
        return end.map { $0 + 1 - text.startIndex } ?? window.count
    }
}
