/// The document that answers a request.
public enum XMLRPCResponse {
    /// The answer with a result, in blocks.
    public static func blocks(result: XMLRPCValue) -> [[UInt8]] {
        var writer = begun()
        writer.raw("<params><param>")
        writer.value(result)
        writer.raw("</param></params></methodResponse>\n")
        return writer.finished()
    }

    /// The answer with a fault, in blocks.
    public static func blocks(fault: XMLRPCFault) -> [[UInt8]] {
        var writer = begun()
        writer.raw("<fault>")
        writer.value(.structure(fault.structure))
        writer.raw("</fault></methodResponse>\n")
        return writer.finished()
    }

    private static func begun() -> XMLRPCWriter {
        var writer = XMLRPCWriter()
        writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodResponse>")
        return writer
    }
}
