import Audio

/// One WAVE file: reading it must not trap, and what can be read is the same after it was written again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWAVE(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    check(input)
    // Most mutations break the header; the same bytes behind a good one reach the samples.
    check(WAVEWriter.header(.muLaw, SampleCount(count)) + input)
    check(WAVEWriter.header(.imaADPCM, SampleCount(count * 2)) + input)
    check(WAVEWriter.header(.okiADPCM, SampleCount(count * 2)) + input)
    return 0
}

private func check(_ bytes: [UInt8]) {
    guard let reader = try? WAVEReader(parsing: bytes) else { return }
    let samples = reader.samples
    precondition(samples.count == reader.sampleCount.value, "samples are lost")
    precondition(samples.count <= bytes.count * 2, "samples from nowhere")
    _ = reader.samples(from: SampleCount(samples.count / 2), count: SampleCount(.max))
    var writer = WAVEWriter(.linear)
    writer.append(samples)
    guard let again = try? WAVEReader(parsing: writer.file) else {
        preconditionFailure("what was written does not read")
    }
    precondition(again.samples == samples, "other samples")
    precondition((try? AudioClip(parsing: bytes)) != nil, "a file that reads does not play")
}
