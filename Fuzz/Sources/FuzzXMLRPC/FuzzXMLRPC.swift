import Foundation
import FoundationXML
import XMLRPCValues

/// One request document, and the same bytes as a text of an answer: what was read and written is read back unchanged,
/// and whatever stands in a text, the answer is a document that an XML parser takes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzXMLRPC(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let call = try? XMLRPCCall(reading: bytes) {
        // Written numbers and texts may have lost what XML cannot carry; what is left must stay.
        if let again = try? XMLRPCCall(reading: call.bytes) {
            precondition((try? XMLRPCCall(reading: again.bytes)) == again, "a request changed on its way")
        } else {
            preconditionFailure("a request that was written cannot be read")
        }
    }
    var writer = XMLRPCWriter()
    writer.string(bytes)
    let answer = XMLRPCResponse.blocks(result: .written(writer.finished())).joined()
    let parser = XMLParser(data: Data(Array(answer)))
    precondition(parser.parse() && parser.parserError == nil, "an answer is no XML")
    return 0
}
