// swift-tools-version: 6.1
import PackageDescription

/// Fuzzers of the core, one executable for each parser: `Fuzz/run FuzzMessages 60`. libFuzzer brings the main function.
let package = Package(
    name: "MartletFuzz",
    dependencies: [.package(name: "MartletCore", path: "../Core")],
    targets: [
        fuzzer("FuzzMessages", of: "SIPMessages"),
        fuzzer("FuzzStreams", of: "SIPMessages"),
        fuzzer("FuzzDigest", of: "SIPMessages"),
        fuzzer("FuzzDescriptions", of: "SDP"),
        fuzzer("FuzzWAVE", of: "Audio"),
        fuzzer("FuzzTelephoneEvents", of: "MediaSessions"),
        fuzzer("FuzzParties", of: "MediaSessions"),
    ],
    swiftLanguageModes: [.v6]
)

func fuzzer(_ name: String, of product: String) -> Target {
    .executableTarget(
        name: name, dependencies: [.product(name: product, package: "MartletCore")],
        swiftSettings: [.unsafeFlags(["-parse-as-library"])])
}
