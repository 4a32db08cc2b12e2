/// A `SIPParseError` inside the parser, in 8 bytes: a small error costs the good path nothing.
struct FieldFailure: Error, Equatable, Sendable, BitwiseCopyable {
    var reason: SIPParseError.Reason
    var header: HeaderName
    var offset: UInt32

    init(_ reason: SIPParseError.Reason, _ header: HeaderName, at offset: Int) {
        self.reason = reason
        self.header = header
        self.offset = UInt32(clamping: offset)
    }

    var status: StatusCode {
        switch reason {
        case .version: .versionNotSupported
        case .messageTooLarge: .messageTooLarge
        default: .badRequest
        }
    }

    func error(partial: SIPMessage?) -> SIPParseError {
        SIPParseError(
            status: status, reason: reason, offset: Int(offset), header: header == .other ? nil : header,
            partial: partial)
    }
}
