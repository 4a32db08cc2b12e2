/// What a call is to do, verb by verb.
public struct BXMLDocument: Equatable, Sendable {
    /// In the order in which they are done.
    public var verbs: [BXMLVerb]

    public init(_ verbs: [BXMLVerb]) { self.verbs = verbs }

    /// Longest document in bytes.
    public static let maximumBytes = 16_384

    /// Reads `<Response>…</Response>`, with or without an `<xml>` around it. Throws a sentence that names the verb, the
    /// attribute and what is allowed; nothing of a document with a mistake is done.
    public init(reading bytes: [UInt8]) throws(BXMLError) { self = try BXMLReader.read(bytes) }
}

/// Why a document cannot be followed.
public struct BXMLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One sentence for the writer of the document.
    public let description: String

    public init(_ description: String) { self.description = description }
}
