import Testing

/// Messages of our own, one for each trap that RFC 4475 and RFC 5118 set: the repository alone covers the same ground as
/// the archives that stay outside.
struct OwnMessage: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// The status the parser refuses it with; nil where it is well formed.
    let refusal: UInt16?

    var testDescription: String { name }

    init(_ name: String, _ text: String, refusal: UInt16? = nil) {
        self.name = name
        self.refusal = refusal
        bytes = text.utf8.flatMap { $0 == 10 ? [13, 10] : [$0] }
    }

    /// A request with the usual fields, some of them replaced, others added.
    init(
        _ name: String, line: String = "OPTIONS sip:desk@pbx.example SIP/2.0", refusal: UInt16? = nil,
        replacing changes: [String: String] = [:], without missing: [String] = [], adding fields: [String] = [],
        body: String = ""
    ) {
        let method = line.prefix { $0 != " " }
        let usual: [(String, String)] = [
            ("Via", "SIP/2.0/UDP 198.51.100.4:5066;branch=z9hG4bK77a1"),
            ("From", "\"Nora\" <sip:nora@home.example>;tag=n1"),
            ("To", "<sip:desk@pbx.example>"), ("Call-ID", "own.\(name)@198.51.100.4"), ("CSeq", "31 \(method)"),
            ("Max-Forwards", "69"), ("Content-Length", String(body.utf8.count(where: { $0 == 10 }) + body.utf8.count)),
        ]
        var text = line + "\n"
        for (field, value) in usual where !missing.contains(field) {
            text += "\(field): \(changes[field] ?? value)\n"
        }
        for field in fields { text += field + "\n" }
        self.init(name, text + "\n" + body, refusal: refusal)
    }
}

extension OwnMessage {
    private static let offer = """
        v=0
        o=nora 11 12 IN IP4 198.51.100.4
        s=-
        c=IN IP4 198.51.100.4
        t=0 0
        m=audio 30002 RTP/AVP 8

        """

    static let all: [OwnMessage] = wellFormed + malformed + requestLines + addressForms

