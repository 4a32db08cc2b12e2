import SIPMessages
import SIPTransactions
import SIPUserAgent
import Timeline

/// How a shard finds out which connections answer (RFC 3261 §11).
extension SwitchCore {
    mutating func adoptKeepalives() {
        keepalives.adopt(configuration.tables.connections.filter { $0.keepalive > .zero }.map(\.id))
    }

    mutating func sendKeepalives(at now: Instant) {
        for id in keepalives.expired(at: now) {
            guard let position = configuration.tables.connection(id: id) else { continue }
            let connection = configuration.tables.connections[position]
            keepalives.asked(id, at: now, interval: connection.keepalive)
            guard let flow = configuration.flows[id] else {
                keepalives.heard(from: id, answers: false)
                continue
            }
            let transaction = userAgent.transactions.reserveClientTransaction()
            let uri = CalleeAddress.requestURI([], connection.destination)
            var writer = MessageWriter(reserving: 512)
            writer.requestLine(.options, uri: uri)
            writer.via(over: userAgent.settings.written(flow), branch: userAgent.branch(of: transaction))
            writer.header(.maxForwards, 70)
            writer.begin(.from)
            writer.append(CalleeAddress.from([], display: nil, host: userAgent.settings.local(of: flow)))
            writer.append(";tag=")
            writer.append(userAgent.mintCallID())
            writer.end()
            writer.header(.to, CalleeAddress.to([], connection.destination))
            writer.header(.callID, userAgent.mintCallID())
            writer.header(.cSeq, "1 OPTIONS")
            writer.header(.userAgent, userAgent.settings.product)
            userAgent.transactions.send(
                transaction, method: .options, request: writer.finish(), over: flow, user: KeepaliveMonitor.user(id),
                at: now, into: &userAgent.effects)
        }
    }
}
