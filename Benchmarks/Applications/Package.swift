// swift-tools-version: 6.1
import PackageDescription

/// Simulated calls of a voice application: `swift run -c release --package-path Benchmarks/Applications ApplicationCalls 1000`.
let package = Package(
    name: "MartletApplicationsBenchmark",
    dependencies: [.package(name: "Martlet", path: "../..")],
    targets: [
        .executableTarget(
            name: "ApplicationCalls",
            dependencies: [
                .product(name: "Martlet", package: "Martlet"), .product(name: "MartletTesting", package: "Martlet"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