    private static let wellFormed: [OwnMessage] = [
        OwnMessage(
            "folds",
            """
            INVITE sip:desk@pbx.example;strange SIP/2.0
            t :
              sip:desk@pbx.example ;   tag
             = 55x
            FROM:   "Nora \\\\ \\"N\\""
               <sip:nora@home.example>
             ;
              tag = n1
            mAX-forWARDS:  007
            i: own.folds@198.51.100.4
            cSEQ: 0031
              INVITE
            Via  : SIP  /   2.0
             /TCP
                198.51.100.4;branch=77a1
            Subject :
            Invention:   one
             two
            Odd: ,,;;,;
            v:  SIP  / 2.0  / UDP   relay.example   ;
              branch  =   z9hG4bKr1  ,
             SIP  / 2.0   / TLS  203.0.113.9   ; branch=
             z9hG4bKr2
            m:"Nora, at \\"home\\"" <sip:nora@198.51.100.4> ; fresh =
                  one ;
              bare ; q = 0.8
            l   : 0


            """),
        OwnMessage(
            "rareCharacters", line: "odd!Verb.1%*_+`'~ sip:a.b!(c)&d'e+f$/g?,;h=i:pw$1@pbx.example SIP/2.0",
            replacing: [
                "To": "\"BEL:\\\u{7} NUL:\\\u{0} DEL:\\\u{7F}\" <sip:desk@pbx.example>",
                "From": "a~` b'+_ c*%!.- <sip:nora@home.example>;p''~+*_!.-%=\"\u{416}\u{20AC}\";tag=_t~1'+`*%!-.",
                "Call-ID": "own.x%Y-!.*_+'@w`~)(><:\\/\"][?}{",
            ], adding: ["odd-!.%*+_`'~:\u{6F22}\u{5B57}"]),
        OwnMessage(
            "escapes", line: "INVITE sip:sip%3Anora%40home.example@pbx.example SIP/2.0",
            replacing: ["To": "sip:de%73k@pbx.example", "From": "<sip:two%20words@home.example>;tag=n1"],
            adding: ["m: <sip:n%6Fra@198.51.100.4;%6C%72;q%75=v%25%34>"]),
        OwnMessage(
            "escapedNUL", line: "REGISTER sip:pbx.example SIP/2.0",
            adding: ["Contact: <sip:a%00@198.51.100.4>", "Contact: <sip:a%00%00@198.51.100.4>"]),
        OwnMessage("percentInMethod", line: "INV%49TE sip:desk@pbx.example SIP/2.0"),
        OwnMessage("noBlankBeforeBracket", replacing: ["From": "nora<sip:nora@home.example>;tag=n1"]),
        OwnMessage(
            "long",
            replacing: [
                "To": "\"" + String(repeating: "very ", count: 60) + "\"<sip:desk@pbx.example:6001;"
                    + String(repeating: "x", count: 300) + "=1>"
            ],
            adding: (1...34).map { "\($0 % 2 == 0 ? "v " : "VIA"): SIP/2.0/UDP hop\($0).example" }),
        OwnMessage("bytesBehind", body: "").followed(
            by: OwnMessage("second", line: "INVITE sip:desk@pbx.example SIP/2.0")),
        OwnMessage("semicolonInUser", line: "OPTIONS sip:desk;ext=1%402@pbx.example SIP/2.0"),
        OwnMessage(
            "transports",
            adding: [
                "Via: SIP/2.0/SCTP b.example;branch=z9hG4bKb", "Via: SIP/2.0/TLS c.example;branch=z9hG4bKc",
                "Via: SIP/2.0/CARRIER-PIGEON d.example;branch=z9hG4bKd", "Via: SIP/2.0/wss e.example",
            ]),
        OwnMessage(
            "binaryBody", line: "MESSAGE sip:desk@pbx.example SIP/2.0", body: "--b\n\u{0}\u{0}\u{D}x\u{C3}\n--b--\n"),
        OwnMessage("foreignReason", "SIP/2.0 486 \u{421}\u{42A}\u{43D}\u{442}\n" + responseFields),
        OwnMessage("noReason", "SIP/2.0 183 \n" + responseFields),
        OwnMessage("noReasonNorBlank", "SIP/2.0 183\n" + responseFields),
        OwnMessage("strangeDate", adding: ["Date: Mon, 3 Feb 2025 04:05:06 CET"]),
        OwnMessage("bareCookie", replacing: ["Via": "SIP/2.0/UDP 198.51.100.4;branch=z9hG4bK"]),
        OwnMessage("unknownScheme", line: "OPTIONS nonesuch:whatever SIP/2.0"),
        OwnMessage("dottedScheme", line: "OPTIONS soap.tls://198.51.100.4:3003 SIP/2.0"),
        OwnMessage(
            "unknownSchemes", line: "REGISTER sip:pbx.example SIP/2.0",
            replacing: ["To": "isbn:9780201633610", "From": "<https://home.example/>;tag=n1"],
            adding: ["Contact: <name:Nora>"]),
        OwnMessage("requirements", adding: ["Require: teleport, levitate", "Proxy-Require: hover"]),
        OwnMessage("strangeBody", adding: ["Content-Type: application/x-riddle"], body: "why?\n"),
        OwnMessage("strangeCredentials", adding: ["Authorization: Oath by=\"the moon\""]),
        OwnMessage("noHopsLeft", replacing: ["Max-Forwards": "0"]),
        OwnMessage("contactParameter", adding: ["Contact: sip:+15550100@gw.example;odd"]),
        OwnMessage("contactURIParameter", adding: ["Contact: <sip:+15550100@gw.example;odd>"]),
        OwnMessage("contactHeader", adding: ["Contact: <sip:nora@home.example?Route=%3Csip:x.example%3E>"]),
        OwnMessage("onlyOtherAccept", adding: ["Accept: text/riddle"]),
        OwnMessage(
            "oldClient", line: "INVITE sip:desk@pbx.example SIP/2.0",
            replacing: [
                "Via": "SIP/2.0/UDP gw.example", "From": "<sip:+15550100@gw.example;user=phone>",
            ], without: ["Max-Forwards", "Content-Length"], adding: ["Content-Type: application/sdp"], body: offer),
        OwnMessage("equalLengths", adding: ["l: 0"]),
        OwnMessage(
            "unknownMethodMismatch", line: "DANCE sip:desk@pbx.example SIP/2.0", replacing: ["CSeq": "4 INVITE"]),
        OwnMessage("versionInLowerCase", line: "OPTIONS sip:desk@pbx.example sip/2.0"),
    ]

    private static let responseFields = """
        Via: SIP/2.0/UDP 198.51.100.4;branch=z9hG4bK77a1
        From: <sip:nora@home.example>;tag=n1
        To: <sip:desk@pbx.example>;tag=d1
        Call-ID: own.response@198.51.100.4
        CSeq: 31 INVITE
        Content-Length: 0


        """

