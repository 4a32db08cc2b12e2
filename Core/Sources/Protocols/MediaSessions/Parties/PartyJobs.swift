/// The names of the jobs that a party's functions work on.
struct PartyJobs: Equatable, Sendable {
    var file = MediaJobID(rawValue: 0)
    var tone = MediaJobID(rawValue: 0)
    var digits = MediaJobID(rawValue: 0)
    var collection = MediaJobID(rawValue: 0)
    var recording = MediaJobID(rawValue: 0)
    var callRecording = MediaJobID(rawValue: 0)
    var classification = MediaJobID(rawValue: 0)
    var machineWait = MediaJobID(rawValue: 0)
}
