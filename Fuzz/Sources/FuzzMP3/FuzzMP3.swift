import Audio
import AudioCodecs

/// One audio file of any kind, and a good MP3 file that the same bytes have spoilt: what comes is a clip of a length that
/// is allowed, or an error.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMP3(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    check(input)
    guard let first = input.first else { return 0 }
    // Pieces of the input lie over the good file at places that its bytes name.
    var spoilt = good
    var place = Int(first) * 4
    for byte in input.dropFirst() {
        place = (place + 1 + Int(byte & 0x0F) * Int(byte >> 6)) % spoilt.count
        spoilt[place] ^= byte
    }
    check(spoilt)
    check(Array(spoilt.prefix(Int(first) * spoilt.count / 255)))
    return 0
}

/// Half a second of a tone.
private let good: [UInt8] = {
    let samples = AudioClip(.once(440, for: .milliseconds(500))).samples
    return (try? MP3Writer.file(samples)) ?? [0]
}()

private func check(_ bytes: [UInt8]) {
    guard let clip = try? AudioFileReader.clip(bytes) else { return }
    precondition(clip.sampleCount <= AudioFileReader.maximumLength, "a clip that is too long")
    precondition(clip.samples.count == clip.sampleCount.value, "samples are lost")
}
