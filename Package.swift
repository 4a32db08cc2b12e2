// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Martlet",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "martlet", targets: ["martlet"]),
        .executable(name: "examples", targets: ["examples"]),
        .library(name: "Martlet", targets: ["Martlet"]),
        .library(name: "MartletTesting", targets: ["MartletTesting"]),
        .library(name: "PacketLoop", targets: ["PacketLoop", "Addresses", "Timeline"]),
        .library(name: "MediaTransports", targets: ["MediaTransports", "MediaSessions", "Addresses"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // The core, below the water line: the same targets as in Core/Package.swift
        .target(name: "Timeline", path: "Core/Sources/Wire/Timeline"),
        .target(name: "Addresses", path: "Core/Sources/Wire/Addresses"),
        .target(name: "SIPMessages", dependencies: ["Addresses"], path: "Core/Sources/Wire/SIPMessages"),
        .target(name: "SDP", dependencies: ["Addresses"], path: "Core/Sources/Wire/SDP"),
        .target(name: "RTP", path: "Core/Sources/Wire/RTP"),
        .target(name: "Audio", path: "Core/Sources/Wire/Audio"),
        .target(
            name: "SIPTransactions", dependencies: ["Timeline", "Addresses", "SIPMessages"],
            path: "Core/Sources/Protocols/SIPTransactions"),
        .target(
            name: "SIPDialogs", dependencies: ["Timeline", "SIPMessages", "SIPTransactions"],
            path: "Core/Sources/Protocols/SIPDialogs"),
        .target(
            name: "SIPUserAgent",
            dependencies: ["Timeline", "Addresses", "SIPMessages", "SIPTransactions"],
            path: "Core/Sources/Protocols/SIPUserAgent"),
        .target(
            name: "MediaSessions", dependencies: ["Timeline", "Addresses", "SDP", "RTP", "Audio"],
            path: "Core/Sources/Protocols/MediaSessions"),
        .target(name: "Accounting", dependencies: ["Timeline", "Addresses"], path: "Core/Sources/Calls/Accounting"),
        .target(
            name: "Routing", dependencies: ["Timeline", "Addresses", "SIPMessages", "Accounting"],
            path: "Core/Sources/Calls/Routing"),
        .target(
            name: "CallControl",
            dependencies: [
                "Audio",
                "Timeline", "Addresses", "SIPMessages", "SDP", "SIPTransactions", "SIPDialogs", "SIPUserAgent",
                "MediaSessions", "Routing", "Accounting",
            ],
            path: "Core/Sources/Calls/CallControl"),
        .target(
            name: "SwitchEngine",
            dependencies: [
                "Audio",
                "Timeline", "Addresses", "SIPMessages", "SDP", "SIPTransactions", "SIPDialogs", "SIPUserAgent",
                "MediaSessions", "CallControl", "Routing", "Accounting",
            ],
            path: "Core/Sources/Calls/SwitchEngine"),
        .target(
            name: "SwitchSimulation",
            dependencies: [
                "Timeline", "Addresses", "SIPMessages", "Audio", "MediaSessions", "SIPTransactions", "SIPUserAgent",
                "CallControl", "Routing", "Accounting", "SwitchEngine",
            ],
            path: "Core/Sources/Simulation/SwitchSimulation"),
        // Runtime
        .target(name: "CPacketIO", path: "Sources/Runtime/CPacketIO"),
        .target(
            name: "PacketLoop", dependencies: ["CPacketIO", "Timeline", "Addresses"], path: "Sources/Runtime/PacketLoop"
        ),
        .target(
            name: "SIPTransports",
            dependencies: [
                "Addresses", "SIPMessages", "SIPTransactions",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Sources/Runtime/SIPTransports"),
        .target(
            name: "MediaTransports",
            dependencies: [
                "PacketLoop", "Timeline", "Addresses", "MediaSessions",
            ],
            path: "Sources/Runtime/MediaTransports"),
        .target(
            name: "SwitchRuntime",
            dependencies: [
                "PacketLoop", "SIPTransports", "Timeline", "Addresses", "SIPMessages",
                "SIPTransactions", "SIPUserAgent",
                "MediaSessions", "CallControl", "Routing", "Accounting", "SwitchEngine",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Runtime/SwitchRuntime"),
        // Adapters
        .target(
            name: "ConfigurationFiles",
            dependencies: [
                "Addresses", "SIPMessages", "SIPTransactions", "Routing", "Accounting",
                .product(name: "Yams", package: "Yams"),
            ],
            path: "Sources/Adapters/ConfigurationFiles"),
        .target(
            name: "SQLiteStore",
            dependencies: [
                "Timeline", "Addresses", "Routing", "Accounting", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "Sources/Adapters/SQLiteStore"),
        .systemLibrary(
            name: "CAudioLibraries", path: "Sources/Adapters/CAudioLibraries",
            providers: [.apt(["libspandsp-dev", "libopus-dev", "libmpg123-dev", "libmp3lame-dev"])]),
        .target(
            name: "AudioCodecs", dependencies: ["Audio", "MediaSessions", "CAudioLibraries"],
            path: "Sources/Adapters/AudioCodecs"),
        // Surfaces
        .target(
            name: "Management",
            dependencies: [
                "VoiceApplications", "AudioCodecs",
                "Timeline", "Addresses", "SDP", "SIPTransactions", "MediaSessions", "Routing", "Accounting", "CallControl",
                "SwitchEngine",
                "PacketLoop", "SwitchRuntime", "MediaTransports", "ConfigurationFiles", "SQLiteStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Sources/Surfaces/Management"),
        .target(
            name: "HTTPService",
            dependencies: [
                "Timeline", "Addresses", "PacketLoop", "CallControl", "SwitchEngine", "ConfigurationFiles", "Management",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Sources/Surfaces/HTTPService"),
        .target(
            name: "CallEvents", dependencies: ["Timeline", "CallControl", "Accounting"],
            path: "Sources/Surfaces/CallEvents"),
        .target(
            name: "Webhooks",
            dependencies: [
                "CallEvents", "Timeline", "Addresses", "ConfigurationFiles", "SQLiteStore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Sources/Surfaces/Webhooks"),
        .target(name: "XMLReading", path: "Sources/Surfaces/XMLReading"),
        .target(name: "XMLRPCValues", dependencies: ["XMLReading"], path: "Sources/Surfaces/XMLRPCValues"),
        .target(name: "BXML", dependencies: ["Timeline", "XMLReading"], path: "Sources/Surfaces/BXML"),
        .target(
            name: "XMLRPCAPI",
            dependencies: [
                "Timeline", "Addresses", "SIPMessages", "SIPUserAgent", "SwitchEngine", "Accounting", "Routing", "SQLiteStore",
                "ConfigurationFiles", "PacketLoop", "SwitchRuntime",
                "Management", "HTTPService", "XMLRPCValues", .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/Surfaces/XMLRPCAPI"),
        .target(
            name: "VoiceApplications",
            dependencies: [
                "AudioCodecs", "Accounting", "CallControl", "SwitchEngine", "MediaSessions", "Audio", "Timeline",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Surfaces/VoiceApplications"),
        .target(
            name: "ApplicationServices",
            dependencies: [
                "VoiceApplications", "Management", "HTTPService",
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Surfaces/ApplicationServices"),
        .target(
            name: "VoiceRESTAPI",
            dependencies: [
                "BXML", "Timeline", "Addresses", "Audio", "AudioCodecs", "SwitchEngine", "CallControl", "Accounting", "Routing", "MediaSessions",
                "SQLiteStore", "PacketLoop", "VoiceApplications", "Management", "HTTPService",
                "CallEvents", "Webhooks", "SIPMessages",
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Surfaces/VoiceRESTAPI"),
        .target(
            name: "TestPhone",
            dependencies: [
                "PacketLoop", "Timeline", "Addresses", "SIPMessages", "RTP", "Audio", "SIPTransactions",
                "MediaSessions", .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Surfaces/TestPhone"),
        .target(
            name: "MartletTesting",
            dependencies: [
                "Timeline", "Addresses", "SIPMessages", "RTP", "Audio", "SIPTransactions", "MediaSessions",
                "Routing", "SwitchEngine", "SwitchSimulation", "VoiceApplications", "TestPhone",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/Surfaces/ApplicationTesting"),
        .target(
            name: "Serving",
            dependencies: [
                "ConfigurationFiles", "Management", "HTTPService", "XMLRPCAPI", "VoiceApplications", "ApplicationServices",
                "VoiceRESTAPI", "Webhooks",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/Surfaces/Serving"),
        .target(
            name: "Martlet",
            dependencies: [
                "Audio", "MediaSessions", "CallControl", "SwitchEngine", "VoiceApplications", "ConfigurationFiles", "Management",
                "Serving",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/Surfaces/Martlet"),
        // Commands
        .executableTarget(
            name: "martlet",
            dependencies: [
                "Timeline", "Accounting", "Addresses", "Audio", "SIPMessages", "PacketLoop", "Management", "HTTPService", "XMLRPCAPI", "TestPhone",
                "SwitchRuntime",
                "ConfigurationFiles", "SQLiteStore", "Serving",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"), .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Sources/Commands/martlet"),
        // Examples
        .target(
            name: "ExampleApplications", dependencies: ["Martlet"], path: "Examples",
            exclude: ["Program", "martlet.yaml", "provisioning.yaml"], sources: ["Applications", "Documents"]),
        .executableTarget(
            name: "examples", dependencies: ["ExampleApplications", "Martlet"], path: "Examples/Program"),
        // Tests of the shells
        .target(name: "EventCollector", path: "Tests/Support/EventCollector"),
        .target(name: "OwnThread", path: "Tests/Support/OwnThread"),
        .testTarget(
            name: "PacketLoopTests", dependencies: ["PacketLoop", "EventCollector"], path: "Tests/Unit/PacketLoopTests"),
        .testTarget(
            name: "SIPTransportsTests",
            dependencies: [
                "SIPTransports", "EventCollector", "Addresses", "SIPMessages", "SIPTransactions",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/Integration/SIPTransportsTests"),
        .testTarget(
            name: "SwitchRuntimeTests",
            dependencies: ["SwitchRuntime", "EventCollector", .product(name: "Logging", package: "swift-log")],
            path: "Tests/Integration/SwitchRuntimeTests"),
        .testTarget(
            name: "MediaTransportsTests",
            dependencies: [
                "MediaTransports", "MediaSessions", "PacketLoop", "EventCollector", "Addresses", "RTP", "Timeline",
            ],
            path: "Tests/Integration/MediaTransportsTests"),
        .testTarget(
            name: "PhoneCoreTests",
            dependencies: ["TestPhone", "Addresses", "Audio", "RTP", "SIPMessages", "SIPTransactions", "Timeline"],
            path: "Tests/Unit/PhoneCoreTests"),
        .testTarget(
            name: "TestPhoneTests", dependencies: ["TestPhone", "Addresses", "Audio", "SIPMessages"],
            path: "Tests/Integration/TestPhoneTests"),
        .target(name: "TestFiles", path: "Tests/Support/TestFiles"),
        .testTarget(
            name: "ConfigurationFilesTests",
            dependencies: ["ConfigurationFiles", "Addresses", "SIPTransactions", "Routing", "Accounting", "TestFiles"],
            path: "Tests/Unit/ConfigurationFilesTests"),
        .testTarget(
            name: "ManagementTests",
            dependencies: [
                "Management", "ConfigurationFiles", "SQLiteStore", "SwitchEngine", "Routing", "Addresses", "Timeline", "TestFiles",
                "TestPhone", "EventCollector",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Unit/ManagementTests"),
        .testTarget(
            name: "VoiceApplicationsTests",
            dependencies: [
                "VoiceApplications", "CallControl", "SwitchEngine", "MediaSessions", "Audio",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Unit/VoiceApplicationsTests"),
        .testTarget(
            name: "CallEventsTests", dependencies: ["CallEvents", "Timeline"],
            path: "Tests/Unit/CallEventsTests"),
        .testTarget(
            name: "WebhooksTests",
            dependencies: [
                "Webhooks", "CallEvents", "SQLiteStore", "Addresses", "Timeline",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/Unit/WebhooksTests"),
        .executableTarget(
            name: "WebhookVictim",
            dependencies: [
                "Webhooks", "CallEvents", "SQLiteStore", "ConfigurationFiles", "Timeline",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Support/WebhookVictim"),
        .testTarget(
            name: "WebhookDeliveryTests",
            dependencies: [
                "Webhooks", "WebhookVictim", "Addresses", "CallEvents", "SQLiteStore", "ConfigurationFiles", "Timeline",
                "EventCollector", "TestFiles", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/Integration/WebhookDeliveryTests"),
        .testTarget(name: "BXMLTests", dependencies: ["BXML", "Timeline"], path: "Tests/Unit/BXMLTests"),
        .testTarget(
            name: "AudioCodecsTests",
            dependencies: ["AudioCodecs", "CAudioLibraries", "Audio", "MediaSessions", "Addresses", "RTP", "Timeline"],
            path: "Tests/Unit/AudioCodecsTests"),
        .testTarget(
            name: "ApplicationTestingTests",
            dependencies: ["MartletTesting", "VoiceApplications", "SwitchSimulation", "Audio"],
            path: "Tests/Unit/ApplicationTestingTests"),
        .testTarget(
            name: "ExampleTests", dependencies: ["ExampleApplications", "Martlet", "MartletTesting"],
            path: "Tests/Unit/ExampleTests"),
        .testTarget(name: "XMLRPCValuesTests", dependencies: ["XMLRPCValues"], path: "Tests/Unit/XMLRPCValuesTests"),
        .testTarget(
            name: "XMLRPCAPITests",
            dependencies: [
                "XMLRPCAPI", "XMLRPCValues", "Management", "HTTPService", "Addresses", "Timeline",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Unit/XMLRPCAPITests"),
        .testTarget(
            name: "VoiceRESTAPITests",
            dependencies: [
                "VoiceRESTAPI", "BXML", "CallEvents", "TestFiles", "SQLiteStore",
                "Audio", "Timeline", "Webhooks", "VoiceApplications", "MartletTesting", "SwitchSimulation", .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Unit/VoiceRESTAPITests"),
        .testTarget(
            name: "VoiceRESTTests",
            dependencies: [
                "VoiceRESTAPI", "CallEvents", "Webhooks", "HTTPService", "Management", "ConfigurationFiles", "VoiceApplications",
                "SIPMessages", "Addresses", "TestPhone", "TestFiles", "EventCollector",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/Integration/VoiceRESTTests"),
        .testTarget(
            name: "HTTPServiceTests",
            dependencies: [
                "HTTPService", "XMLRPCAPI", "XMLRPCValues", "Management", "ConfigurationFiles", "SIPMessages", "SIPUserAgent", "SwitchRuntime",
                "Addresses", "TestFiles", .product(name: "Hummingbird", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Integration/HTTPServiceTests"),
        .testTarget(
            name: "ProvisioningTests",
            dependencies: [
                "XMLRPCAPI", "XMLRPCValues", "Management", "ConfigurationFiles", "SQLiteStore", "Routing", "Addresses", "TestPhone", "TestFiles",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Integration/ProvisioningTests"),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "martlet", "Serving", "Management", "ConfigurationFiles", "SQLiteStore", "Accounting", "Addresses", "Timeline",
                "TestPhone", "TestFiles", "EventCollector", "OwnThread", .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Integration/CommandTests"),
        .testTarget(
            name: "CallbackTests",
            dependencies: [
                "Management", "ConfigurationFiles", "SQLiteStore", "Accounting",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Integration/CallbackTests"),
        .executableTarget(
            name: "RecordVictim", dependencies: ["SQLiteStore", "Accounting", "Timeline"],
            path: "Tests/Support/RecordVictim"),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: [
                "SQLiteStore", "ConfigurationFiles", "Routing", "Accounting", "Addresses", "Timeline", "EventCollector", "TestFiles",
                "RecordVictim", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/Integration/SQLiteStoreTests"),
    ],
    swiftLanguageModes: [.v6]
)
