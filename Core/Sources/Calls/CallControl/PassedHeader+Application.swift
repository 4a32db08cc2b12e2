import SIPMessages

/// The header fields that an application may send, and those that it may read.
extension PassedHeader {
    /// Most header fields of a message that are sent for an application, or kept for it.
    public static let maximumCount = 64
    /// Most bytes of all their names and values.
    public static let maximumSize = 8_192

    /// All header fields of a message but credentials, folds as one space, as far as the maximum allows.
    public static func all(of message: SIPMessage) -> [PassedHeader] {
        var found: [PassedHeader] = []
        var room = maximumSize
        for field in message.headers where found.count < maximumCount {
            if field.id == .authorization || field.id == .proxyAuthorization { continue }
            let header = PassedHeader(name: message.copy(field.name), value: message.unfolded(field.value))
            room -= header.size
            if room < 0 { break }
            found.append(header)
        }
        return found
    }

    private var size: Int { name.count + value.count }

    /// The first of these header fields that an application may not send: one of the stack's own, one that cannot be
    /// written, or one more than the maximum allows.
    public static func firstUnsendable(of headers: [PassedHeader]) -> PassedHeader? {
        var room = maximumSize
        for (position, header) in headers.enumerated() {
            room -= header.size
            if position >= maximumCount || room < 0 || !header.isSendable { return header }
        }
        return nil
    }

    private var isSendable: Bool {
        guard !name.isEmpty, name.allSatisfy(Self.isToken), value.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 })
        else { return false }
        switch HeaderName(name) {
        case .subject, .pAssertedIdentity, .pPreferredIdentity, .privacy, .diversion, .historyInfo, .alertInfo,
            .callInfo,
            .warning, .organization, .remotePartyID, .date, .other:
            return true
        case .via, .from, .to, .callID, .cSeq, .contact, .maxForwards, .route, .recordRoute, .contentType,
            .contentLength,
            .contentEncoding, .contentDisposition, .allow, .supported, .require, .proxyRequire, .unsupported,
            .authorization, .proxyAuthorization, .wwwAuthenticate, .proxyAuthenticate, .expires, .minExpires,
            .retryAfter, .reason, .userAgent, .server, .accept, .acceptEncoding, .acceptLanguage, .event,
            .subscriptionState, .referTo, .referredBy, .replaces, .sessionExpires, .minSE, .rSeq, .rAck, .timestamp,
            .path, .allowEvents, .authenticationInfo, .join, .referSub, .serviceRoute, .mimeVersion:
            return false
        }
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || "-.!%*_+`'~".utf8.contains(byte)
    }

    /// Whether this is the field of that name, in any case, long or compact.
    public func isNamed(_ other: [UInt8]) -> Bool {
        let known = HeaderName(other)
        if known != .other { return HeaderName(name) == known }
        return name.elementsEqual(other) { $0 == $1 || ($0 | 0x20 == $1 | 0x20 && ($0 | 0x20) &- 97 < 26) }
    }
}
