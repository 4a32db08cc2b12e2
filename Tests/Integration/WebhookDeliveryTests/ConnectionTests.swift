import Addresses
import Dispatch
import EventCollector
import NIOCore
import NIOPosix
import SQLiteStore
import Testing

@testable import Webhooks

/// What receivers do with connections and answers, and what becomes of the events.
@Suite(.timeLimit(.minutes(5)))
struct ConnectionTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func sender(_ resolver: HostResolver = HostResolver()) -> CallbackSender {
        var settings = CallbackSender.Settings(build: "test")
        settings.allowsPrivateAddresses = true
        settings.documentsByPost = true
        return CallbackSender(settings, on: loop, resolver: resolver)
    }

    private func event(milliseconds: Int = 600_000) -> StoredEvent {
        var event = StoredEvent(id: "ce-1", user: "u-1", subject: "c-1", type: "answer", milliseconds: 0)
        event.target = StoredEvent.Target(
            url: nil, fallbackURL: nil, isGet: false, timeoutMilliseconds: milliseconds)
        event.body = Array("{}".utf8)
        return event
    }

    private func result(
        of event: StoredEvent, to url: String, by sender: CallbackSender
    ) async -> AttemptResult {
        await withCheckedContinuation { continuation in
            sender.send(event, to: url) { continuation.resume(returning: $0) }
        }
    }

    @Test("a receiver that closes its connection behind every answer gets every event once")
    func closing() async throws {
        let receiver = try await Receiver { _, _ in .raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        let sender = sender()
        for _ in 0..<50 { #expect(await result(of: event(), to: receiver.url(), by: sender).isTaken) }
        #expect(receiver.requests.events.count == 50)
        await sender.stop()
        try await receiver.stop()
    }

    @Test("a connection that ends instead of an answer is a failure; an idle one that has ended is none")
    func noAnswer() async throws {
        let receiver = try await Receiver { _, count in count == 1 ? .status(200) : .raw("") }
        let sender = sender()
        let event = event()
        let url = receiver.url()
        // The second is sent as soon as the first is answered, while the connection is open.
        let second = await withCheckedContinuation { continuation in
            sender.send(event, to: url) { _ in
                sender.send(event, to: url) { continuation.resume(returning: $0) }
            }
        }
        #expect(second == .failed("the receiver closed the connection"))
        // Over the connection of the first event, and over a new one.
        #expect(receiver.requests.events.count == 3)
        let third = await result(of: event, to: url, by: sender)
        #expect(third == .failed("the receiver closed the connection") && receiver.requests.events.count == 4)
        await sender.stop()
        try await receiver.stop()
    }

    @Test("what comes before the answer is passed over, and pieces of an answer are put together")
    func pieces() async throws {
        let receiver = try await Receiver { request, _ in
            request.target == "/early"
                ? .raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\nLink: <x>\r\n\r\nHTTP/1.1 204 X\r\n\r\n")
                : .raw(
                    "HTTP/1.1 200 X\r\ncontent-type: Text/XML;charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "4\r\n<a/>\r\n1\r\n\n\r\n0\r\nTrailer: x\r\n\r\n")
        }
        let sender = sender()
        #expect(await result(of: event(), to: receiver.url("/early"), by: sender).status == 204)
        #expect(await result(of: event(), to: receiver.url("/parts"), by: sender).body == Array("<a/>\n".utf8))
        await sender.stop()
        try await receiver.stop()
    }

    @Test("the time for an answer includes the search for the receiver's address")
    func slowName() async throws {
        let mayAnswer = DispatchSemaphore(value: 0)
        let sender = sender(
            HostResolver { _ in
                mayAnswer.wait()
                return .failed("late")
            })
        let result = await result(of: event(milliseconds: 50), to: "http://slow.example/", by: sender)
        #expect(result == .failed("timed out"))
        mayAnswer.signal()
        await sender.stop()
    }

    @Test("names that nobody answers for hold up neither numeric hosts nor names that were known, nor the stop")
    func deadNames() async throws {
        let receiver = try await Receiver { _, _ in .status(200, headers: "Connection: close\r\n") }
        let mayAnswer = DispatchSemaphore(value: 0)
        let asked = EventCollector<String>()
        let sender = sender(
            HostResolver { host in
                asked.report(host)
                if host == "known.example" { return HostResolver.system("127.0.7.1") }
                mayAnswer.wait()
                return .failed("late")
            })
        #expect(await result(of: event(), to: receiver.url(host: "known.example"), by: sender).status == 200)
        for number in 0..<20 {
            sender.send(event(), to: "http://dead\(number).example/") { _ in }
        }
        await asked.events(atLeast: 9)
        #expect(await result(of: event(), to: receiver.url(), by: sender).status == 200)
        #expect(await result(of: event(), to: receiver.url(host: "known.example"), by: sender).status == 200)
        #expect(asked.events.count == 9)
        await sender.stop()
        for _ in 0..<20 { mayAnswer.signal() }
        try await receiver.stop()
    }

    @Test("a host without an address that may be asked is not asked, whatever its others are")
    func addresses() async throws {
        let receiver = try await Receiver { _, _ in .status(200) }
        let resolver = HostResolver { host in
            let known = ["192.0.2.1", "127.0.7.1"].compactMap { HostResolver.system($0).first }
            return .addresses(host == "both.example" ? known : [])
        }
        let sender = CallbackSender(CallbackSender.Settings(build: "test"), on: loop, resolver: resolver)
        let result = await result(of: event(), to: receiver.url(host: "both.example"), by: sender)
        #expect(result.error?.contains("not a public address") == true && receiver.requests.events.isEmpty)
        await sender.stop()
        try await receiver.stop()
    }

    @Test("where the first address of a host refuses, the next one is asked")
    func nextAddress() async throws {
        let receiver = try await Receiver { _, _ in .status(200) }
        let resolver = HostResolver { _ in
            .addresses(["127.0.7.250", "127.0.7.1"].compactMap { HostResolver.system($0).first })
        }
        let sender = sender(resolver)
        #expect(await result(of: event(), to: receiver.url(host: "both.example"), by: sender).status == 200)
        #expect(receiver.requests.events.map { $0.headers["host"] } == ["both.example:\(receiver.port)"])
        await sender.stop()
        try await receiver.stop()
    }
}

extension HostResolver.Answer {
    fileprivate var first: IPAddress? {
        if case .addresses(let found) = self { found.first } else { nil }
    }
}
