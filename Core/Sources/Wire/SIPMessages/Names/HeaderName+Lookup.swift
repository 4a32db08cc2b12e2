/// Finding the known field that a name means: eight letters are compared at a time, as one number.
extension HeaderName {
    /// The field that the bytes from `start` to `end` name, in any case, long or compact. The bytes must hold no control
    /// character: setting bit 5 then maps nothing but `A`...`Z` to letters, and nothing to `-`.
    static func identify(_ view: ByteView, from start: Int, to end: Int) -> HeaderName {
        let length = end &- start
        if length == 1 { return compact(view[start] | 0x20) }
        if length <= 8 { return short(folded(view, from: start, count: length)) }
        let head = folded(view, from: start, count: 8)
        if length <= 16 { return medium(head, folded(view, from: end &- 8, count: 8), length) }
        let candidate = long(head, length)
        return candidate != .other && view.spells(lowercase(candidate), from: start, to: end) ? candidate : .other
    }

    /// Up to eight bytes in little-endian order with bit 5 set, zeros behind them.
    private static func folded(_ view: ByteView, from start: Int, count: Int) -> UInt64 {
        guard count > 0 else { return 0 }
        let fold: UInt64 = 0x2020_2020_2020_2020
        let unused = UInt64(64 &- count &* 8)
        if start &+ 8 <= view.count { return ((view.word(at: start) | fold) << unused) >> unused }
        var word: UInt64 = 0
        for position in 0..<count { word |= UInt64(view[start &+ position] | 0x20) << UInt64(position &* 8) }
        return word
    }

    private static func compact(_ letter: UInt8) -> HeaderName {
        switch letter {
        case UInt8(ascii: "b"): .referredBy
        case UInt8(ascii: "c"): .contentType
        case UInt8(ascii: "e"): .contentEncoding
        case UInt8(ascii: "f"): .from
        case UInt8(ascii: "i"): .callID
        case UInt8(ascii: "k"): .supported
        case UInt8(ascii: "l"): .contentLength
        case UInt8(ascii: "m"): .contact
        case UInt8(ascii: "o"): .event
        case UInt8(ascii: "r"): .referTo
        case UInt8(ascii: "s"): .subject
        case UInt8(ascii: "t"): .to
        case UInt8(ascii: "u"): .allowEvents
        case UInt8(ascii: "v"): .via
        case UInt8(ascii: "x"): .sessionExpires
        default: .other
        }
    }

    /// The field whose name of at most eight bytes, bit 5 set in each, is `word`.
    static func short(_ word: UInt64) -> HeaderName {
        switch word {
        case 0x0000_0000_0061_6976: .via
        case 0x0000_0000_6D6F_7266: .from
        case 0x0000_0000_0000_6F74: .to
        case 0x0064_692D_6C6C_6163: .callID
        case 0x0000_0000_7165_7363: .cSeq
        case 0x0074_6361_746E_6F63: .contact
        case 0x0000_0065_7475_6F72: .route
        case 0x0000_0077_6F6C_6C61: .allow
        case 0x0065_7269_7571_6572: .require
        case 0x0073_6572_6970_7865: .expires
        case 0x0000_6E6F_7361_6572: .reason
        case 0x0000_7265_7672_6573: .server
        case 0x0000_7470_6563_6361: .accept
        case 0x0000_0000_6574_6164: .date
        case 0x0074_6365_6A62_7573: .subject
        case 0x0000_0074_6E65_7665: .event
        case 0x6F74_2D72_6566_6572: .referTo
        case 0x7365_6361_6C70_6572: .replaces
        case 0x0000_6573_2D6E_696D: .minSE
        case 0x0000_0000_7165_7372: .rSeq
        case 0x0000_0000_6B63_6172: .rAck
        case 0x0079_6361_7669_7270: .privacy
        case 0x0067_6E69_6E72_6177: .warning
        case 0x0000_0000_6874_6170: .path
        case 0x0000_0000_6E69_6F6A: .join
        default: .other
        }
    }

