/// Fields that are taken apart when somebody asks.
extension SIPMessage {
    /// Calls `body` with each value of the field, in order: repeated fields, and the values between commas where the
    /// field is a list. Commas inside quotes and angle brackets do not separate.
    public func forEachValue(of name: HeaderName, _ body: (ByteRange) -> Void) {
        guard headers.contains(name) else { return }
        withView(()) { view in
            for entry in headers.entries where entry.isNamed(name) {
                guard name.isList else {
                    body(entry.value.range)
                    continue
                }
                var splitter = ListSplitter(view, from: entry.value.start, to: entry.value.end)
                while let value = splitter.next() { body(value) }
            }
        }
    }

    /// All values of the field, in order.
    public func values(of name: HeaderName) -> [ByteRange] {
        var values: [ByteRange] = []
        forEachValue(of: name) { values.append($0) }
        return values
    }

    /// The values of the fields whose name is `name`, in any case: for names the switch does not know.
    public func values(named name: [UInt8]) -> [ByteRange] {
        let id = HeaderName(name)
        if id != .other { return headers.filter { $0.id == id }.map(\.value) }
        return headers.filter { $0.id == .other && equalsIgnoringCase($0.name, name) }.map(\.value)
    }

    /// Whether a list of tokens, such as Supported, Require or Allow, holds `token`, which must be in lower case.
    public func hasToken(_ name: HeaderName, _ token: StaticString) -> Bool {
        guard headers.contains(name) else { return false }
        return withView(false) { view in
            for entry in headers.entries where entry.isNamed(name) {
                var splitter = ListSplitter(view, from: entry.value.start, to: entry.value.end)
                while let value = splitter.next() {
                    if view.spells(token, from: value.start, to: value.end) { return true }
                }
            }
            return false
        }
    }

    /// The address that `range` holds. Throws reason `.headerValue` or `.uri` with status 400.
    public func nameAddress(_ range: ByteRange, of header: HeaderName) throws(SIPParseError) -> NameAddress {
        var result = PackedNameAddress()
        var failure: FieldFailure? = FieldFailure(.headerValue, header, at: range.start)
        withView(()) { view in
            var reader = FieldReader(view, from: range.start, to: range.end, header: header)
            do throws(FieldFailure) {
                try reader.nameAddress(into: &result)
                failure = nil
            } catch {
                failure = error
            }
        }
        if let failure { throw failure.error(partial: isRequest ? self : nil) }
        return result.nameAddress
    }

    /// The well-formed addresses of the field; malformed ones are left out: `validate` refuses them.
    public func addresses(of name: HeaderName) -> [NameAddress] {
        var result: [NameAddress] = []
        forEachValue(of: name) { value in
            if let address = try? nameAddress(value, of: name) { result.append(address) }
        }
        return result
    }

    /// The well-formed Via values, topmost first.
    public var vias: [Via] {
        var result: [Via] = []
        forEachValue(of: .via) { value in
            let via = withView(nil) { view -> Via? in
                var packed = PackedVia()
                var reader = FieldReader(view, from: value.start, to: value.end, header: .via)
                return (try? reader.via(into: &packed)).map { packed.via }
            }
            if let via { result.append(via) }
        }
        return result
    }

    /// The Contact addresses; empty where the field is absent or `*`.
    public var contacts: [NameAddress] { hasWildcardContact ? [] : addresses(of: .contact) }
    /// Whether Contact is `*`, which unbinds everything (RFC 3261 §10.2.2).
    public var hasWildcardContact: Bool {
        guard let value = first(.contact) else { return false }
        return equals(value, lowercase: "*")
    }
    /// The first Contact; nil where it is absent, `*` or malformed.
    public var contact: NameAddress? { firstAddress(of: .contact) }
    /// The Route set of a request, topmost first.
    public var routes: [NameAddress] { addresses(of: .route) }
    /// The Record-Route addresses, topmost first.
    public var recordRoutes: [NameAddress] { addresses(of: .recordRoute) }

    /// The first address of the field; nil where it is absent or malformed.
    public func firstAddress(of name: HeaderName) -> NameAddress? {
        guard let field = first(name), !equals(field, lowercase: "*") else { return nil }
        let value = withView(nil) { view -> ByteRange? in
            var splitter = ListSplitter(view, from: field.start, to: field.end)
            return splitter.next()
        }
        return value.flatMap { try? nameAddress($0, of: name) }
    }

    /// The URI that `range` holds.
    public func uri(_ range: ByteRange) throws(SIPParseError) -> SIPURI { try SIPURI(parsing: bytes, range) }

    /// The Request-URI taken apart; nil for a response. The parser has made sure that it is well formed.
    public var requestTarget: SIPURI? { isRequest ? try? SIPURI(parsing: bytes, requestURI) : nil }

    /// The value of the parameter `name`, in lower case, among the `;name=value` pairs of `range`; what stands before the
    /// first semicolon is stepped over. Nil where it is absent; an empty range where it has no value. Quotes stay around
    /// a quoted value.
    public func parameter(_ name: StaticString, in range: ByteRange) -> ByteRange? {
        withView(nil) { view in
            let start = min(view.first(UInt8(ascii: ";"), from: range.start), range.end)
            var reader = FieldReader(view, from: start, to: range.end, header: .other)
            while let parameter = try? reader.parameter() {
                guard view.spells(name, from: parameter.name.start, to: parameter.name.end) else { continue }
                return parameter.value?.range ?? ByteRange(offset: UInt32(parameter.name.end), count: 0)
            }
            return nil
        }
    }

