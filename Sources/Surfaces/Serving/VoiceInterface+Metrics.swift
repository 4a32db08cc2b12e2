import Foundation
import HTTPService
import Webhooks

extension VoiceInterface {
    /// What `/metrics` says about deliveries.
    var metrics: [Metric] {
        let found = webhooks.statistics
        let age = found.oldestMilliseconds.map { Date().timeIntervalSince1970 - Double($0) / 1000 } ?? 0
        let attempts = [("delivered", found.delivered), ("failed", found.failed), ("dropped", found.dropped)]
        let buckets = zip(DeliveryStatistics.bounds, found.atMost).map { bound, count in
            Metric.Sample("_bucket{le=\"\(Double(bound) / 1_000_000)\"}", Double(count))
        }
        return [
            Metric(
                "martlet_event_attempts_total", .counter, "Attempts to deliver events, by what came of them.",
                attempts.map { Metric.Sample("{result=\"\($0)\"}", Double($1)) }),
            Metric(
                "martlet_event_attempt_seconds", .histogram, "How long attempts to deliver events took.",
                buckets + [
                    Metric.Sample("_bucket{le=\"+Inf\"}", Double(found.attempts)),
                    Metric.Sample("_sum", Double(found.microseconds) / 1_000_000),
                    Metric.Sample("_count", Double(found.attempts)),
                ]),
            Metric(
                "martlet_event_attempts_under_way", .gauge, "Attempts that wait for their answer.",
                [Metric.Sample("", Double(found.underWay))]),
            Metric(
                "martlet_events_waiting", .gauge, "Events that are not delivered yet.",
                [Metric.Sample("", Double(found.waiting))]),
            Metric(
                "martlet_events_oldest_seconds", .gauge,
                "How long ago the oldest event happened that is not delivered yet.",
                [Metric.Sample("", max(0, age))]),
        ]
    }
}
