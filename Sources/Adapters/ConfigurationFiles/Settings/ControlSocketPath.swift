import Foundation

extension Configuration {
    /// Longest path of a Unix domain socket in bytes, without the closing NUL of `sockaddr_un`.
    static let maximumSocketPath = 107

    /// Path of the control socket: the configured one, else `martlet.sock` for a store `martlet.db` in the same
    /// folder. A path too long for the system is replaced by a name under `/tmp` that is made from its absolute form.
    public var controlPath: String {
        let path = control ?? store.socketPath
        if path.utf8.count <= Self.maximumSocketPath { return path }
        let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
        let hash = absolute.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "/tmp/martlet-\(String(hash, radix: 16)).sock"
    }
}

extension StoreLocation {
    /// The path of the store with `.sock` in the place of its extension.
    fileprivate var socketPath: String {
        guard case .file(let path) = self else { return "var/martlet.sock" }
        let name = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[name...].lastIndex(of: "."), dot > name else { return path + ".sock" }
        return path[..<dot] + ".sock"
    }
}
