import Addresses
import SIPMessages
import Timeline

/// Draws what happened to one call as text: the caller on the left, the switch in the middle, the callees on the right.
struct LadderDiagram {
    private let lines: [String]

    /// The diagram of `call`, or of everything where it is nil.
    init(_ log: SimulationLog, call: Int?) {
        lines = log.entries.filter { call == nil || $0.call == call || $0.call == nil }.map(Self.line)
    }

    /// The diagram, one line for each message; a cross marks one that was lost.
    var text: String {
        ["      time   step  caller            switch            callee"].appending(lines).joined(separator: "\n")
    }

    private static func line(_ entry: SimulationLog.Entry) -> String {
        let head = "\(pad(seconds(entry.instant), 10)) \(pad(String(entry.step), 6))  "
        switch entry.what {
        case .note(let note, let number): return head + "                  * \(note) \(number)"
        case .message(let bytes, let peer, let isFromSwitch, let copies):
            let isCallee = (0..<8).contains { SimulatedAddresses.vendor($0) == peer }
            let fate = copies == 0 ? " X" : copies == 1 ? "" : " x\(copies)"
            let text = label(bytes) + fate
            let isRightward = isCallee == isFromSwitch
            let arrow = isRightward ? "--\(text)-->" : "<--\(text)--"
            return head + (isCallee ? "                  |" : "|") + arrow + "  \(peer.address)"
        }
    }

    /// The first line shortened, and the CSeq.
    private static func label(_ bytes: [UInt8]) -> String {
        guard let message = try? MessageParser.parse(bytes) else {
            return "garbage of \(bytes.count) bytes"
        }
        let method = String(decoding: message.copy(message.cSeq.methodToken), as: UTF8.self)
        let sdp = message.body.isEmpty ? "" : " +sdp"
        if let status = message.status { return " \(status.rawValue) (\(message.cSeq.number) \(method))\(sdp) " }
        return " \(method) (\(message.cSeq.number))\(sdp) "
    }

    private static func seconds(_ instant: Instant) -> String {
        let milliseconds = instant.nanoseconds / 1_000_000
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

extension Array {
    fileprivate func appending(_ others: [Element]) -> [Element] { self + others }
}
