import Management

/// The addresses that need no call: what is provisioned, and files.
public enum ProvisionedResources {
    /// `/applications`, `/phoneNumbers`, `/account`, `/domains` and `/media`.
    public static func routes(_ ledger: ProvisioningLedger, media: MediaShelf) -> [VoiceRESTRoute] {
        ApplicationResource(ledger: ledger).routes + NumberResource(ledger: ledger).routes + AccountResource().routes
            + MediaResource(shelf: media).routes
    }
}
