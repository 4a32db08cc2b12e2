import SIPMessages

/// A byte stream: however it is cut, the same messages come out.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStream(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let whole = frames(of: bytes, each: max(count, 1))
    let step = Int(bytes.first ?? 0) % 37 + 1
    precondition(frames(of: bytes, each: step) == whole, "the cuts matter")
    var given = StreamFramer()
    given.append(bytes)
    while let message = (try? given.next()) ?? nil { _ = try? MessageParser.parse(message) }
    _ = given.abandon()
    return 0
}

private struct Frames: Equatable {
    var messages: [[UInt8]] = []
    var pings = 0
    var failure: SIPParseError.Reason?
}

private func frames(of bytes: [UInt8], each step: Int) -> Frames {
    var framer = StreamFramer()
    var result = Frames()
    var position = 0
    while position < bytes.count {
        let end = min(position + step, bytes.count)
        framer.append(bytes[position..<end])
        position = end
        do throws(SIPParseError) {
            while let message = try framer.next() { result.messages.append(message) }
        } catch {
            result.failure = error.reason
        }
    }
    result.pings = framer.takePings()
    return result
}
