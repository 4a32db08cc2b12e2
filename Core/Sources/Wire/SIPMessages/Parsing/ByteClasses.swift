/// What a byte may be part of: one look-up in a table of constants answers for all classes.
struct ByteClasses: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    /// `token` of RFC 3261 §25.1: letters, digits and ``-.!%*_+`'~``.
    static var token: ByteClasses { ByteClasses(rawValue: 1) }
    /// Space, tab, CR, LF: the parser has made sure that CR and LF inside a value belong to folds.
    static var whitespace: ByteClasses { ByteClasses(rawValue: 2) }
    /// Letters, digits, `-`, `.` and `_`: what names of hosts are made of.
    static var host: ByteClasses { ByteClasses(rawValue: 4) }
    /// Bytes that may stand in a URI: no control, no blank, none of `"<>`; bytes above 127 are tolerated.
    static var uri: ByteClasses { ByteClasses(rawValue: 8) }
    /// Hexadecimal digits.
    static var hexadecimal: ByteClasses { ByteClasses(rawValue: 16) }
    /// As `uri`, without `@`, `:` and `%`.
    static var plainURI: ByteClasses { ByteClasses(rawValue: 32) }
    /// As `uri`, without `;` and `,`: unquoted parameter values.
    static var parameterValue: ByteClasses { ByteClasses(rawValue: 64) }

    /// One row for 16 bytes; a string literal, because it lies in the program as it stands.
    private static var table: StaticString {
        """
        \u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{02}\u{02}\u{00}\u{00}\u{02}\u{00}\u{00}\
        \u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}\
        \u{02}\u{69}\u{00}\u{68}\u{68}\u{49}\u{68}\u{69}\u{68}\u{68}\u{69}\u{69}\u{28}\u{6D}\u{6D}\u{68}\
        \u{7D}\u{7D}\u{7D}\u{7D}\u{7D}\u{7D}\u{7D}\u{7D}\u{7D}\u{7D}\u{48}\u{28}\u{00}\u{68}\u{00}\u{68}\
        \u{48}\u{7D}\u{7D}\u{7D}\u{7D}\u{7D}\u{7D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\
        \u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{68}\u{68}\u{68}\u{68}\u{6D}\
        \u{69}\u{7D}\u{7D}\u{7D}\u{7D}\u{7D}\u{7D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\
        \u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{6D}\u{68}\u{68}\u{68}\u{69}\u{00}\
        \u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\
        \u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\
        \u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\
        \u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\
        \u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\
        \u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\
        \u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\
        \u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}\u{68}
        """
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The classes of `byte`.
    @inline(__always)
    init(of byte: UInt8) { rawValue = Self.table.utf8Start[Int(byte)] }
}

extension UInt8 {
    @inline(__always)
    func isIn(_ classes: ByteClasses) -> Bool { ByteClasses(of: self).rawValue & classes.rawValue != 0 }

    @inline(__always) var isToken: Bool { isIn(.token) }
    @inline(__always) var isWhitespace: Bool { isIn(.whitespace) }
    @inline(__always) var isHost: Bool { isIn(.host) }
    @inline(__always) var isURICharacter: Bool { isIn(.uri) }
    @inline(__always) var isHexadecimal: Bool { isIn(.hexadecimal) }
    @inline(__always) var isDigit: Bool { self &- 48 < 10 }
}
