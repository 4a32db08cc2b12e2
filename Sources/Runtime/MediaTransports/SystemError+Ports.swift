import Glibc
import PacketLoop

extension SystemError {
    /// Whether another program holds the port, or may alone use it: another one may be free.
    var isPortInUse: Bool { code == EADDRINUSE || code == EACCES }
}
