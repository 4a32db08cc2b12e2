import Foundation
import FoundationXML

/// Reads one request document with the XML parser of Foundation, in one pass and within limits.
///
/// It reads what programs send: `int`, `i4` and `i8`, text without a type, CDATA, `nil` with or without a prefix. It never
/// resolves an entity and stops at the first thing that is wrong.
final class XMLRPCReader: NSObject, XMLParserDelegate {
    /// libxml2's number for a prefix that nobody declared, as in `<ex:nil/>`: the document is well-formed.
    private static let undeclaredPrefix = 201

    private let limits: XMLRPCLimits
    private var builder: XMLRPCBuilder
    private var elements = 0
    private var fault: XMLRPCFault?

    init(_ limits: XMLRPCLimits) {
        self.limits = limits
        builder = XMLRPCBuilder(maximumDepth: limits.depth)
    }

    /// The request that `bytes` hold.
    func read(_ bytes: [UInt8]) throws(XMLRPCFault) -> XMLRPCCall {
        guard bytes.count <= limits.bytes else { throw .malformed("it is longer than \(limits.bytes) bytes") }
        let parser = XMLParser(data: Data(try XMLMarkup.checked(bytes)))
        parser.delegate = self
        parser.shouldResolveExternalEntities = false
        _ = parser.parse()
        if let fault { throw fault }
        guard let call = builder.call else { throw .malformed("there is no methodCall") }
        return call
    }

    private func stop(_ parser: XMLParser, _ reason: String) {
        guard fault == nil else { return }
        fault = .malformed("\(reason) in line \(max(parser.lineNumber, 1))")
        parser.abortParsing()
    }

    private func attempt(_ parser: XMLParser, _ step: (inout XMLRPCBuilder) throws(XMLRPCBuilder.Problem) -> Void) {
        guard fault == nil else { return }
        do throws(XMLRPCBuilder.Problem) {
            try step(&builder)
        } catch {
            stop(parser, error.reason)
        }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements += 1
        guard elements <= limits.elements else {
            stop(parser, "it has more than \(limits.elements) elements")
            return
        }
        attempt(parser) { builder throws(XMLRPCBuilder.Problem) in try builder.begin(name) }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        attempt(parser) { builder throws(XMLRPCBuilder.Problem) in try builder.end() }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        attempt(parser) { builder throws(XMLRPCBuilder.Problem) in try builder.append(string) }
    }

    func parser(_ parser: XMLParser, foundCDATA data: Data) {
        let text = String(decoding: data, as: UTF8.self)
        attempt(parser) { builder throws(XMLRPCBuilder.Problem) in try builder.append(text) }
    }

    func parser(_ parser: XMLParser, foundInternalEntityDeclarationWithName name: String, value: String?) {
        stop(parser, "an entity declaration is not allowed")
    }

    func parser(
        _ parser: XMLParser, foundExternalEntityDeclarationWithName name: String, publicID: String?, systemID: String?
    ) {
        stop(parser, "an entity declaration is not allowed")
    }

    func parser(_ parser: XMLParser, resolveExternalEntityName name: String, systemID: String?) -> Data? {
        stop(parser, "an unknown entity is not allowed")
        return nil
    }

    func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
        guard (error as NSError).code != Self.undeclaredPrefix else { return }
        stop(parser, "it is not well-formed XML")
    }
}
