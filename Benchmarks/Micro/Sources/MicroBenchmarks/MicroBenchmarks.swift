import SIPMessages

/// The costs that the switch pays for every message.
@main struct MicroBenchmarks {
    static func main() {
        let bytes = SampleMessages.invite
        print("INVITE of \(bytes.count) bytes, \(SampleMessages.headerCount) header fields")
        var parser = MessageParser()
        Measurement.run("parse, all fields of the switch read") {
            guard let message = try? parser.parse(bytes) else { preconditionFailure("the sample is malformed") }
            return read(message)
        }
        Measurement.run("parse only") {
            guard let message = try? parser.parse(bytes) else { preconditionFailure("the sample is malformed") }
            return message.headers.count
        }
        Measurement.run("parse with a table of its own") {
            guard let message = try? MessageParser.parse(bytes) else { preconditionFailure("the sample is malformed") }
            return message.headers.count
        }
        let response = SampleMessages.response
        Measurement.run("parse a response of \(response.count) bytes") {
            guard let message = try? parser.parse(response) else { preconditionFailure("the sample is malformed") }
            return message.headers.count
        }
        guard let message = try? MessageParser.parse(bytes) else { return }
        Measurement.run("write a response") {
            MessageWriter.response(to: message, status: .ok, toTag: SampleMessages.tag).count
        }
        Measurement.run("cut one message out of a stream") {
            var framer = StreamFramer()
            framer.append(bytes)
            return ((try? framer.next()) ?? nil)?.count ?? -1
        }
        var calls = TransactionBenchmark()
        Measurement.run("the transactions of a bridged call at 8,000/s", iterations: 50_000) { calls.runCall() }
        print("\(calls.count) transactions alive at the end")
        RoutingBenchmarks.run()
        MediaBenchmarks.run()
    }

    /// Reads what user agent, dialogs and call control read of a new INVITE.
    static func read(_ message: SIPMessage) -> Int {
        var sum = Int(message.via.host.count) + Int(message.via.branch?.count ?? 0) + Int(message.via.port ?? 0)
        sum += Int(message.from.tag?.count ?? 0) + Int(message.from.uri.count) + Int(message.from.display?.count ?? 0)
        sum += Int(message.to.uri.count) + Int(message.to.tag?.count ?? 0)
        sum += Int(message.callID.count) + Int(message.cSeq.number) + Int(message.maxForwards ?? 0)
        sum += Int(message.contentLength ?? 0) + Int(message.body.count)
        if let target = message.requestTarget { sum += Int(target.user?.count ?? 0) + Int(target.host.count) }
        if let contact = message.contact { sum += Int(contact.uri.count) }
        if message.hasToken(.supported, "timer") { sum += 1 }
        if message.hasToken(.supported, "100rel") { sum += 1 }
        if message.hasToken(.allow, "update") { sum += 1 }
        if message.hasContentType("application/sdp") { sum += 1 }
        message.forEachValue(of: .require) { sum += Int($0.count) }
        message.forEachValue(of: .route) { sum += Int($0.count) }
        message.forEachValue(of: .recordRoute) { sum += Int($0.count) }
        if message.first(.authorization) != nil || message.first(.proxyAuthorization) != nil { sum += 1 }
        if message.first(.replaces) != nil || message.first(.pAssertedIdentity) != nil { sum += 1 }
        sum += Int(message.number(of: .sessionExpires) ?? 0) + Int(message.number(of: .minSE) ?? 0)
        return sum
    }
}
