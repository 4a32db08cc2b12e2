/// An array in chunks of 256 elements, of which a change copies one where the array is shared.
///
/// Copies share all chunks, so that a successor of tables with a hundred thousand entries costs the copy of one chunk
/// and of the list of chunks.
public struct ChunkedArray<Element: Sendable>: RandomAccessCollection, MutableCollection, Sendable {
    private static var chunkSize: Int { 256 }
    private var chunks: [ContiguousArray<Element>] = []
    public private(set) var endIndex = 0

    public init() {}

    public var startIndex: Int { 0 }

    public subscript(position: Int) -> Element {
        get { chunks[position >> 8][position & 255] }
        _modify { yield &chunks[position >> 8][position & 255] }
    }

    /// Adds an element behind all others.
    public mutating func append(_ element: Element) {
        if endIndex & 255 == 0 {
            chunks.append([])
            chunks[chunks.count - 1].reserveCapacity(Self.chunkSize)
        }
        chunks[chunks.count - 1].append(element)
        endIndex += 1
    }
}
