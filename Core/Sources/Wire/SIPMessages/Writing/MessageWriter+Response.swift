import Addresses

extension MessageWriter {
    /// The response that `request` deserves, without a body: RFC 3261 §8.2.6. `extra` adds fields.
    ///
    /// Every Via is copied; the top one gets `received` where its host is not the source address or where it asks for
    /// `rport`, and then the source port (RFC 3581 §4). To gets `toTag` where it has no tag yet. Fields that a broken
    /// request lacks are left out.
    public static func response(
        to request: SIPMessage, status: StatusCode, receivedFrom source: Endpoint? = nil, toTag: [UInt8]? = nil,
        extra: (inout MessageWriter) -> Void = { _ in }
    ) -> [UInt8] {
        var writer = MessageWriter()
        writer.beginResponse(to: request, status: status, receivedFrom: source, toTag: toTag)
        extra(&writer)
        return writer.finish()
    }

    /// The status line and the fields that a response takes over from its request; the caller adds others, and the
    /// body, and finishes.
    public mutating func beginResponse(
        to request: SIPMessage, status: StatusCode, reason: [UInt8]? = nil, receivedFrom source: Endpoint? = nil,
        toTag: [UInt8]? = nil
    ) {
        statusLine(status, reason: reason)
        vias(of: request, receivedFrom: source)
        let tag = request.layout.to.tag.count == 0 ? toTag : nil
        request.withView(()) { view in
            if copiesTogether(request, view, tag) { return }
            copyFirst(.from, of: request, view)
            copyFirst(.to, of: request, view, tag: tag)
            copyFirst(.callID, of: request, view)
            copyFirst(.cSeq, of: request, view)
        }
    }

    /// From, To, Call-ID and CSeq mostly stand one after the other, written as we write them: then they are copied as
    /// they are. Says whether it was so.
    private mutating func copiesTogether(_ request: SIPMessage, _ view: ByteView, _ tag: [UInt8]?) -> Bool {
        let entries = request.headers.entries
        guard request.layout.hasPlainHead, let first = entries.firstIndex(where: { $0.isNamed(.from) }),
            first + 3 < entries.count, entries[first + 1].isNamed(.to), entries[first + 2].isNamed(.callID),
            entries[first + 3].isNamed(.cSeq), entries[first].nameCount == 4, entries[first + 1].nameCount == 2,
            entries[first + 2].nameCount == 7, request.layout.to.value.start == entries[first + 1].value.start
        else { return false }
        let toEnd = entries[first + 1].value.end
        buffer.append(view.buffer(entries[first].nameOffset, toEnd))
        if let tag {
            append(";tag=")
            append(tag)
        }
        buffer.append(view.buffer(toEnd, entries[first + 3].value.end))
        end()
        return true
    }

    /// The first field only: a request that repeats it is refused, and its answer must not repeat it.
    private mutating func copyFirst(
        _ name: HeaderName, of request: SIPMessage, _ view: ByteView, tag: [UInt8]? = nil
    ) {
        guard let entry = request.headers.firstEntry(name) else { return }
        begin(entry, view)
        append(entry, view, of: request)
        if let tag {
            append(";tag=")
            append(tag)
        }
        end()
    }

    private mutating func vias(of request: SIPMessage, receivedFrom source: Endpoint?) {
        var isTop = true
        let top = request.layout.via
        request.withView(()) { view in
            for entry in request.headers.entries where entry.isNamed(.via) {
                begin(.via)
                if isTop, let source, top.value.start == entry.value.start, top.host.count > 0 {
                    topVia(request, receivedFrom: source)
                    append(request, ByteRange(from: top.value.end, to: entry.value.end))
                } else {
                    append(entry, view, of: request)
                }
                isTop = false
                end()
            }
        }
    }

    /// The top Via without any `received` and `rport` of the client's, then ours.
    private mutating func topVia(_ request: SIPMessage, receivedFrom source: Endpoint) {
        let via = request.via
        let hostAddress = request.withBytes(via.host) { IPAddress(text: $0) }
        let wantsPort = via.rport != .absent
        guard wantsPort || via.received != nil || hostAddress != source.address else {
            return append(request, via.value)
        }
        request.withView(()) { view in
            var reader = FieldReader(view, from: via.host.end, to: via.value.end, header: .via)
            reader.skipPort()
            append(request, ByteRange(from: via.value.start, to: reader.position))
            while let parameter = try? reader.parameter() {
                let name = parameter.name
                if view.spells("received", from: name.start, to: name.end) { continue }
                if view.spells("rport", from: name.start, to: name.end) { continue }
                buffer.append(UInt8(ascii: ";"))
                let end = parameter.value?.end ?? name.end
                append(request, ByteRange(from: name.start, to: end))
            }
        }
        append(";received=")
        append(textOf: source.address)
        guard wantsPort else { return }
        append(";rport=")
        append(source.port)
    }
}

extension FieldReader {
    /// Steps over `:port` with blanks around the colon, if it is there.
    fileprivate mutating func skipPort() {
        let start = position
        skipWhitespace()
        guard take(UInt8(ascii: ":")) else {
            position = start
            return
        }
        skipWhitespace()
        while current &- 48 < 10 { position &+= 1 }
    }
}
