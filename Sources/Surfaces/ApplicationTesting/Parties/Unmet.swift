/// What a party expected and what happened instead; its description is meant to be read.
public struct Unmet: Error, CustomStringConvertible {
    public let description: String
}
