/// One object that comes, changes or goes: how a change of the provisioning reaches tables and store.
public enum ProvisioningEdit: Equatable, Sendable {
    /// An object before and after; nil where it was not there or is gone.
    public struct Step<Object: Equatable & Sendable>: Equatable, Sendable {
        public var before: Object?
        public var after: Object?

        public init(from before: Object?, to after: Object?) {
            self.before = before
            self.after = after
        }

        /// The step back.
        public var reversed: Step { Step(from: after, to: before) }
    }

    case customer(Step<Customer>)
    case account(Step<Account>)
    case rule(Step<AuthenticationRule>)
    case vendor(Step<Vendor>)
    case connection(Step<Connection>)
    /// The set itself; where it goes, its routes go with it. A set that comes or changes brings none.
    case destinationSet(Step<DestinationSet>)
    case route(set: Int, Step<Route>)
    /// The group with its members.
    case routingGroup(Step<RoutingGroup>)
    case did(Step<DID>)
    /// The application with its parameters.
    case application(Step<Application>)
}
