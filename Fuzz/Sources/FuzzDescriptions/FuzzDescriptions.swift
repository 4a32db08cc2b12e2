import Addresses
import SDP

/// One session description: scanning, parsing, writing and rewriting it must not trap, and what the relay writes must be
/// readable.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDescription(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let description = try? SessionDescription(parsing: bytes) {
        check(description)
    }
    let address = IPAddress(v4: 0xC000_0201)
    let origin = Origin(sessionID: 7, version: 8, address: address)
    let ports: [UInt16?] = [30_000, nil, 30_004]
    let rewritten = RelayedDescription.rewrite(bytes, origin: origin, ports: ports, address: address)
    guard let summary = SDPSummary(scanning: bytes) else { return 0 }
    for stream in summary.streams { _ = (stream.remote, stream.rtcp, stream.isHold) }
    guard let relayed = SDPSummary(scanning: rewritten) else {
        preconditionFailure("the relayed description does not scan")
    }
    precondition(relayed.streams.count == summary.streams.count, "media lines are lost")
    precondition(relayed.origin == origin, "another origin")
    for (position, stream) in relayed.streams.enumerated() {
        let wanted = position < ports.count && summary.streams[position].port != 0 ? ports[position] ?? 0 : 0
        precondition(stream.port == wanted, "another port")
    }
    return 0
}

/// A description whose addresses are all numbers can be written and read back; host names are not kept.
private func check(_ description: SessionDescription) {
    let written = description.serialized()
    for index in description.media.indices {
        _ = description.direction(of: index)
        guard description.address(of: index) != nil else { return }
    }
    guard let again = try? SessionDescription(parsing: written) else {
        preconditionFailure("what was written does not parse")
    }
    precondition(again.media.count == description.media.count, "media lines are lost")
}
