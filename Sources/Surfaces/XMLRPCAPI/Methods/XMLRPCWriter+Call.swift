import Management
import XMLRPCValues

extension XMLRPCWriter {
    /// Writes the record of a call, with every member, also where its value is not known yet.
    mutating func call(_ call: CallListing) {
        beginStruct()
        member("ID", call.id)
        member("CALL_ID", call.callID)
        member("CLI", call.cli)
        member("CLD", call.cld)
        member("I_ACCOUNT", call.account)
        member("I_CUSTOMER", call.customer)
        member("I_ENVIRONMENT", call.environment)
        member("I_CONNECTION")
        if let connection = call.connection { integer(Int64(connection)) } else { value(.null) }
        endMember()
        member("CC_STATE", call.state)
        member("DELAY", call.delay)
        member("DURATION", call.duration)
        member("CALLER_MEDIA_IP", call.callerMedia)
        member("CALLEE_MEDIA_IP", call.calleeMedia)
        member("SETUP_TIME", call.setupTime)
        member("DIRECTION", call.direction)
        endStruct()
    }

    private mutating func member(_ name: StaticString, _ text: String) {
        member(name)
        string(text)
        endMember()
    }

    private mutating func member(_ name: StaticString, _ number: Int) {
        member(name)
        integer(Int64(number))
        endMember()
    }

    private mutating func member(_ name: StaticString, _ seconds: Double) {
        member(name)
        double(seconds)
        endMember()
    }
}
