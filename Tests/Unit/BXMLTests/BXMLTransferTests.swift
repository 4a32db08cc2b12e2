import BXML
import Testing
import Timeline

@Suite("Transferring by a document")
struct BXMLTransferTests {
    private let text = "<Transfer transferTo=\"+2\" tag=\"t\"/><SpeakSentence>busy</SpeakSentence>"
    private let told =
        "<Transfer transferTo=\"+2\" requestUrl=\"d\" requestUrlTimeout=\"4000\"/><SpeakSentence>busy</SpeakSentence>"

    @Test("when nobody answers the next verb begins")
    func unanswered() throws {
        var script = BXMLScript()
        guard case .transfer(1, let transfer) = try script.begin(text).first else { throw BXMLError("no transfer") }
        #expect(transfer.targets == ["+2"])
        #expect(script.tell(.transfer(1, .unanswered)) == [.speak(2, BXMLSentence("busy"))])
    }

    @Test("when there is nobody to call the call ends")
    func invalid() throws {
        var script = BXMLScript()
        _ = try script.begin(text)
        #expect(script.tell(.transfer(1, .invalid)) == [.hangUp(.invalidTarget)])
    }

    @Test("when the callee has gone the event is told and the caller is hung up; later verbs are left")
    func ended() throws {
        var script = BXMLScript()
        _ = try script.begin(text)
        #expect(script.tell(.transfer(1, .answered)) == [])
        #expect(script.state == .joined)
        #expect(script.wait(.seconds(3600)) == [])
        #expect(script.press("1#") == [])
        #expect(
            script.tell(.transfer(1, .ended)) == [
                .request(2, nil, .transferComplete(tag: "t"), isAwaited: false), .hangUp(.transferDone),
            ])
    }

    @Test("with an address of its own the reply may go on with the caller")
    func reply() throws {
        var script = BXMLScript()
        _ = try script.begin(told)
        #expect(script.tell(.transfer(1, .answered)) == [])
        let request = BXMLRequest("d", timeout: .seconds(4))
        #expect(
            script.tell(.transfer(1, .ended)) == [.request(2, request, .transferComplete(tag: nil), isAwaited: true)])
        var without = script
        #expect(
            script.tell(.reply(2, .document(BXMLDocument([.speak(BXMLSentence("c"))])))) == [
                .speak(3, BXMLSentence("c"))
            ])
        #expect(without.tell(.reply(2, .nothing)) == [.hangUp(.transferDone)])
    }

    @Test("where nothing is heard of the request, from its address or the fallback, the caller's call ends")
    func late() throws {
        var script = BXMLScript()
        _ = try script.begin(told)
        #expect(script.tell(.transfer(1, .ended)).count == 1)
        #expect(script.wait(.milliseconds(12_999)) == [])
        #expect(script.wait(.milliseconds(1)) == [.hangUp(.noDocument)])
    }
}
