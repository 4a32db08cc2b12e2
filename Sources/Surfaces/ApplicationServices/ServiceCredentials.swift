import Crypto
import Foundation
import HTTPService
import Management
import VoiceApplications

/// Who asks for an application over HTTP: Basic with the user `cloudId/username/serviceName` and the application's own
/// password (RFC 7617).
struct ServiceCredentials: Equatable {
    let login: String
    let service: String
    let password: String

    /// What an Authorization header says; nil where it is not of this form.
    init?(_ header: String?) {
        guard let basic = BasicCredentials(header), let user = String(validating: basic.user, as: UTF8.self),
            let password = String(validating: basic.password, as: UTF8.self)
        else { return nil }
        let names = user.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard names.count == 3, names.allSatisfy({ !$0.isEmpty }) else { return nil }
        login = String(names[1])
        service = String(names[2])
        self.password = password
    }

    /// The application that they are good for; nil where they are good for none.
    func service(in management: SwitchManagement) -> ApplicationHost.Service? {
        guard let service = try? management.service(service) else { return nil }
        let isKnown = Self.isSame(service.password ?? UUID().uuidString, password)
        return isKnown && service.logins.contains(login) ? service : nil
    }

    /// Compares in a time that tells nothing about where two texts differ.
    private static func isSame(_ first: String, _ second: String) -> Bool {
        SHA256.hash(data: Data(first.utf8)) == SHA256.hash(data: Data(second.utf8))
    }
}
