// swift-tools-version: 6.1
import PackageDescription

/// A product that brings the core's time along.
let timeline = Target.Dependency.product(name: "SIPTransactions", package: "MartletCore")

/// What the codecs of C libraries are made for.
let media = ["Audio", "MediaSessions"].map { Target.Dependency.product(name: $0, package: "MartletCore") }

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
        // Above the core, and with no dependency but the toolchain's XML parser: links to the targets' folders.
        .target(name: "XMLReading", path: "Sources/XMLReading"),
        .target(name: "XMLRPCValues", dependencies: ["XMLReading"], path: "Sources/XMLRPCValues"),
        .target(name: "BXML", dependencies: ["XMLReading", timeline], path: "Sources/BXML"),
        .executableTarget(
            name: "FuzzXMLRPC", dependencies: ["XMLRPCValues"], swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
        .executableTarget(
            name: "FuzzBXML", dependencies: ["BXML", timeline],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
        fuzzer("FuzzParties", of: "MediaSessions"),
        .systemLibrary(name: "CAudioLibraries", path: "Sources/CAudioLibraries"),
        .target(name: "AudioCodecs", dependencies: ["CAudioLibraries"] + media, path: "Sources/AudioCodecs"),
        codecFuzzer("FuzzMP3"),
        codecFuzzer("FuzzOpus"),
    ],
    swiftLanguageModes: [.v6]
)

func fuzzer(_ name: String, of product: String) -> Target {
    .executableTarget(
        name: name, dependencies: [.product(name: product, package: "MartletCore")],
        swiftSettings: [.unsafeFlags(["-parse-as-library"])])
}

func codecFuzzer(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["AudioCodecs"] + media, swiftSettings: [.unsafeFlags(["-parse-as-library"])])
}
