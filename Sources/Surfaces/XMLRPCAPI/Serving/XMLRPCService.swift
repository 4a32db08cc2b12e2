import ConfigurationFiles
import HTTPService
import Hummingbird
import Logging
import Management
import XMLRPCValues

/// The XML-RPC interface at `POST /xmlapi/xmlapi`.
public struct XMLRPCService: Sendable {
    /// Path of the interface.
    public static let path = "/xmlapi/xmlapi"

    private let gate: AccessGate
    private let dispatcher: XMLRPCDispatcher
    private let limits: XMLRPCLimits

    /// Serves the methods of `management`, and those that others bring.
    public init(
        _ management: SwitchManagement, settings: HTTPSettings, methods more: [XMLRPCMethod] = [],
        limits: XMLRPCLimits = XMLRPCLimits(), logger: Logger
    ) {
        var methods = XMLRPCMethods()
        methods.add(CallMethods.all(management))
        methods.add(ProvisioningMethods.all(management))
        methods.add(CallbackMethods.all(management))
        methods.add(more)
        gate = AccessGate(management, settings: settings, logger: logger)
        dispatcher = XMLRPCDispatcher(methods: methods, logger: logger)
        self.limits = limits
    }

    /// Puts the trusted addresses of another configuration in force.
    public func adopt(_ settings: HTTPSettings) { gate.trust(settings.trustedHosts) }

    /// The addresses of the interface.
    public var routes: HTTPRouteGroup {
        HTTPRouteGroup { [self] router in
            for method in [HTTPRequest.Method.get, .head, .put, .patch, .delete, .options] {
                router.on(RouterPath(Self.path), method: method) { _, _ in
                    Response.text(.methodNotAllowed, "XML-RPC is spoken with POST", headers: [.allow: "POST"])
                }
            }
            router.post(RouterPath(Self.path)) { request, context in try await respond(to: request, context) }
        }
    }

    private func respond(to request: Request, _ context: ServiceRequestContext) async throws -> Response {
        // Nothing is kept of what is sent before it is known who sends it.
        switch await gate.judge(request, from: context.peer) {
        case .refused(let response):
            try await request.discardBody(upTo: limits.bytes)
            return response
        case .granted(let caller):
            let body = try await request.collectedBody(upTo: limits.bytes)
            // curl and PHP begin with an empty request to be challenged, also where they would be trusted.
            if body.isEmpty && caller == .trusted { return gate.challenge(isStale: false) }
            let blocks = await answer(body, XMLRPCAccess(caller, source: context.peer))
            return Response(status: .ok, headers: [.contentType: "text/xml"], body: context.body(of: blocks))
        }
    }

    private func answer(_ body: [UInt8], _ access: XMLRPCAccess) async -> [[UInt8]] {
        do throws(XMLRPCFault) {
            return await dispatcher.answer(try XMLRPCCall(reading: body, limits: limits), access)
        } catch {
            return XMLRPCResponse.blocks(fault: error)
        }
    }
}
