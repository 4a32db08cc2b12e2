import Foundation

/// The programs of this package that were built together with the tests.
public enum BuiltProduct {
    /// Path of the program `name`, which lies beside the test bundle.
    public static func path(_ name: String) -> String {
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent(name).path
    }
}
