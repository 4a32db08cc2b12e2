// swift-tools-version: 6.1
import PackageDescription

/// The pure core: everything below the water line. It has no dependencies, opens no socket and reads no clock.
/// `scripts/check-floors` compares these targets with those of the root manifest.
let package = Package(
    name: "MartletCore",
    products: [
        .library(name: "SIPMessages", targets: ["SIPMessages", "Addresses"]),
        .library(name: "SDP", targets: ["SDP"]),
        .library(name: "Audio", targets: ["Audio"]),
        .library(name: "MediaSessions", targets: ["MediaSessions", "Audio", "RTP", "Addresses", "Timeline"]),
        .library(name: "SIPTransactions", targets: ["SIPTransactions", "Timeline"]),
        .library(name: "Routing", targets: ["Routing", "Accounting", "Addresses", "Timeline"]),
        .library(name: "SIPUserAgent", targets: ["SIPUserAgent"]),
        .library(name: "SwitchEngine", targets: ["SwitchEngine"]),
        .library(name: "SwitchSimulation", targets: ["SwitchSimulation"]),
    ],
    targets: [
        // Floor 0: Wire
        .target(name: "Timeline", path: "Sources/Wire/Timeline"),
        .target(name: "Addresses", path: "Sources/Wire/Addresses"),
        .target(name: "SIPMessages", dependencies: ["Addresses"], path: "Sources/Wire/SIPMessages"),
        .target(name: "SDP", dependencies: ["Addresses"], path: "Sources/Wire/SDP"),
        .target(name: "RTP", path: "Sources/Wire/RTP"),
        .target(name: "Audio", path: "Sources/Wire/Audio"),
        // Floor 1: Protocols
        .target(
            name: "SIPTransactions", dependencies: ["Timeline", "Addresses", "SIPMessages"],
            path: "Sources/Protocols/SIPTransactions"),
        .target(
            name: "SIPDialogs", dependencies: ["Timeline", "SIPMessages", "SIPTransactions"],
            path: "Sources/Protocols/SIPDialogs"),
        .target(
            name: "SIPUserAgent",
            dependencies: ["Timeline", "Addresses", "SIPMessages", "SIPTransactions"],
            path: "Sources/Protocols/SIPUserAgent"),
        .target(
            name: "MediaSessions", dependencies: ["Timeline", "Addresses", "SDP", "RTP", "Audio"],
            path: "Sources/Protocols/MediaSessions"),
        // Floor 2: Calls
        .target(name: "Accounting", dependencies: ["Timeline", "Addresses"], path: "Sources/Calls/Accounting"),
        .target(
            name: "Routing", dependencies: ["Timeline", "Addresses", "SIPMessages", "Accounting"],
            path: "Sources/Calls/Routing"),
        .target(
            name: "CallControl",
            dependencies: [
                "Audio",
                "Timeline", "Addresses", "SIPMessages", "SDP", "SIPTransactions", "SIPDialogs", "SIPUserAgent",
                "MediaSessions", "Routing", "Accounting",
            ],
            path: "Sources/Calls/CallControl"),
        .target(
            name: "SwitchEngine",
            dependencies: [
                "Audio",
                "Timeline", "Addresses", "SIPMessages", "SDP", "SIPTransactions", "SIPDialogs", "SIPUserAgent",
                "MediaSessions", "CallControl", "Routing", "Accounting",
            ],
            path: "Sources/Calls/SwitchEngine"),
        .target(
            name: "SwitchSimulation",
            dependencies: [
                "Timeline", "Addresses", "SIPMessages", "Audio", "MediaSessions", "SIPTransactions", "SIPUserAgent",
                "CallControl", "Routing", "Accounting", "SwitchEngine",
            ],
            path: "Sources/Simulation/SwitchSimulation"),
        // Tests
        .testTarget(name: "AddressesTests", dependencies: ["Addresses"], path: "Tests/Unit/AddressesTests"),
        .testTarget(
            name: "SIPMessagesTests", dependencies: ["SIPMessages", "Addresses"], path: "Tests/Unit/SIPMessagesTests"),
        .testTarget(
            name: "ConformanceTests", dependencies: ["SIPMessages", "Addresses", "Timeline", "Audio"], path: "Tests/Conformance"),
        .testTarget(
            name: "CallControlTests", dependencies: ["CallControl", "SIPMessages"], path: "Tests/Unit/CallControlTests"),
        .testTarget(
            name: "ChannelTests", dependencies: ["CallControl", "SIPMessages", "Timeline"],
            path: "Tests/Unit/ChannelTests"),
        .testTarget(
            name: "ConferenceTests", dependencies: ["CallControl", "MediaSessions", "Audio", "Timeline"],
            path: "Tests/Unit/ConferenceTests"),
        .testTarget(
            name: "RoutingTests", dependencies: ["Routing", "Accounting", "SIPMessages", "Addresses", "Timeline"],
            path: "Tests/Unit/RoutingTests"),
        .testTarget(
            name: "AccountingTests", dependencies: ["Accounting", "Timeline"], path: "Tests/Unit/AccountingTests"),
        .testTarget(
            name: "DigestTests", dependencies: ["SIPUserAgent", "SIPMessages", "Addresses", "Timeline"],
            path: "Tests/Unit/DigestTests"),
        .testTarget(name: "SDPTests", dependencies: ["SDP", "Addresses"], path: "Tests/Unit/SDPTests"),
        .testTarget(name: "RTPTests", dependencies: ["RTP"], path: "Tests/Unit/RTPTests"),
        .testTarget(
            name: "MediaSessionsTests",
            dependencies: ["MediaSessions", "Audio", "SDP", "RTP", "Addresses", "Timeline"],
            path: "Tests/Unit/MediaSessionsTests"),
        .testTarget(name: "TimelineTests", dependencies: ["Timeline"], path: "Tests/Unit/TimelineTests"),
        .testTarget(
            name: "TelephoneEventTests", dependencies: ["Timeline", "RTP", "MediaSessions"],
            path: "Tests/Unit/TelephoneEventTests"),
        .testTarget(name: "AudioTests", dependencies: ["Audio", "Timeline"], path: "Tests/Unit/AudioTests"),
        .testTarget(
            name: "SIPTransactionsTests", dependencies: ["SIPTransactions", "SIPMessages", "Addresses", "Timeline"],
            path: "Tests/Unit/SIPTransactionsTests"),
        .testTarget(
            name: "SwitchEngineTests",
            dependencies: [
                "Audio",
                "SwitchEngine", "Routing", "Accounting", "MediaSessions", "SIPMessages", "SIPTransactions",
                "SIPUserAgent", "Timeline", "Addresses",
            ],
            path: "Tests/Unit/SwitchEngineTests"),
        .testTarget(
            name: "SIPDialogsTests",
            dependencies: ["SIPDialogs", "SIPTransactions", "SIPMessages", "Addresses", "Timeline"],
            path: "Tests/Unit/SIPDialogsTests"),
        .testTarget(
            name: "SwitchSimulationTests",
            dependencies: ["SwitchSimulation", "Timeline"],
            path: "Tests/Simulation"),
    ],
    swiftLanguageModes: [.v6]
)
