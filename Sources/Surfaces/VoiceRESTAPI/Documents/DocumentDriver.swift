import BXML
import CallEvents
import Foundation
import Logging
import PacketLoop
import SQLiteStore
import Timeline
import VoiceApplications
import Webhooks

/// Joins the interpreter of documents with the call that they drive: carries out its effects and tells it what came of
/// them, one after another.
actor DocumentDriver: FollowedCall {
    private enum Input: Sendable {
        case event(BXMLInterpreter.Event)
        /// The next document, and where it came from.
        case document(BXMLInterpreter.Step, BXMLDocument, from: String?)
        /// What becomes of a transfer, with the callee once there is one.
        case transfer(BXMLInterpreter.Step, BXMLTransferProgress, EventCall?)
        case timeElapsed
        /// The call is over; to be resumed when everything about it has been told.
        case ended(CheckedContinuation<Void, Never>)
    }

    private let call: DrivenCall
    private let desk: CallDesk?
    private let logger: Logger
    private let inputs: AsyncStream<Input>
    private nonisolated let door: AsyncStream<Input>.Continuation
    private var interpreter = BXMLInterpreter()
    /// Where the document came from that is being followed.
    private var base: String?
    private var timer: Task<Void, Never>?
    private var playing: Task<Void, Never>?
    private var transfer: DocumentTransfer?
    private var callee: EventCall?

    init(_ call: DrivenCall, desk: CallDesk?, logger: Logger) {
        self.call = call
        self.desk = desk
        self.logger = logger
        (inputs, door) = AsyncStream.makeStream(of: Input.self)
    }

    /// Begins with the reply to the answer event, which came from this URL.
    func begin(_ reply: [UInt8], from url: String?) {
        base = url
        switch Self.reply(with: reply) {
        case .document(let document): door.yield(.event(.begin(document)))
        case .invalid(let error): end(.invalid(error))
        case .nothing: return
        }
        Task { await self.run() }
    }

    // MARK: What the call tells

    nonisolated func heard(_ digit: Character) { door.yield(.event(.digit(digit))) }

    nonisolated func ended() async {
        await withCheckedContinuation { continuation in
            // A driver that has ended before has nothing more to tell.
            if case .terminated = door.yield(.ended(continuation)) { continuation.resume() }
        }
    }

    // MARK: One thing after another

    private func run() async {
        for await input in inputs {
            var effects: [BXMLInterpreter.Effect] = []
            let now = MonotonicClock.now
            switch input {
            case .event(let event): interpreter.receive(event, at: now, into: &effects)
            case .document(let step, let document, let source):
                let earlier = base
                base = source
                interpreter.receive(.reply(step, .document(document)), at: now, into: &effects)
                if effects.isEmpty { base = earlier }
            case .transfer(let step, let progress, let other):
                callee = other ?? callee
                interpreter.receive(.transfer(step, progress), at: now, into: &effects)
            case .timeElapsed: interpreter.timeElapsed(at: now, into: &effects)
            case .ended: interpreter.receive(.hungUp, at: now, into: &effects)
            }
            for effect in effects { await carryOut(effect) }
            watchDeadline()
            if case .ended(let continuation) = input {
                await finish()
                continuation.resume()
                return
            }
        }
    }

    private func finish() async {
        door.finish()
        timer?.cancel()
        playing?.cancel()
        await transfer?.callerLeft()
    }

    private func watchDeadline() {
        timer?.cancel()
        timer = interpreter.nextDeadline.map { deadline in
            Task { [door] in
                let wait = deadline - MonotonicClock.now
                if wait > .zero { try? await Task.sleep(for: wait) }
                if !Task.isCancelled { door.yield(.timeElapsed) }
            }
        }
    }

    private func carryOut(_ effect: BXMLInterpreter.Effect) async {
        switch effect {
        case .speak(let step, let sentence): perform(step) { [call] in try await call.play(Prompt(sentence)) }
        case .play(let step, let audio):
            let prompt = Prompt(audio, url: DocumentAddress.resolve(audio.url, from: base) ?? audio.url)
            perform(step) { [call] in try await call.play(prompt) }
        case .sendDigits(let step, let digits): perform(step) { [call] in try await call.send(digits: digits) }
        case .stopPrompt:
            playing?.cancel()
            try? await call.stopPlaying()
        case .record(let step, let recording):
            let plan = plan(recording) { RecordingPlan($0, toldTo: $1) }
            perform(step) { [call] in await call.startRecording(plan)?.value }
        case .stopRecording: await call.stopRecording()
        case .transfer(let step, let wanted): await begin(wanted, step)
        case .join(let step, let wanted): perform(step) { [self] in try await attend(wanted) }
        case .send(let step, let message):
            note(
                .backendProtocolSupportFailure, "no message was sent to \(message.to): this is a switch for calls")
            door.yield(.event(.finished(step)))
        case .request(let step, let request, let callback, let isAwaited):
            tell(callback, step, request, isAwaited: isAwaited)
        case .reject: end(.hangUp)
        case .hangUp(let ending): end(ending)
        }
    }

    /// Does something that takes its time, and reports its end as that of the step.
    private func perform(_ step: BXMLInterpreter.Step, _ work: @escaping @Sendable () async throws -> Void) {
        playing = Task { [self, door] in
            do {
                try await work()
            } catch {
                let known = error as? RESTError
                note(known?.code ?? .internalError, known?.message ?? "\(error)")
            }
            door.yield(.event(.finished(step)))
        }
    }

    private func end(_ ending: BXMLEnding) {
        switch ending {
        case .hangUp, .verbsDone, .transferDone: break
        case .noDocument: note(.validationError, "no document came")
        case .invalid(let error): note(.validationError, "\(error)")
        case .invalidTarget: note(.invalidCallToNumber, "nobody could be called")
        }
        Task { [call] in try? await call.hangUp() }
    }

    /// Writes down what of a document was not done, for the user, too.
    private func note(_ code: RESTErrorCode, _ problem: String) {
        logger.warning("a BXML document was not followed", metadata: ["call": "\(call.id)", "reason": "\(problem)"])
        call.step("error", problem)
        var error = StoredUserError(
            user: call.terms.user, milliseconds: CallServices.now.milliseconds, category: code.category.rawValue,
            code: code.rawValue, message: problem)
        error.details = StoredUserError.details([
            ("callId", call.id), ("documentUrl", base.map(WebhookService.shown) ?? ""),
        ])
        call.services.complain(error)
    }

    // MARK: Requests

    private func tell(
        _ callback: BXMLCallback, _ step: BXMLInterpreter.Step, _ request: BXMLRequest?, isAwaited: Bool
    ) {
        let content = CallEventContent(callback, call.named, callee)
        guard let request else {
            call.stream.publish(content, at: call.now)
            return
        }
        guard let route = route(request) else {
            note(.callbackInvalidURL, "\(request.url) is no http or https URL")
            if isAwaited { door.yield(.event(.reply(step, .nothing))) }
            return
        }
        let event = call.stream.publish(content, at: call.now, to: route) { [door] outcome in
            guard isAwaited else { return }
            guard case .answered(_, let body, let isFallback) = outcome else {
                door.yield(.event(.reply(step, .nothing)))
                return
            }
            switch Self.reply(with: body) {
            case .document(let document):
                door.yield(.document(step, document, from: isFallback ? route.fallbackURL : route.url))
            case let reply: door.yield(.event(.reply(step, reply)))
            }
        }
        if event == nil, isAwaited { door.yield(.event(.reply(step, .nothing))) }
    }

    /// Where a request goes: with the method and the fallback of the call's own events. Nil where its address is none.
    private func route(_ request: BXMLRequest) -> CallRoute? {
        guard let url = DocumentAddress.resolve(request.url, from: base) else { return nil }
        var route = call.stream.route
        route.url = url
        route.timeout = request.timeout
        return route
    }

    /// How a recording is made by `make`, from what the document says of it and the route of its event.
    private func plan(
        _ recording: BXMLRecording, _ make: (BXMLRecording, CallRoute?) -> RecordingPlan
    ) -> RecordingPlan {
        var plan = make(recording, recording.request.flatMap { route($0) })
        plan.transcription = transcription(of: recording)
        return plan
    }

    /// What is told of the text of a recording, as JSON; nil where none was asked for, or nobody can be told.
    private func transcription(of recording: BXMLRecording) -> RecordingPlan.Transcription? {
        guard let wanted = recording.transcriptionURL else { return nil }
        note(.backendProtocolSupportFailure, "there is no engine that transcribes recordings")
        guard let url = DocumentAddress.resolve(wanted, from: base) else {
            note(.callbackInvalidURL, "\(wanted) is no http or https URL")
            return nil
        }
        var route = call.stream.route
        (route.url, route.method) = (url, .post)
        return RecordingPlan.Transcription(route: route)
    }

    private static func reply(with body: [UInt8]) -> BXMLReply {
        guard DocumentAddress.isDocument(body) else { return .nothing }
        do throws(BXMLError) {
            return .document(try BXMLDocument(reading: body))
        } catch {
            return .invalid(error)
        }
    }

    // MARK: Conferences

    /// Brings the call into a conference, and returns when it is out of it.
    private func attend(_ wanted: BXMLConference) async throws(RESTError) {
        guard let desk else { return }
        var wanted = wanted
        wanted.statusCallbackURL = wanted.statusCallbackURL.map { DocumentAddress.resolve($0, from: base) ?? $0 }
        try await desk.conferences.attend(call, wanted)
        await withCheckedContinuation { continuation in
            Task { [call] in await call.whenOutOfRoom { continuation.resume() } }
        }
    }

    // MARK: Transfers

    private func begin(_ wanted: BXMLTransfer, _ step: BXMLInterpreter.Step) async {
        guard let desk else {
            door.yield(.event(.transfer(step, .invalid)))
            return
        }
        var wanted = wanted
        wanted.prompts = wanted.prompts.map { prompt in
            guard case .play(var audio) = prompt else { return prompt }
            audio.url = DocumentAddress.resolve(audio.url, from: base) ?? audio.url
            return .play(audio)
        }
        do throws(RESTError) {
            if let caller = wanted.callerID { try await desk.checkNumber(caller, of: call.terms.user) }
        } catch {
            note(error.code, error.message)
            door.yield(.event(.transfer(step, .invalid)))
            return
        }
        let recording = wanted.recording.map { plan($0) { RecordingPlan(joined: $0, toldTo: $1) } }
        let transfer = DocumentTransfer(wanted, of: call, desk: desk, recording: recording) { [door] progress, callee in
            door.yield(.transfer(step, progress, callee))
        }
        self.transfer = transfer
        await transfer.begin()
    }
}
