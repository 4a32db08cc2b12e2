import SIPMessages
import SIPTransactions
import Testing

@testable import SIPDialogs

@Suite struct DialogTests {
    private let target = "Contact: <sip:bob@10.0.0.2>\n"

    private func server(_ headers: String = "") throws -> Dialog {
        Dialog(asServer: try invite(headers: headers), over: flow, localTag: Array("ours".utf8))
    }

    private func client(_ status: Int = 200, headers: String? = nil) throws -> Dialog {
        try #require(
            Dialog(
                asClient: try response(status, headers: headers ?? target), requestURI: Array("sip:bob@callee".utf8)))
    }

    @Test("the callee's dialog takes its state from the INVITE")
    func serverState() throws {
        let dialog = try server("Record-Route: <sip:p1;lr>, <sip:p2;lr>;x=1\nRecord-Route: <sip:p3;lr>\n")
        #expect(text(dialog.callID) == "call-1")
        #expect(text(dialog.localTag) == "ours")
        #expect(text(dialog.remoteTag) == "theirs")
        #expect(text(dialog.localParty) == "Bob <sip:bob@switch>")
        #expect(text(dialog.remoteParty) == "\"Alice; \\\"x\\\"\" <sip:alice@client;user=phone>")
        #expect(text(dialog.remoteTarget) == "sip:alice@10.0.0.1:5070;transport=udp")
        #expect(dialog.routeSet.routes.map(text) == ["<sip:p1;lr>", "<sip:p2;lr>;x=1", "<sip:p3;lr>"])
        #expect(dialog.remoteCSeq == 5)
        #expect(dialog.localCSeq == 0)
        #expect(dialog.isEarly)
        #expect(!dialog.isSecure)
    }

    @Test("the caller's dialog takes its state from the response, routes in reverse")
    func clientState() throws {
        let dialog = try client(headers: target + "Record-Route: <sip:p1;lr>, <sip:p2;lr>\n")
        #expect(text(dialog.callID) == "call-2")
        #expect(text(dialog.localTag) == "ours")
        #expect(text(dialog.remoteTag) == "theirs")
        #expect(text(dialog.localParty) == "<sip:alice@switch>")
        #expect(text(dialog.remoteParty) == "<sip:bob@callee>")
        #expect(text(dialog.remoteTarget) == "sip:bob@10.0.0.2")
        #expect(dialog.routeSet.routes.map(text) == ["<sip:p2;lr>", "<sip:p1;lr>"])
        #expect(dialog.localCSeq == 20)
        #expect(dialog.inviteCSeq == 20)
        #expect(dialog.remoteCSeq == nil)
        #expect(!dialog.isEarly)
    }

    @Test("forked provisional responses create one early dialog each; 100, failures and responses without tag none")
    func forks() throws {
        let uri = Array("sip:bob@callee".utf8)
        let first = try #require(Dialog(asClient: try response(180, tag: "a", headers: target), requestURI: uri))
        let second = try #require(Dialog(asClient: try response(183, tag: "b"), requestURI: uri))
        #expect(first.isEarly && second.isEarly)
        #expect(text(second.remoteTarget) == "sip:bob@callee")
        #expect(first.matches(try response(200, tag: "a")))
        #expect(!first.matches(try response(200, tag: "b")))
        #expect(second.matches(try response(200, tag: "b")))
        #expect(Dialog(asClient: try response(100, tag: "a"), requestURI: uri) == nil)
        #expect(Dialog(asClient: try response(180, tag: nil), requestURI: uri) == nil)
        #expect(Dialog(asClient: try response(486), requestURI: uri) == nil)
        #expect(Dialog(asClient: try response(302), requestURI: uri) == nil)
    }

    @Test("a 2xx confirms an early dialog and replaces its route set and target, not its numbers")
    func confirmation() throws {
        var dialog = try client(183, headers: target + "Record-Route: <sip:p1;lr>\n")
        _ = dialog.nextRequest(.prack, branch: [], over: flow)
        dialog.confirm(with: try response(200, headers: "Contact: <sip:new>\nRecord-Route: <sip:p9;lr>\n"))
        #expect(!dialog.isEarly)
        #expect(text(dialog.remoteTarget) == "sip:new")
        #expect(dialog.routeSet.routes.map(text) == ["<sip:p9;lr>"])
        #expect(dialog.localCSeq == 21)
        dialog.confirm(with: try response(200, headers: "Contact: <sip:other>\nRecord-Route: <sip:p8;lr>\n"))
        #expect(text(dialog.remoteTarget) == "sip:new")
        var callee = try server()
        callee.confirm()
        #expect(!callee.isEarly)
    }

    @Test("a peer of RFC 2543 without a tag still has a dialog")
    func noTag() throws {
        let dialog = try #require(
            Dialog(asClient: try response(200, tag: nil, headers: target), requestURI: Array("sip:bob@callee".utf8)))
        #expect(dialog.remoteTag.isEmpty)
        #expect(dialog.matches(try response(200, tag: nil)))
        #expect(!dialog.matches(try response(200, tag: "a")))
        var copy = dialog
        let bye = text(copy.nextRequest(.bye, branch: Array("z9hG4bKb".utf8), over: flow).bytes)
        #expect(bye.contains("To: <sip:bob@callee>\n"))
    }

    @Test("a dialog without Contact sends to the From of the INVITE or the Request-URI of its own")
    func noContact() throws {
        let bare = try message(
            """
            INVITE sip:bob@switch SIP/2.0
            Via: SIP/2.0/UDP client;branch=z9hG4bKone
            From: <sip:alice@client>;tag=theirs
            To: <sip:bob@switch>
            Call-ID: call-1
            CSeq: 5 INVITE
            """)
        #expect(text(Dialog(asServer: bare, over: flow, localTag: []).remoteTarget) == "sip:alice@client")
        #expect(text(try client(headers: "").remoteTarget) == "sip:bob@callee")
    }

    @Test("SIPS over TLS makes a dialog secure, one of them alone does not")
    func secure() throws {
        let sips = try invite(uri: "sips:bob@switch")
        #expect(Dialog(asServer: sips, over: secureFlow, localTag: []).isSecure)
        #expect(!Dialog(asServer: sips, over: flow, localTag: []).isSecure)
        #expect(!Dialog(asServer: try invite(), over: secureFlow, localTag: []).isSecure)
        #expect(Dialog(asClient: try response(200), requestURI: Array("sips:bob@callee".utf8))?.isSecure == true)
    }

    @Test("Call-ID and both tags make a request belong to the dialog, letter for letter")
    func matching() throws {
        let dialog = try server()
        func bye(_ callID: String, _ from: String, _ to: String) throws -> SIPMessage {
            try message(
                """
                BYE sip:bob@switch SIP/2.0
                Via: SIP/2.0/UDP client;branch=z9hG4bKtwo
                From: <sip:alice@client>\(from)
                To: <sip:bob@switch>\(to)
                Call-ID: \(callID)
                CSeq: 6 BYE
                """)
        }
        #expect(dialog.matches(try bye("call-1", ";tag=theirs", ";tag=ours")))
        #expect(!dialog.matches(try bye("call-2", ";tag=theirs", ";tag=ours")))
        #expect(!dialog.matches(try bye("Call-1", ";tag=theirs", ";tag=ours")))
        #expect(!dialog.matches(try bye("call-1", ";tag=ours", ";tag=theirs")))
        #expect(!dialog.matches(try bye("call-1", ";tag=theirs", "")))
        #expect(!dialog.matches(try bye("call-1", "", ";tag=ours")))
    }

    @Test("requests are in order while their numbers rise; ACK and CANCEL do not count")
    func order() throws {
        var dialog = try server()
        #expect(dialog.admit(try invite(method: "INFO", cSeq: 6)) == .inOrder)
        #expect(dialog.admit(try invite(method: "INFO", cSeq: 6)) == .repeated)
        #expect(dialog.admit(try invite(method: "INFO", cSeq: 4)) == .outOfOrder)
        #expect(dialog.admit(try invite(method: "ACK", cSeq: 5)) == .inOrder)
        #expect(dialog.admit(try invite(method: "CANCEL", cSeq: 5)) == .inOrder)
        #expect(dialog.remoteCSeq == 6)
        #expect(dialog.admit(try invite(method: "BYE", cSeq: 4_000_000_000)) == .inOrder)
        var own = try client()
        #expect(own.admit(try invite(method: "BYE", cSeq: 0)) == .inOrder)
        #expect(own.remoteCSeq == 0)
    }

    @Test("only target refresh requests with a Contact move the target")
    func refresh() throws {
        func moved(_ method: String, _ contact: String = "Contact: <sip:new>\n") throws -> Bool {
            var dialog = try client()
            dialog.refreshTarget(from: try response(200, headers: contact, cSeq: "1 " + method))
            return text(dialog.remoteTarget) == "sip:new"
        }
        for method in ["INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"] { #expect(try moved(method), "\(method)") }
        for method in ["BYE", "INFO", "OPTIONS", "PRACK", "MESSAGE"] { #expect(try !moved(method), "\(method)") }
        #expect(try !moved("INVITE", ""))
    }

    @Test("a request in the dialog is complete up to Contact and counts up")
    func request() throws {
        var dialog = try server()
        let branch = Array("z9hG4bKx".utf8)
        let info = dialog.nextRequest(.info, branch: branch, over: flow)
        #expect(
            text(info.bytes) == """
                INFO sip:alice@10.0.0.1:5070;transport=udp SIP/2.0
                Via: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bKx
                Max-Forwards: 70
                From: Bob <sip:bob@switch>;tag=ours
                To: "Alice; \\"x\\"" <sip:alice@client;user=phone>;tag=theirs
                Call-ID: call-1
                CSeq: 1 INFO

                """)
        _ = dialog.nextRequest(.invite, branch: branch, over: flow)
        _ = dialog.nextRequest(.update, branch: branch, over: flow)
        let ack = text(dialog.nextRequest(.ack, branch: branch, over: secureFlow).bytes)
        #expect(ack.contains("CSeq: 2 ACK\n"))
        #expect(ack.contains("Via: SIP/2.0/TLS 127.0.0.1:5060;branch=z9hG4bKx\n"))
        #expect(text(dialog.nextRequest(.bye, branch: branch, over: flow).bytes).contains("CSeq: 4 BYE\n"))
        #expect(text(dialog.acknowledgement(of: 1, branch: branch, over: flow).bytes).contains("CSeq: 1 ACK\n"))
    }

    @Test("the ACK to the first 2xx has the number of the INVITE")
    func firstAcknowledgement() throws {
        var dialog = try client()
        #expect(text(dialog.nextRequest(.ack, branch: [], over: flow).bytes).contains("CSeq: 20 ACK\n"))
        #expect(dialog.localCSeq == 20)
    }

    @Test("loose routers get the target as Request-URI and all routes")
    func looseRouting() throws {
        var dialog = try client(headers: target + "Record-Route: <sip:p1;lr>, <sip:p2:5070;lr=on>;x=1\n")
        #expect(text(dialog.nextHop) == "sip:p2:5070;lr=on")
        #expect(text(dialog.requestURI) == "sip:bob@10.0.0.2")
        let bye = text(dialog.nextRequest(.bye, branch: [], over: flow).bytes)
        #expect(bye.hasPrefix("BYE sip:bob@10.0.0.2 SIP/2.0\n"))
        #expect(bye.contains("\nRoute: <sip:p2:5070;lr=on>;x=1\nRoute: <sip:p1;lr>\n"))
    }

    @Test("a strict router gets its own URI as Request-URI and the target as the last route")
    func strictRouting() throws {
        var dialog = try client(
            headers: target + "Record-Route: <sip:p1;lr>, <sip:p2;method=INVITE;ttl=2?Subject=x>\n")
        #expect(dialog.routeSet.isStrict)
        #expect(text(dialog.nextHop) == "sip:p2;method=INVITE;ttl=2?Subject=x")
        let bye = text(dialog.nextRequest(.bye, branch: [], over: flow).bytes)
        #expect(bye.hasPrefix("BYE sip:p2;ttl=2 SIP/2.0\n"))
        #expect(bye.contains("\nRoute: <sip:p1;lr>\nRoute: <sip:bob@10.0.0.2>\nFrom:"))
    }

    @Test("without routes the target is the next hop")
    func noRoutes() throws {
        let dialog = try client()
        #expect(dialog.nextHop == dialog.remoteTarget)
        #expect(dialog.routeSet == .empty)
    }

    @Test("folds of received values are never written again")
    func folds() throws {
        let folded = try message(
            """
            INVITE sip:bob@switch SIP/2.0
            Via: SIP/2.0/UDP client;branch=z9hG4bKone
            From: Alice
             <sip:alice@client>
             ;tag=theirs
            To: <sip:bob@switch>
            Call-ID: call-1
            CSeq: 5 INVITE
            Contact: <sip:alice@10.0.0.1>
            Record-Route: <sip:p1;lr>
             ;x=1
            """)
        var dialog = Dialog(asServer: folded, over: flow, localTag: Array("ours".utf8))
        let bye = text(dialog.nextRequest(.bye, branch: [], over: flow).bytes)
        #expect(bye.contains("\nTo: Alice <sip:alice@client>;tag=theirs\n"))
        #expect(bye.split(separator: "\n").allSatisfy { !$0.hasPrefix(" ") })
    }

    @Test("dialogs are equal exactly when all of their state is")
    func equality() throws {
        let dialog = try server()
        #expect(dialog == (try server()))
        var other = dialog
        _ = other.nextRequest(.info, branch: [], over: flow)
        #expect(dialog != other)
        #expect(dialog != Dialog(asServer: try invite(), over: flow, localTag: Array("0urs".utf8)))
    }
}
