import Accounting
import Timeline

/// The last step: what is left of the calls.
extension DemoSteps {
    func printRecords() async {
        tale.say("\nThe records in the store:")
        let widths = [21, 8, 12, 9, 13, 7, 6, 0]
        func row(_ columns: [String]) {
            let cells = zip(columns, widths).map {
                $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0)
            }
            tale.say("  " + cells.joined())
        }
        row(["id", "from", "to", "seconds", "by", "status", "cause", "routes"])
        for record in served.records {
            let seconds = Double(record.duration.milliseconds / 100) / 10
            row([
                "\(record.id)", String(decoding: record.parties.callerNumberIn, as: UTF8.self),
                String(decoding: record.parties.calledNumberIn, as: UTF8.self), "\(seconds)",
                "\(record.ending.endedBy.word)", "\(record.ending.status)", "\(record.ending.cause)",
                "\(record.attempts.count)",
            ])
        }
    }
}
