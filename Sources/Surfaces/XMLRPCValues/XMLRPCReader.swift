import XMLReading

/// Reads one request document in one pass and within limits.
///
/// It reads what programs send: `int`, `i4` and `i8`, text without a type, CDATA, `nil` with or without a prefix.
struct XMLRPCReader {
    private let limits: XMLRPCLimits

    init(_ limits: XMLRPCLimits) { self.limits = limits }

    /// The request that `bytes` hold.
    func read(_ bytes: [UInt8]) throws(XMLRPCFault) -> XMLRPCCall {
        let call: XMLRPCCall?
        do throws(XMLProblem) {
            call = try XMLDocumentReader.read(
                bytes, into: XMLRPCBuilder(maximumDepth: limits.depth),
                within: XMLLimits(bytes: limits.bytes, elements: limits.elements)
            ).call
        } catch {
            throw .malformed(error.description)
        }
        guard let call else { throw .malformed("there is no methodCall") }
        return call
    }
}
