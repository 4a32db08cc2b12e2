extension SwitchManagement {
    /// Answers a request of the control socket.
    func answer(_ request: ControlRequest) async -> ControlResponse {
        var response = ControlResponse()
        do {
            switch request.command {
            case .calls:
                response.calls = await calls(in: .root)
            case .call:
                guard let number = request.number, let call = await call(number, in: .root) else {
                    return .noSuchCall(request)
                }
                response.calls = [call]
            case .disconnect:
                guard let number = request.number, await disconnect(number, in: .root) else {
                    return .noSuchCall(request)
                }
            case .reload:
                let reload = try await reload()
                response.lines = reload.changes.lines
                if !reload.delayedKeys.isEmpty {
                    response.lines?.append("at the next start: \(reload.delayedKeys.joined(separator: ", "))")
                }
            case .reloadProvisioning:
                try await reloadProvisioning()
            case .drain:
                drain()
            case .statistics:
                response.statistics = await statistics()
            }
        } catch {
            response.error = "\(error)"
        }
        return response
    }
}

extension ControlRequest {
    fileprivate var number: UInt64? { id.flatMap { UInt64($0) } }
}

extension ControlResponse {
    fileprivate static func noSuchCall(_ request: ControlRequest) -> ControlResponse {
        ControlResponse(error: "there is no call \(request.id ?? "")")
    }
}
