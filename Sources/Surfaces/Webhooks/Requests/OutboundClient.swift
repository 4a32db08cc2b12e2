import NIOCore
import NIOSSL
import Timeline

/// Makes requests of HTTP/1.1 to receivers that users name: only at addresses that may be asked, the address that was
/// checked being the one that is connected to; certificates are checked, redirects are not followed, answers are bounded in
/// size and time, and connections are used again. Works on one loop, whose thread makes and reads everything.
final class OutboundClient: Sendable {
    private let loop: any EventLoop
    private let resolver: HostResolver
    private let core: NIOLoopBoundBox<OutboundCore>

    /// A client on `loop`; `authorities` are trusted beside those of the system.
    init(
        on loop: any EventLoop, allowsPrivateAddresses: Bool, authorities: [NIOSSLCertificate] = [],
        resolver: HostResolver = HostResolver()
    ) {
        self.loop = loop
        self.resolver = resolver
        let guardian = AddressGuard(allowsPrivate: allowsPrivateAddresses)
        let core = OutboundCore(on: loop, guardian, authorities: authorities, resolver: resolver)
        self.core = .makeBoxSendingValue(core, eventLoop: loop)
    }

    /// Makes a request, from any thread; `completion` is told what came of it, on the loop, once.
    func send(_ request: OutboundRequest, _ completion: @escaping @Sendable (OutboundAnswer) -> Void) {
        if loop.inEventLoop {
            core.value.begin(request, completion)
        } else {
            loop.execute { [self] in core.value.begin(request, completion) }
        }
    }

    /// Ends all connections; what is under way fails, and a name that is found later leads nowhere.
    func stop() async {
        try? await loop.submit { [self] in core.value.stop() }.get()
        resolver.stop()
    }
}
