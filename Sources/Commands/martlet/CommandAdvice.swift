import Glibc
import HTTPService
import PacketLoop
import SQLiteStore
import SwitchRuntime

/// What to do about errors that end a command.
enum CommandAdvice {
    /// The next step in one sentence; nil where the error says all there is to say.
    static func on(_ error: any Error) -> String? {
        switch error {
        case let error as SwitchService.ListenError: listening(error.reason, key: "sip.listen")
        case HTTPServiceError.listen(_, let reason): listening(reason, key: "http.listen")
        case let error as StoreError: storing(error.reason)
        default: nil
        }
    }

    private static func listening(_ reason: String, key: String) -> String? {
        switch reason {
        case SystemError.text(of: EADDRINUSE):
            "another program has this port, ss -lntup says which: stop it, or change \(key)"
        case SystemError.text(of: EADDRNOTAVAIL):
            "this machine has no such address, ip address lists those it has: change \(key)"
        case SystemError.text(of: EACCES):
            "ports below 1024 need the capability CAP_NET_BIND_SERVICE: grant it, or change \(key)"
        default: nil
        }
    }

    private static func storing(_ reason: String) -> String? {
        let isDenied = [EACCES, EPERM, EROFS].contains { reason == SystemError.text(of: $0) }
        if isDenied { return "user \(geteuid()) must be able to write in its folder: allow it, or change store" }
        return reason.contains("locked") ? "another program holds the file: end it, or change store" : nil
    }
}