    /// The number that `range` holds in decimal digits; nil for anything else or more than 4,294,967,295.
    public func number(_ range: ByteRange) -> UInt32? {
        withView(nil) { $0.decimal(from: range.start, to: range.end, maximum: UInt64(UInt32.max)) }
            .map { UInt32(truncatingIfNeeded: $0) }
    }

    /// The number at the start of the first field of this name, parameters ignored: Expires, Session-Expires, Min-SE,
    /// RSeq, Retry-After. Numbers too large for 32 bits are clamped (RFC 3261 §20.19).
    public func number(of name: HeaderName) -> UInt32? {
        guard let value = first(name) else { return nil }
        return withView(nil) { view in
            var end = value.start
            while end < value.end && view[end] &- 48 < 10 { end &+= 1 }
            guard end > value.start, end == value.end || !view[end].isToken else { return nil }
            let number = view.decimal(from: value.start, to: end, maximum: UInt64(UInt32.max))
            return number.map { UInt32(truncatingIfNeeded: $0) } ?? .max
        }
    }

    /// The value of the first field of this name up to its parameters: `application/sdp` of
    /// `application/sdp;charset=utf-8`.
    public func valueWithoutParameters(of name: HeaderName) -> ByteRange? {
        guard let value = first(name) else { return nil }
        return withView(value) { view in
            var end = value.start
            while end < value.end && view[end] != UInt8(ascii: ";") { end &+= 1 }
            while end > value.start && view[end &- 1].isWhitespace { end &-= 1 }
            return ByteRange(from: value.start, to: end)
        }
    }

    /// Whether the body is of this type, given in lower case, such as `application/sdp`; blanks around the slash are
    /// not expected.
    public func hasContentType(_ type: StaticString) -> Bool {
        valueWithoutParameters(of: .contentType).map { equals($0, lowercase: type) } ?? false
    }

    /// Checks the fields that the parser leaves alone and a user agent reads: Contact, Route, Record-Route, Refer-To and
    /// Referred-By, with their SIP URIs. Throws the 400 that the first malformed one deserves, with this message as
    /// `partial` where it is a request.
    public func validate() throws(SIPParseError) {
        var failure: FieldFailure?
        withView(()) { view in
            for entry in headers.entries {
                let id = entry.id
                guard id.holdsCheckedAddress else { continue }
                do throws(FieldFailure) {
                    try Self.check(view, entry.value, id)
                } catch {
                    failure = error
                    return
                }
            }
        }
        if let failure { throw failure.error(partial: isRequest ? self : nil) }
    }

    private static func check(_ view: ByteView, _ field: ShortRange, _ id: HeaderName) throws(FieldFailure) {
        if id == .contact && view.matches("*", from: field.start, to: field.end) { return }
        var splitter = ListSplitter(view, from: field.start, to: field.end)
        var count = 0
        while let value = id.isList ? splitter.next() : count == 0 ? field.range : nil {
            count &+= 1
            var reader = FieldReader(view, from: value.start, to: value.end, header: id)
            var address = PackedNameAddress()
            try reader.nameAddress(into: &address)
            var uri = SIPURI(whole: address.uri.range)
            do throws(FieldFailure) {
                try uri.parse(view, from: address.uri.start, to: address.uri.end)
            } catch {
                throw FieldFailure(.uri, id, at: Int(error.offset))
            }
        }
        if count == 0 { throw FieldFailure(.headerValue, id, at: field.start) }
    }

    private func equalsIgnoringCase(_ range: ByteRange, _ name: [UInt8]) -> Bool {
        guard Int(range.count) == name.count else { return false }
        return withView(false) { view in
            for position in 0..<name.count {
                let left = view[range.start &+ position]
                let right = name[position]
                if left != right && (left | 0x20 != right | 0x20 || (left | 0x20) &- 97 >= 26) { return false }
            }
            return true
        }
    }
}

extension HeaderName {
    /// Whether `SIPMessage.validate` looks into this field.
    fileprivate var holdsCheckedAddress: Bool {
        self == .contact || self == .route || self == .recordRoute || self == .referTo || self == .referredBy
    }

    /// Whether commas separate values of this field (RFC 3261 §7.3.1).
    public var isList: Bool {
        switch self {
        case .via, .contact, .route, .recordRoute, .contentEncoding, .allow, .supported, .require, .proxyRequire,
            .unsupported, .accept, .acceptEncoding, .acceptLanguage, .alertInfo, .callInfo, .warning, .allowEvents,
            .pAssertedIdentity, .pPreferredIdentity, .diversion, .historyInfo, .reason, .path, .serviceRoute,
            .remotePartyID:
            true
        case .from, .to, .callID, .cSeq, .maxForwards, .contentType, .contentLength, .contentDisposition,
            .authorization, .proxyAuthorization, .wwwAuthenticate, .proxyAuthenticate, .expires, .minExpires,
            .retryAfter, .userAgent, .server, .date, .subject, .event, .subscriptionState, .referTo, .referredBy,
            .replaces, .sessionExpires, .minSE, .rSeq, .rAck, .privacy, .timestamp, .organization,
            .authenticationInfo, .join, .referSub, .mimeVersion, .other:
            false
        }
    }
}
