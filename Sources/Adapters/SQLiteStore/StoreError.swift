import Foundation
import GRDB

/// A store that cannot be opened, read or written: says which and why. Nothing was changed.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The store as the configuration writes it.
    public var store: String
    /// Why, in plain words.
    public var reason: String

    init(_ store: String, _ reason: String) {
        self.store = store
        self.reason = reason
    }

    /// The error behind `error` in plain words; a `StoreError` as it is. Values of statements are left out, for they may
    /// be secrets.
    init(_ store: String, _ error: any Error) {
        if let error = error as? StoreError {
            self = error
            return
        }
        self.store = store
        if let error = error as? DatabaseError {
            reason = error.message ?? "\(error.resultCode)"
        } else if let posix = (error as? CocoaError)?.underlying as? POSIXError {
            reason = String(cString: strerror(posix.code.rawValue))
        } else {
            reason = "\(error)"
        }
    }

    /// `sqlite:var/martlet.db: disk I/O error`.
    public var description: String { "\(store): \(reason)" }
}
