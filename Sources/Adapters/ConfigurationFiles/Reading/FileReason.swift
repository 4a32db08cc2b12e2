import Foundation

/// Why a file could not be opened or read, in a few words.
enum FileReason {
    static func text(of error: any Error) -> String {
        if let error = error as? CocoaError {
            switch error.code {
            case .fileNoSuchFile, .fileReadNoSuchFile: return "no such file"
            case .fileReadNoPermission: return "no permission for user \(NSUserName())"
            default: break
            }
            if let posix = error.underlying as? POSIXError { return String(cString: strerror(posix.code.rawValue)) }
        }
        if let posix = error as? POSIXError { return String(cString: strerror(posix.code.rawValue)) }
        return "\(error.localizedDescription)".printable
    }
}

extension FileReason {
    /// Why the file at `path` cannot be opened for reading; nil where it can.
    static func unreadable(_ path: String) -> String? {
        do {
            try FileHandle(forReadingFrom: URL(fileURLWithPath: path)).close()
            return nil
        } catch {
            return text(of: error)
        }
    }
}
