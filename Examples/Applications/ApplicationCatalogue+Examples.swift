import Martlet

extension ApplicationCatalogue {
    /// All examples, beside the built-in applications.
    public static var examples: ApplicationCatalogue {
        var catalogue = ApplicationCatalogue.builtin
        catalogue.add("answer-and-wait") { AnswerAndWait() }
        catalogue.add("menu") { Menu() }
        catalogue.add("number-entry") { NumberEntry() }
        catalogue.add("voicemail-deposit") { VoicemailDeposit() }
        catalogue.add("call-screening") { CallScreening() }
        catalogue.add("bridge") { Bridge() }
        catalogue.add("follow-me") { FollowMe() }
        catalogue.add("parallel-ring") { ParallelRing() }
        catalogue.add("transfer-with-return") { TransferWithReturn() }
        catalogue.add("recall") { Recall() }
        catalogue.add("transfer-to-service") { TransferToService() }
        catalogue.add("conference-room") { ConferenceRoom() }
        catalogue.add("dialler") { Dialler() }
        catalogue.add("reminder") { Reminder() }
        catalogue.add("call-queue") { CallQueue() }
        catalogue.add("click-to-call") { ClickToCall() }
        catalogue.add("yes-or-no") { YesOrNo() }
        catalogue.addDocuments()
        return catalogue
    }
}
