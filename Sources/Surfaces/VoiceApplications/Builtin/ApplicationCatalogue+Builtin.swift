extension ApplicationCatalogue {
    /// The applications that every switch has (interfaces.md §3).
    public static var builtin: ApplicationCatalogue {
        var catalogue = ApplicationCatalogue()
        catalogue.add("echo") { Echo() }
        catalogue.add("tone") { ToneForTenSeconds() }
        catalogue.add("front-desk") { FrontDesk() }
        catalogue.add("dtmf-echo") { DTMFEcho() }
        catalogue.add("reject-busy") { RejectBusy() }
        catalogue.add("retrievable-transfer") { RetrievableTransfer() }
        catalogue.add("blind-transfer") { BlindTransfer() }
        catalogue.add("attended-transfer") { AttendedTransfer() }
        catalogue.add("voicemail") { Voicemail() }
        catalogue.add("conference") { ConferenceByNumber() }
        return catalogue
    }
}
