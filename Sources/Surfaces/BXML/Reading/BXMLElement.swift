import XMLReading

/// An element of a document, with everything inside of it.
struct BXMLElement {
    let name: String
    let attributes: [String: String]
    /// All text that stands directly in it.
    var text = ""
    var children: [BXMLElement] = []
}

/// Gathers the elements of a document into a tree.
struct BXMLTreeBuilder: XMLContentHandler {
    /// Deeper than any verb stands.
    private static let maximumDepth = 6

    /// The outermost element, once it has been closed.
    private(set) var root: BXMLElement?
    private var open: [BXMLElement] = []

    mutating func begin(_ element: String, _ attributes: [String: String]) throws(XMLProblem) {
        guard open.count < Self.maximumDepth else {
            throw XMLProblem("elements are nested more than \(Self.maximumDepth) deep")
        }
        open.append(BXMLElement(name: element, attributes: attributes))
    }

    mutating func append(_ part: String) throws(XMLProblem) {
        guard let place = open.indices.last else { return }
        open[place].text += part
    }

    mutating func end() throws(XMLProblem) {
        guard let element = open.popLast() else { return }
        if let place = open.indices.last {
            open[place].children.append(element)
        } else {
            root = element
        }
    }
}
