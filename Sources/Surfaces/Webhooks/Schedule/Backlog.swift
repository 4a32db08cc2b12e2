/// A queue: what comes first leaves first, both at the cost of a look.
struct Backlog<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }
    var count: Int { elements.count - head }

    /// The element that leaves next; setting it replaces it.
    var first: Element? {
        get { isEmpty ? nil : elements[head] }
        set { if let newValue, !isEmpty { elements[head] = newValue } }
    }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = elements[head]
        head += 1
        // What has left is dropped when it is as much as what is left, so that each element moves at most once or so.
        if head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }
}
