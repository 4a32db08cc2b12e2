import CallControl
import Management
import SwitchEngine

/// Numbers about the switch in the text format of Prometheus.
struct MetricsText {
    /// What is served as the type of the text.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// The switch's own numbers, and `further` ones behind them.
    init(_ statistics: SwitchStatistics, _ calls: CallCounts, further: [Metric] = []) {
        begin("martlet_build_info", "gauge", "The release that runs.")
        let (version, node) = (Self.label(statistics.version), Self.label(statistics.node))
        line("martlet_build_info{version=\"\(version)\",node=\"\(node)\"}", 1)
        begin("martlet_calls", "gauge", "Calls by state.")
        for state in CallState.allCases { line("martlet_calls{state=\"\(state.name)\"}", calls[state]) }
        begin("martlet_calls_total", "counter", "Calls since the start.")
        line("martlet_calls_total", calls.total)
        begin("martlet_draining", "gauge", "Whether new calls are refused because the switch is about to stop.")
        line("martlet_draining", statistics.isDraining ? 1 : 0)
        begin("martlet_records_waiting", "gauge", "Call detail records that are not yet durable.")
        line("martlet_records_waiting", statistics.recordsWaiting)
        begin("martlet_records_refused_total", "counter", "Call detail records refused because too many waited.")
        line("martlet_records_refused_total", statistics.recordsRefused)
        for metric in further {
            begin(metric.name, metric.kind.rawValue, metric.help)
            for sample in metric.samples { text += "\(metric.name)\(sample.suffix) \(Self.number(sample.value))\n" }
        }
    }

    /// A number without a fraction where it has none.
    private static func number(_ value: Double) -> String { Int(exactly: value).map { "\($0)" } ?? "\(value)" }

    private mutating func begin(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ value: some BinaryInteger) { text += "\(name) \(value)\n" }

    /// A value of a label with what would end it escaped.
    private static func label(_ text: String) -> String {
        text.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : $0.isNewline ? "\\n" : "\($0)" }.joined()
    }
}
