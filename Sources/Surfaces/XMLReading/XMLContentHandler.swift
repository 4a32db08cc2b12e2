/// Takes the elements and texts of a document as they are read, and says what is wrong with them.
public protocol XMLContentHandler {
    /// An element opens.
    mutating func begin(_ element: String, _ attributes: [String: String]) throws(XMLProblem)
    /// Text follows; it may come in several parts.
    mutating func append(_ part: String) throws(XMLProblem)
    /// The innermost element closes.
    mutating func end() throws(XMLProblem)
}
