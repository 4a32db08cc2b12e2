// swift-tools-version: 6.1
import PackageDescription

/// Micro benchmarks of the core: `swift run -c release --package-path Benchmarks/Micro MicroBenchmarks`, and thousands of
/// simulated worlds with their speed: `swift run -c release --package-path Benchmarks/Micro SimulationRuns 0 10000`.
let package = Package(
    name: "MartletMicroBenchmarks",
    dependencies: [.package(name: "MartletCore", path: "../../Core")],
    targets: [
        .target(name: "CAllocationCounter"),
        .executableTarget(
            name: "MicroBenchmarks",
            dependencies: [
                "CAllocationCounter", .product(name: "SIPMessages", package: "MartletCore"),
                .product(name: "SIPTransactions", package: "MartletCore"),
                .product(name: "Routing", package: "MartletCore"),
                .product(name: "SIPUserAgent", package: "MartletCore"),
                .product(name: "MediaSessions", package: "MartletCore"),
            ]),
        .executableTarget(
            name: "SimulationRuns", dependencies: [.product(name: "SwitchSimulation", package: "MartletCore")]),
    ],
    swiftLanguageModes: [.v6]
)
