import Addresses
import SIPMessages
import SIPUserAgent
import Timeline

/// A carrier's gateway: one endpoint with many callees, each following the script of its call.
public struct ScriptedVendor: Sendable {
    /// Where it listens.
    public let endpoint: Endpoint
    /// Its sides of all calls that reached it.
    public internal(set) var dialogs: [ScriptedDialog] = []
    /// What it answers to requests that belong to no call.
    var outbox: [[UInt8]] = []
    /// Positions of the dialogs of each Call-ID.
    private var places: [[UInt8]: [Int]] = [:]
    /// The script of each call, by the number of the call.
    let scripts: [CalleeScript]
    let secret: AccountSecret
    private var dice: IdentifierSource

    init(endpoint: Endpoint, scripts: [CalleeScript], secret: AccountSecret, seed: UInt64) {
        self.endpoint = endpoint
        self.scripts = scripts
        self.secret = secret
        dice = IdentifierSource(seed: seed)
    }

    /// Lets one dialog act; the result is the positions of those that have changed.
    mutating func timeElapsed(_ position: Int, at now: Instant) -> [Int] {
        dialogs[position].timeElapsed(at: now)
        return changed(position, now)
    }

    /// Gives a message to its dialog; the result is the positions of those that have changed.
    mutating func receive(_ message: SIPMessage, at now: Instant) -> [Int] {
        let candidates = places[message.copy(message.callID)] ?? []
        if let position = candidates.first(where: { Self.belongs(message, to: dialogs[$0]) }) {
            dialogs[position].receive(message, at: now)
            return changed(position, now)
        }
        if message.isRequest && message.method == .invite && message.to.tag == nil, let index = callIndex(of: message) {
            append(dialog(for: message, index))
            dialogs[dialogs.count - 1].receive(message, at: now)
            return [dialogs.count - 1]
        } else if message.isRequest && message.method == .options && message.to.tag == nil {
            outbox.append(MessageWriter.response(to: message, status: .ok, toTag: Array("9.v".utf8)))
        } else if message.isRequest && message.method != .ack {
            outbox.append(MessageWriter.response(to: message, status: .callDoesNotExist, toTag: Array("9.v".utf8)))
        }
        return []
    }

    private mutating func append(_ dialog: ScriptedDialog) {
        places[dialog.identity.callID, default: []].append(dialogs.count)
        dialogs.append(dialog)
    }

    private static func belongs(_ message: SIPMessage, to dialog: ScriptedDialog) -> Bool {
        guard message.equals(message.callID, dialog.identity.callID) else { return false }
        let tag = message.isRequest ? message.to.tag : message.from.tag
        return tag.map { message.equals($0, dialog.identity.localTag) } ?? message.isRequest
    }

    /// The number of the call that the dialled number ends with.
    private func callIndex(of invite: SIPMessage) -> Int? {
        guard let index = CalledNumber.index(of: invite, invite.requestURI), scripts.indices.contains(index) else {
            return nil
        }
        return index
    }

    private mutating func dialog(for invite: SIPMessage, _ index: Int) -> ScriptedDialog {
        let mark = Array("9.v\(index)x".utf8)
        var tag = mark
        dice.appendToken(count: 8, to: &tag)
        let script = scripts[index]
        let identity = DialogIdentity(
            mark: mark, local: endpoint, callID: invite.copy(invite.callID), localTag: tag,
            localURI: invite.copy(invite.to.uri), remoteURI: invite.copy(invite.from.uri),
            remoteTarget: invite.contact.map { invite.copy($0.uri) } ?? invite.copy(invite.from.uri))
        return ScriptedDialog(
            identity: identity,
            session: ScriptedSession(
                address: endpoint.address, id: UInt64(index) + 5000,
                port: 40_000 &+ UInt16(truncatingIfNeeded: index * 8)),
            conduct: script.conduct, role: .callee(CalleeState(script: script, secret: secret)), seed: dice.next())
    }

    /// Makes the second device of a callee that has just answered, if its script wants one.
    private mutating func changed(_ position: Int, _ now: Instant) -> [Int] {
        guard case .callee(var callee) = dialogs[position].role, callee.wantsFork else { return [position] }
        callee.wantsFork = false
        dialogs[position].role = .callee(callee)
        var tag = dialogs[position].identity.mark
        dice.appendToken(count: 8, to: &tag)
        var fork = dialogs[position]
        fork.identity = fork.identity.withLocalTag(tag)
        fork.answerAsFork(seed: dice.next(), now)
        append(fork)
        return [position, dialogs.count - 1]
    }
}

extension DialogIdentity {
    /// The same dialog as another device of the same callee sees it.
    func withLocalTag(_ tag: [UInt8]) -> DialogIdentity {
        DialogIdentity(
            mark: mark, local: local, callID: callID, localTag: tag, remoteTag: remoteTag, localURI: localURI,
            remoteURI: remoteURI, remoteTarget: remoteTarget, number: 0, remoteNumber: remoteNumber)
    }
}

/// The dialled numbers of a simulation: `9` and the number of the call in five digits.
enum CalledNumber {
    static func bytes(of index: Int) -> [UInt8] { Array("\(900_000 + index)".utf8) }

    /// The number of the call whose dialled number the URI at `range` holds.
    static func index(of message: SIPMessage, _ range: ByteRange) -> Int? {
        guard let uri = try? message.uri(range), let user = uri.user, let number = message.number(user) else {
            return nil
        }
        return number >= 900_000 ? Int(number) - 900_000 : nil
    }
}
