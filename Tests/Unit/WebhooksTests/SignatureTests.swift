import Testing
@testable import Webhooks

struct SignatureTests {
    @Test("a callback is signed as the published example of Standard Webhooks is")
    func example() {
        let signature = WebhookSignature(key: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let value = signature?.value(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330, content: Array(#"{"test": 2432232314}"#.utf8))
        #expect(value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("any other text is a key as it is; nothing is none")
    func keys() {
        #expect(WebhookSignature(key: "plain") != nil)
        #expect(WebhookSignature(key: "") == nil)
        #expect(WebhookSignature(key: "whsec_") == nil)
        #expect(WebhookSignature(key: "whsec_!!") == nil)
    }
}
