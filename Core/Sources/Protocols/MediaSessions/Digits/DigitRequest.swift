/// What `get_digits` asks for (call-channel.md §3.6).
public struct DigitRequest: Hashable, Sendable {
    /// Whether the buffer is emptied first.
    public var isClearing: Bool
    /// How many digits are wanted; 0 for no limit.
    public var count: Int
    /// The longest wait for the first digit; zero takes what is buffered and returns at once, nil waits without limit.
    public var predigitsTimeout: Duration?
    /// The longest wait for each further digit; nil without limit.
    public var interdigitTimeout: Duration?
    /// The digit that ends the input, as a character; it is taken from the buffer and is no part of the result.
    public var end: UInt8?
    /// The longest wait for everything; nil without limit.
    public var timeout: Duration?

    public init(
        isClearing: Bool = false, count: Int = 0, predigitsTimeout: Duration? = .zero,
        interdigitTimeout: Duration? = .seconds(5), end: UInt8? = nil
    ) {
        self.isClearing = isClearing
        self.count = max(count, 0)
        self.predigitsTimeout = predigitsTimeout
        self.interdigitTimeout = interdigitTimeout
        self.end = end
    }
}
