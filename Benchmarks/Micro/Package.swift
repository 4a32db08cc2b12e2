// swift-tools-version: 6.1
import PackageDescription

/// Micro benchmarks of the core: `swift run -c release --package-path Benchmarks/Micro`.
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
            ]),
    ],
    swiftLanguageModes: [.v6]
)
