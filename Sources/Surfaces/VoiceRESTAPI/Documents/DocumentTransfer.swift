import BXML
import CallEvents
import VoiceApplications

/// A Transfer of a document: calls all targets, takes the first that answers, lets it hear the prompts, and joins it with
/// the caller until one of them leaves.
actor DocumentTransfer {
    private let wanted: BXMLTransfer
    private let caller: DrivenCall
    private let desk: CallDesk
    private let recording: RecordingPlan?
    private let tell: @Sendable (BXMLTransferProgress, EventCall?) -> Void
    /// Calls that nobody has answered yet.
    private var ringing: [String: DrivenCall] = [:]
    private var callee: DrivenCall?
    private var isPlaced = false
    private var isOver = false
    /// Whether every call so far went to a number that there is not.
    private var isInvalid = true

    /// `recording` is how the two are recorded, nil for not at all. `tell` is called with what becomes of it, and with the
    /// callee once there is one.
    init(
        _ wanted: BXMLTransfer, of caller: DrivenCall, desk: CallDesk, recording: RecordingPlan?,
        _ tell: @escaping @Sendable (BXMLTransferProgress, EventCall?) -> Void
    ) {
        self.wanted = wanted
        self.caller = caller
        self.desk = desk
        self.recording = recording
        self.tell = tell
    }

    /// Calls all targets at once.
    func begin() async {
        let targets = wanted.targets.filter(PartyName.isDialable)
        guard !targets.isEmpty, let account = await desk.account(of: caller.terms.user),
            (try? await caller.beginTransfer()) != nil
        else { return tell(.invalid, nil) }
        let actions = DrivenCall.Actions { [self] call in
            await answered(call)
        } ended: { [self] call in
            await ended(call)
        }
        for target in targets where !isOver && callee == nil {
            var terms = await desk.terms(of: TransferOrder(wanted, to: target), for: caller)
            terms.callTimeout = wanted.callTimeout
            guard let call = try? desk.place(terms, account: account, actions) else {
                isInvalid = false
                continue
            }
            ringing[call.id] = call
        }
        isPlaced = true
        if callee != nil || isOver { await hangUpRinging() } else { await settle() }
    }

    private func hangUpRinging() async {
        for call in ringing.values { await call.release() }
    }

    // MARK: What becomes of the calls

    private func answered(_ call: DrivenCall) async {
        ringing[call.id] = nil
        guard callee == nil, !isOver else { return await call.release() }
        callee = call
        await hangUpRinging()
        tell(.answered, call.named)
        for prompt in wanted.prompts where callee != nil { try? await call.play(Prompt(prompt)) }
        guard callee != nil, !isOver else { return }
        await caller.join(call)
        if let recording { await caller.startRecording(recording) }
    }

    private func ended(_ call: DrivenCall) async {
        if callee?.id == call.id {
            callee = nil
            await caller.stopRecording()
            await caller.transferFailed()
            if !isOver { tell(.ended, nil) }
            return
        }
        ringing[call.id] = nil
        if await !call.isToNobody { isInvalid = false }
        await settle()
    }

    /// Nobody is left who could answer.
    private func settle() async {
        guard isPlaced, ringing.isEmpty, callee == nil, !isOver else { return }
        isOver = true
        await caller.transferFailed()
        tell(isInvalid ? .invalid : .unanswered, nil)
    }

    /// The caller has gone, and with it everybody who was called.
    func callerLeft() async {
        isOver = true
        await hangUpRinging()
        await callee?.release()
    }
}

extension TransferOrder {
    /// What a document asks for, for one of its targets.
    init(_ transfer: BXMLTransfer, to target: String) {
        self.init(target: target)
        callerID = transfer.callerID.map(PartyName.plain)
        treatment = Treatment(rawValue: transfer.diversionTreatment) ?? .none
        reason = Reason(rawValue: transfer.diversionReason) ?? .unknown
        tag = transfer.tag
    }
}
