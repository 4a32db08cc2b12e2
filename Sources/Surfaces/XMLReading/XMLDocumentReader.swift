import Foundation
import FoundationXML

/// What a document may be at most.
public struct XMLLimits: Equatable, Sendable {
    /// Largest document in bytes.
    public var bytes: Int
    /// Most elements.
    public var elements: Int

    public init(bytes: Int, elements: Int) {
        self.bytes = bytes
        self.elements = elements
    }
}

/// Reads one document with the XML parser of Foundation, in one pass and within limits. It never resolves an entity and
/// stops at the first thing that is wrong.
public enum XMLDocumentReader {
    /// The handler with all that `bytes` hold, as far as it is a document at all: whether it is complete, the handler
    /// knows. Throws what is wrong.
    public static func read<Handler: XMLContentHandler>(
        _ bytes: [UInt8], into handler: Handler, within limits: XMLLimits
    ) throws(XMLProblem) -> Handler {
        guard bytes.count <= limits.bytes else { throw XMLProblem("it is longer than \(limits.bytes) bytes") }
        let parser = XMLParser(data: Data(try XMLMarkup.checked(bytes)))
        let delegate = XMLParserListener(handler, elements: limits.elements)
        parser.delegate = delegate
        parser.shouldResolveExternalEntities = false
        _ = parser.parse()
        if let problem = delegate.problem { throw problem }
        return delegate.handler
    }
}

/// Hands what the parser finds to a handler until something is wrong.
private final class XMLParserListener<Handler: XMLContentHandler>: NSObject, XMLParserDelegate {
    /// libxml2's number for a prefix that nobody declared, as in `<ex:nil/>`: the document is well-formed.
    private static var undeclaredPrefix: Int { 201 }

    private(set) var handler: Handler
    private(set) var problem: XMLProblem?
    private let maximumElements: Int
    private var elements = 0

    init(_ handler: Handler, elements: Int) {
        self.handler = handler
        maximumElements = elements
    }

    private func stop(_ parser: XMLParser, _ reason: XMLProblem) {
        guard problem == nil else { return }
        problem = reason
        problem?.line = max(parser.lineNumber, 1)
        parser.abortParsing()
    }

    private func attempt(_ parser: XMLParser, _ step: (inout Handler) throws(XMLProblem) -> Void) {
        guard problem == nil else { return }
        do throws(XMLProblem) {
            try step(&handler)
        } catch {
            stop(parser, error)
        }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements += 1
        guard elements <= maximumElements else {
            stop(parser, XMLProblem("it has more than \(maximumElements) elements"))
            return
        }
        attempt(parser) { handler throws(XMLProblem) in try handler.begin(name, attributes) }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        attempt(parser) { handler throws(XMLProblem) in try handler.end() }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        attempt(parser) { handler throws(XMLProblem) in try handler.append(string) }
    }

    func parser(_ parser: XMLParser, foundCDATA data: Data) {
        let text = String(decoding: data, as: UTF8.self)
        attempt(parser) { handler throws(XMLProblem) in try handler.append(text) }
    }

    func parser(_ parser: XMLParser, foundInternalEntityDeclarationWithName name: String, value: String?) {
        stop(parser, XMLProblem("an entity declaration is not allowed"))
    }

    func parser(
        _ parser: XMLParser, foundExternalEntityDeclarationWithName name: String, publicID: String?, systemID: String?
    ) {
        stop(parser, XMLProblem("an entity declaration is not allowed"))
    }

    func parser(_ parser: XMLParser, resolveExternalEntityName name: String, systemID: String?) -> Data? {
        stop(parser, XMLProblem("an unknown entity is not allowed"))
        return nil
    }

    func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
        guard (error as NSError).code != Self.undeclaredPrefix else { return }
        stop(parser, XMLProblem("it is not well-formed XML"))
    }
}