    private static let malformed: [OwnMessage] = [
        OwnMessage("strayDelimiters", refusal: 400, replacing: ["Via": "SIP/2.0/UDP 198.51.100.4;;,;,,"]),
        OwnMessage("strayContactDelimiters", refusal: 400, adding: ["Contact: \"Nora\" <sip:nora@home.example>;;;;"]),
        OwnMessage("lengthTooLarge", refusal: 400, replacing: ["Content-Length": "4000"], body: offer),
        OwnMessage("negativeLength", refusal: 400, replacing: ["Content-Length": "-12"], body: offer),
        OwnMessage("lengthNoNumber", refusal: 400, replacing: ["Content-Length": "1e3"], body: offer),
        OwnMessage("lengthEmpty", refusal: 400, replacing: ["Content-Length": ""], body: offer),
        OwnMessage("hugeLength", refusal: 400, replacing: ["Content-Length": "99999999999999999999999"], body: offer),
        OwnMessage("hugeCSeq", refusal: 400, replacing: ["CSeq": "36893488147419103239 OPTIONS"]),
        OwnMessage("cSeqNoMethod", refusal: 400, replacing: ["CSeq": "31"]),
        OwnMessage("cSeqNoBlank", refusal: 400, replacing: ["CSeq": "31OPTIONS"]),
        OwnMessage("hugeMaxForwards", refusal: 400, replacing: ["Max-Forwards": "256"]),
        OwnMessage(
            "hugeResponseCSeq", "SIP/2.0 503 No\n" + responseFields.replacing("31", with: "92923947723040"),
            refusal: 400),
        OwnMessage("openQuote", refusal: 400, replacing: ["To": "\"Desk <sip:desk@pbx.example>"]),
        OwnMessage("questionMarkInBareURI", refusal: 400, adding: ["Contact: sip:nora@home.example?Route=x"]),
        OwnMessage("blanksInBrackets", refusal: 400, replacing: ["To": "\"Desk\" < sip:desk@pbx.example >"]),
        OwnMessage("commaInDisplay", refusal: 400, replacing: ["From": "Smith, Nora <sip:nora@home.example>;tag=n1"]),
        OwnMessage("otherMethod", refusal: 400, replacing: ["CSeq": "31 INFO"]),
        OwnMessage("hugeStatus", "SIP/2.0 4294967500 wraps\n" + responseFields, refusal: 400),
        OwnMessage("statusTooSmall", "SIP/2.0 099 small\n" + responseFields, refusal: 400),
        OwnMessage("statusTooLarge", "SIP/2.0 700 large\n" + responseFields, refusal: 400),
        OwnMessage(
            "insufficient", refusal: 400,
            without: ["From", "To", "Call-ID", "Max-Forwards"]),
        OwnMessage("twice", refusal: 400, adding: ["CSeq: 32 OPTIONS", "Call-ID: other", "To: sip:two@pbx.example"]),
        OwnMessage("twoHops", refusal: 400, adding: ["Max-Forwards: 3"]),
        OwnMessage("twoLengths", refusal: 400, replacing: ["Content-Length": "3"], adding: ["l: 4"], body: "abcde\n"),
        OwnMessage("noColon", refusal: 400, adding: ["this is no field"]),
        OwnMessage("noName", refusal: 400, adding: [": nameless"]),
        OwnMessage("blankInName", refusal: 400, adding: ["Two Words: x"]),
        OwnMessage("twoFromTags", refusal: 400, replacing: ["From": "<sip:nora@home.example>;tag=n1;tag=n2"]),
        OwnMessage("emptyTag", refusal: 400, replacing: ["To": "<sip:desk@pbx.example>;tag="]),
        OwnMessage("viaPort", refusal: 400, replacing: ["Via": "SIP/2.0/UDP 198.51.100.4:99999;branch=z9hG4bK1"]),
        OwnMessage("emptyBranch", refusal: 400, replacing: ["Via": "SIP/2.0/UDP 198.51.100.4;branch="]),
        OwnMessage("emptyCallID", refusal: 400, replacing: ["Call-ID": ""]),
        OwnMessage("emptyFrom", refusal: 400, replacing: ["From": ""]),
        OwnMessage("controlCharacter", refusal: 400, adding: ["Subject: a\u{1}b"]),
        OwnMessage("nulByte", refusal: 400, adding: ["Subject: a\u{0}b"]),
        OwnMessage("bareCR", refusal: 400, adding: ["Subject: a\rb"]),
    ]

