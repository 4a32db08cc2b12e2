// swift-tools-version: 6.1
import PackageDescription

/// What relaying a packet costs: `Benchmarks/Relay/run`.
let package = Package(
    name: "MartletRelayBenchmark",
    dependencies: [.package(name: "Martlet", path: "../..")],
    targets: [
        .executableTarget(name: "RelayBench", dependencies: [.product(name: "MediaTransports", package: "Martlet")])
    ],
    swiftLanguageModes: [.v6]
)
