/// The release of Martlet that these sources are.
public enum Release {
    /// Semantic version, as `--version` and User-Agent show it.
    public static let version = "0.1.0"
}