    private static let requestLines: [OwnMessage] = [
        OwnMessage("bracketsAroundTarget", line: "OPTIONS <sip:desk@pbx.example> SIP/2.0", refusal: 400),
        OwnMessage("blankInTarget", line: "OPTIONS sip:desk@pbx.example; lr SIP/2.0", refusal: 400),
        OwnMessage("blanksInLine", line: "OPTIONS  sip:desk@pbx.example  SIP/2.0", refusal: 400),
        OwnMessage("blanksBehind", line: "OPTIONS sip:desk@pbx.example SIP/2.0 \t", refusal: 400),
        OwnMessage("headersInTarget", line: "OPTIONS sip:desk@pbx.example?Subject=hi SIP/2.0", refusal: 400),
        OwnMessage("emptyHeadersInTarget", line: "OPTIONS sip:desk@pbx.example? SIP/2.0", refusal: 400),
        OwnMessage("laterVersion", line: "OPTIONS sip:desk@pbx.example SIP/3.0", refusal: 505),
        OwnMessage("laterMinorVersion", line: "OPTIONS sip:desk@pbx.example SIP/2.1", refusal: 505),
        OwnMessage("otherProtocol", line: "OPTIONS sip:desk@pbx.example HTTP/1.1", refusal: 400),
        OwnMessage("noVersion", line: "OPTIONS sip:desk@pbx.example", refusal: 400),
        OwnMessage("noTarget", line: "OPTIONS SIP/2.0", refusal: 400),
        OwnMessage("emptyUser", line: "OPTIONS sip:@pbx.example SIP/2.0", refusal: 400),
        OwnMessage("twoAtSigns", line: "OPTIONS sip:desk@home@pbx.example SIP/2.0", refusal: 400),
        OwnMessage("badEscape", line: "OPTIONS sip:de%zzsk@pbx.example SIP/2.0", refusal: 400),
        OwnMessage("targetPort", line: "OPTIONS sip:desk@pbx.example:65536 SIP/2.0", refusal: 400),
        OwnMessage("noScheme", line: "OPTIONS desk SIP/2.0", refusal: 400),
    ]

    private static let addressForms: [OwnMessage] = [
        OwnMessage(
            "sixGood", line: "OPTIONS sip:[2001:db8:a::7] SIP/2.0",
            replacing: ["Via": "SIP/2.0/UDP [2001:db8:a::9];branch=z9hG4bKs"],
            adding: ["Contact: \"Nora\" <sip:nora@[2001:db8:a::9]>"]),
        OwnMessage("sixBare", line: "OPTIONS sip:2001:db8:a::7 SIP/2.0", refusal: 400),
        OwnMessage("sixOpen", line: "OPTIONS sip:[2001:db8:a::7 SIP/2.0", refusal: 400),
        OwnMessage("sixNonsense", line: "OPTIONS sip:[2001:db8:a::7::1] SIP/2.0", refusal: 400),
        OwnMessage("sixPortInside", line: "OPTIONS sip:[2001:db8:a::7:5077] SIP/2.0"),
        OwnMessage("sixPortOutside", line: "OPTIONS sip:[2001:db8:a::7]:5077 SIP/2.0"),
        OwnMessage(
            "receivedBracketed",
            replacing: ["Via": "SIP/2.0/UDP [2001:db8:a::9];received=[2001:db8:a::b];branch=z9hG4bKs"]),
        OwnMessage(
            "receivedBare", replacing: ["Via": "SIP/2.0/UDP [2001:db8:a::9];received=2001:db8:a::b;branch=z9hG4bKs"]),
        OwnMessage(
            "mixedVias", line: "BYE sip:desk@pbx.example SIP/2.0", replacing: ["To": "<sip:desk@pbx.example>;tag=d1"],
            adding: [
                "Via: SIP/2.0/UDP [2001:db8:a::9]:6060;branch=z9hG4bKx",
                "Via: SIP/2.0/TCP 203.0.113.1;branch=z9hG4bKy;received=203.0.113.2",
            ]),
        OwnMessage(
            "mapped", replacing: ["Via": "SIP/2.0/UDP [::ffff:198.51.100.4]:19824;branch=z9hG4bKm"],
            adding: ["Contact: <sip:nora@[::ffff:198.51.100.4]>"]),
        OwnMessage("threeColons", line: "OPTIONS sip:desk@[2001:db8:::198.51.100.4] SIP/2.0"),
        OwnMessage("twoColons", line: "OPTIONS sip:desk@[2001:db8::198.51.100.4] SIP/2.0"),
    ]

    private func followed(by other: OwnMessage) -> OwnMessage { OwnMessage(name, joined: bytes + other.bytes) }

    private init(_ name: String, joined bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        refusal = nil
    }
}
