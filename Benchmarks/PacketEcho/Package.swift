// swift-tools-version: 6.1
import PackageDescription

/// What the packet loop costs: `swift run -c release --package-path Benchmarks/PacketEcho`.
let package = Package(
    name: "MartletPacketEcho",
    dependencies: [.package(name: "Martlet", path: "../..")],
    targets: [
        .executableTarget(name: "PacketEcho", dependencies: [.product(name: "PacketLoop", package: "Martlet")])
    ],
    swiftLanguageModes: [.v6]
)
