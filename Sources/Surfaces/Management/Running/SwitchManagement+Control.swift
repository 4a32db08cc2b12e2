extension SwitchManagement {
    /// Answers a request of the control socket.
    func answer(_ request: ControlRequest) async -> ControlResponse {
        var response = ControlResponse()
        do {
            switch request.command {
            case .calls:
                await list(request, into: &response)
            case .count:
                response.count = await callCount(request.filter ?? CallFilter(), in: .root)
            case .call:
                guard let number = request.number, let call = await call(number, in: .root) else {
                    return .noSuchCall(request)
                }
                response.calls = [call]
            case .accounts:
                response.accounts = try await accountCallStatistics(of: request.object, in: .root).map {
                    AccountListing(account: $0.account, total: $0.total, connected: $0.connected)
                }
            case .disconnect:
                response.missing = []
                for id in request.ids ?? [] {
                    let isFound = if let number = UInt64(id) { await disconnect(number, in: .root) } else { false }
                    if !isFound { response.missing?.append(id) }
                }
                response.count = (request.ids?.count ?? 0) - (response.missing?.count ?? 0)
            case .disconnectAccount:
                response.count = try await disconnectAccount(request.object, in: .root)
            case .disconnectCustomer:
                response.count = try await disconnectCustomer(request.object, in: .root)
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
            case .services, .startService, .runs, .cancelRuns, .purgeService, .conferences, .endConference,
                .changeConferenceMember:
                try answer(aboutApplications: request, into: &response)
            }
        } catch let error as ManagementError where error.code == .wrongReference {
            response.error = "there is no \(error.member?.dropFirst(2) ?? "") \(request.id ?? "")"
        } catch {
            response.error = "\(error)"
        }
        return response
    }

    private func answer(aboutApplications request: ControlRequest, into response: inout ControlResponse) throws {
        let name = request.id ?? ""
        switch request.command {
        case .services: response.services = try services(request.id)
        case .startService: response.ids = try startService(name, request.order ?? RunOrder())
        case .runs: response.runs = try request.ids.map { try runs($0, of: request.id) } ?? runs(of: request.id)
        case .cancelRuns:
            if let ids = request.ids {
                let missing = try cancelRuns(ids, of: request.id)
                (response.missing, response.count) = (missing, ids.count - missing.count)
            } else {
                response.count = try cancelService(name)
            }
        case .purgeService: response.count = try purgeService(name)
        case .conferences: response.conferences = try conferences(request.id)
        case .endConference: response.count = try endConference(name)
        case .changeConferenceMember: try change(name, request.change ?? .mute)
        case .calls, .count, .accounts, .call, .disconnect, .disconnectAccount, .disconnectCustomer, .reload,
            .reloadProvisioning, .drain, .statistics:
            break
        }
    }

    private func list(_ request: ControlRequest, into response: inout ControlResponse) async {
        let filter = request.filter ?? CallFilter()
        var calls: [CallListing] = []
        for await page in callPages(filter, in: .root) {
            calls += page
            if let limit = request.limit, calls.count >= limit { break }
        }
        guard let limit = request.limit else {
            response.calls = calls
            response.count = calls.count
            return
        }
        response.count = calls.count < limit ? calls.count : await callCount(filter, in: .root)
        response.calls = Array(calls.prefix(limit))
    }
}

extension ControlRequest {
    fileprivate var number: UInt64? { id.flatMap { UInt64($0) } }

    /// Id of the account or customer; 0, which none has, where it is missing.
    fileprivate var object: Int { id.flatMap { Int($0) } ?? 0 }
}

extension ControlResponse {
    fileprivate static func noSuchCall(_ request: ControlRequest) -> ControlResponse {
        ControlResponse(error: "there is no call \(request.id ?? "")")
    }
}
