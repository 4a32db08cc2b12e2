import Martlet

extension ApplicationCatalogue {
    /// Adds the code examples of the three source documents, each an application that does what its document says.
    mutating func addDocuments() {
        add("reject-with-cause") { RejectWithCause() }
        add("reject-fails") { RejectFails() }
        add("transfer-to-target") { TransferToTarget() }
        add("play-digits") { PlayDigits() }
        add("digits-cause") { DigitsCause() }
        add("digits-state") { DigitsState() }
    }
}
