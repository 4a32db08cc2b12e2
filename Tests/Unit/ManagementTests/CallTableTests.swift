import Addresses
import Foundation
import Testing
import Timeline

@testable import Management
@testable import SwitchEngine

@Suite("Listings of calls")
struct CallTableTests {
    private func call(cli: String = "100", cld: String = "200") -> CallSnapshot {
        CallSnapshot(
            id: 71, callID: Array("a@b".utf8), cli: Array(cli.utf8), cld: Array(cld.utf8), account: 3, customer: 2,
            environment: 1, connection: nil, vendor: nil, state: .arComplete, delay: .milliseconds(1234),
            duration: .seconds(7325), callerMedia: IPAddress("192.0.2.1"), calleeMedia: nil,
            setupMilliseconds: 1_772_698_542_117, direction: .vendor)
    }

    @Test("the JSON has exactly the members of the XML-RPC listing")
    func members() throws {
        let data = try JSONEncoder().encode(CallListing(call()))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            object.keys.sorted() == [
                "CALLEE_MEDIA_IP", "CALLER_MEDIA_IP", "CALL_ID", "CC_STATE", "CLD", "CLI", "DELAY", "DIRECTION",
                "DURATION", "ID", "I_ACCOUNT", "I_CONNECTION", "I_CUSTOMER", "I_ENVIRONMENT", "SETUP_TIME",
            ])
        #expect(object["ID"] as? String == "71")
        #expect(object["I_CONNECTION"] is NSNull)
        #expect(object["CC_STATE"] as? String == "ARComplete")
        #expect(object["SETUP_TIME"] as? String == "20260305T08:15:42.117")
        #expect(object["DELAY"] as? Double == 1.234)
        #expect(object["CALLEE_MEDIA_IP"] as? String == "")
        #expect(try JSONDecoder().decode(CallListing.self, from: data) == CallListing(call()))
    }

    @Test("no call is a sentence")
    func empty() {
        #expect(CallTable([]).text.hasPrefix("No calls."))
    }

    @Test("a line has at most 100 columns, and no number a peer sends breaks it or steers the terminal")
    func hostile() {
        let long = String(repeating: "9", count: 300)
        let hostile = "\u{1B}[2J\r\n\u{202E}x\u{0}\t"
        let table = CallTable(
            [call(), call(cli: long, cld: long), call(cli: hostile, cld: hostile)].map(CallListing.init))
        let lines = table.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4)
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(table.text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        #expect(!table.text.unicodeScalars.contains("\u{202E}"))
        let details = CallTable.details(of: CallListing(call(cli: hostile)))
        #expect(details.split(separator: "\n").count == 15)
    }

    @Test("the widest call there can be fits any terminal", arguments: [100, 80, 60, 40, 20])
    func widest(_ width: Int) {
        var widest = CallListing(call(cli: String(repeating: "漢", count: 50), cld: "49123456789012345678901234567890"))
        widest.id = "\(UInt64.max)"
        widest.state = "Disconnecting"
        widest.account = .max
        widest.connection = .max
        widest.duration = 1e9
        widest.callerMedia = "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"
        let lines = CallTable([widest], width: width).lines
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.count <= width && !$0.contains("漢") })
        #expect(CallTable([CallListing](), width: width).lines.allSatisfy { $0.count <= width })
    }

    @Test("of a long number the beginning and the end are shown")
    func elision() {
        let line = CallTable([CallListing(call(cld: "4912345678901234567890"))], width: 80).lines[1]
        #expect(line.contains("4912345…4567890") || line.contains("49123456…4567890"))
        #expect(line.contains("ARComplete") && line.contains("2:02:05"))
    }

    @Test("columns and figures")
    func columns() {
        let lines = CallTable([CallListing(call())]).text.split(separator: "\n")
        #expect(
            lines[0].split(separator: " ").map(String.init) == [
                "ID", "STATE", "CLI", "CLD", "ACCOUNT", "CONNECTION", "DELAY", "DURATION", "MEDIA",
            ])
        #expect(
            lines[1].split(separator: " ").map(String.init) == [
                "71", "ARComplete", "100", "200", "3", "-", "1.2s", "2:02:05", "192.0.2.1", "-",
            ])
    }

    @Test(
        "dates are right at leap days, at the turn of centuries and before 1970",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func dates(_ milliseconds: Int64, _ text: String) {
        #expect(UTCTime(milliseconds: milliseconds).extended == text)
    }
}
