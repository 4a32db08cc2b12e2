import Crypto
import SIPUserAgent

extension DigestFunctions {
    /// The hash functions of the Crypto library.
    public static let crypto = DigestFunctions(
        md5: { Array(Insecure.MD5.hash(data: $0)) },
        sha256: { Array(SHA256.hash(data: $0)) })
}
