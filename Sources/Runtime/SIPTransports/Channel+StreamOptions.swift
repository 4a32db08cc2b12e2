import Glibc
import NIOCore

extension Channel {
    /// Sends small messages at once, and notices within two minutes that a peer has vanished, whether it owes us an
    /// acknowledgement (the user timeout) or the stream is idle (the keep-alives).
    func setStreamOptions() throws {
        try setOption(TCP_NODELAY, 1)
        try syncOptions?.setOption(.socketOption(.so_keepalive), value: 1)
        try setOption(TCP_KEEPIDLE, 60)
        try setOption(TCP_KEEPINTVL, 15)
        try setOption(TCP_KEEPCNT, 3)
        try setOption(TCP_USER_TIMEOUT, 60_000)
    }

    private func setOption(_ name: Int32, _ value: Int) throws {
        try syncOptions?.setOption(.tcpOption(NIOBSDSocket.Option(rawValue: name)), value: value)
    }
}
