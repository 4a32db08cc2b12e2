/// A struct of XML-RPC; its members keep their order, and no name is there twice.
public struct XMLRPCStruct: Equatable, Sendable {
    /// A name and its value.
    public struct Member: Equatable, Sendable {
        public var name: String
        public var value: XMLRPCValue

        public init(_ name: String, _ value: XMLRPCValue) {
            self.name = name
            self.value = value
        }
    }

    /// All members in order.
    public private(set) var members: [Member]

    /// The first member of each name.
    public init(_ members: [Member] = []) {
        self.members = []
        self.members.reserveCapacity(members.count)
        var names: Set<String> = []
        for member in members where names.insert(member.name).inserted { self.members.append(member) }
    }

    /// The value of a member; setting replaces it, adds it at the end, or with nil takes it away.
    public subscript(name: String) -> XMLRPCValue? {
        get { members.first { $0.name == name }?.value }
        set {
            let place = members.firstIndex { $0.name == name }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(Member(name, value))
            case (nil, nil): break
            }
        }
    }
}

extension XMLRPCStruct: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, XMLRPCValue)...) {
        self.init(elements.map { Member($0.0, $0.1) })
    }
}