    private static func medium(_ head: UInt64, _ tail: UInt64, _ length: Int) -> HeaderName {
        switch (head, tail, length) {
        case (0x7772_6F66_2D78_616D, 0x7364_7261_7772_6F66, 12): .maxForwards
        case (0x722D_6472_6F63_6572, 0x6574_756F_722D_6472, 12): .recordRoute
        case (0x2D74_6E65_746E_6F63, 0x6570_7974_2D74_6E65, 12): .contentType
        case (0x2D74_6E65_746E_6F63, 0x6874_676E_656C_2D74, 14): .contentLength
        case (0x2D74_6E65_746E_6F63, 0x676E_6964_6F63_6E65, 16): .contentEncoding
        case (0x6574_726F_7070_7573, 0x6465_7472_6F70_7075, 9): .supported
        case (0x6572_2D79_786F_7270, 0x6572_6975_7165_722D, 13): .proxyRequire
        case (0x726F_7070_7573_6E75, 0x6465_7472_6F70_7075, 11): .unsupported
        case (0x7A69_726F_6874_7561, 0x6E6F_6974_617A_6972, 13): .authorization
        case (0x6874_7561_2D77_7777, 0x6574_6163_6974_6E65, 16): .wwwAuthenticate
        case (0x6970_7865_2D6E_696D, 0x7365_7269_7078_652D, 11): .minExpires
        case (0x6661_2D79_7274_6572, 0x7265_7466_612D_7972, 11): .retryAfter
        case (0x6567_612D_7265_7375, 0x746E_6567_612D_7265, 10): .userAgent
        case (0x652D_7470_6563_6361, 0x676E_6964_6F63_6E65, 15): .acceptEncoding
        case (0x6C2D_7470_6563_6361, 0x6567_6175_676E_616C, 15): .acceptLanguage
        case (0x6465_7272_6566_6572, 0x7962_2D64_6572_7265, 11): .referredBy
        case (0x2D6E_6F69_7373_6573, 0x7365_7269_7078_652D, 15): .sessionExpires
        case (0x6F69_7372_6576_6964, 0x6E6F_6973_7265_7669, 9): .diversion
        case (0x2D79_726F_7473_6968, 0x6F66_6E69_2D79_726F, 12): .historyInfo
        case (0x6E69_2D74_7265_6C61, 0x6F66_6E69_2D74_7265, 10): .alertInfo
        case (0x666E_692D_6C6C_6163, 0x6F66_6E69_2D6C_6C61, 9): .callInfo
        case (0x6D61_7473_656D_6974, 0x706D_6174_7365_6D69, 9): .timestamp
        case (0x617A_696E_6167_726F, 0x6E6F_6974_617A_696E, 12): .organization
        case (0x7665_2D77_6F6C_6C61, 0x7374_6E65_7665_2D77, 12): .allowEvents
        case (0x7573_2D72_6566_6572, 0x6275_732D_7265_6665, 9): .referSub
        case (0x2D65_6369_7672_6573, 0x6574_756F_722D_6563, 13): .serviceRoute
        case (0x702D_6574_6F6D_6572, 0x6469_2D79_7472_6170, 15): .remotePartyID
        case (0x7265_762D_656D_696D, 0x6E6F_6973_7265_762D, 12): .mimeVersion
        default: .other
        }
    }

    private static func long(_ head: UInt64, _ length: Int) -> HeaderName {
        switch (head, length) {
        case (0x2D74_6E65_746E_6F63, 19): .contentDisposition
        case (0x7561_2D79_786F_7270, 19): .proxyAuthorization
        case (0x7561_2D79_786F_7270, 18): .proxyAuthenticate
        case (0x7069_7263_7362_7573, 18): .subscriptionState
        case (0x7472_6573_7361_2D70, 19): .pAssertedIdentity
        case (0x7265_6665_7270_2D70, 20): .pPreferredIdentity
        case (0x6974_6E65_6874_7561, 19): .authenticationInfo
        default: .other
        }
    }

    private static func lowercase(_ name: HeaderName) -> StaticString {
        switch name {
        case .contentDisposition: "content-disposition"
        case .proxyAuthorization: "proxy-authorization"
        case .proxyAuthenticate: "proxy-authenticate"
        case .subscriptionState: "subscription-state"
        case .pAssertedIdentity: "p-asserted-identity"
        case .pPreferredIdentity: "p-preferred-identity"
        case .authenticationInfo: "authentication-info"
        default: ""
        }
    }
}
