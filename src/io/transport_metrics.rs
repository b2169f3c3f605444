//! Counters of packets and messages. They never enter the journal; business figures are folds of
//! events and come from elsewhere.
//!
//! One instance a server: nothing global, so that several servers of a test keep their counts apart.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dashmap::DashMap;
use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::event::LegStats;
use crate::ids::WorkerId;
use crate::io::media_worker::MediaCounters;
use crate::sip::api::Count;

const METADATA: Metadata<'static> = Metadata::new("hotline", Level::INFO, None);
/// Methods counted by name (IANA, RFC 3261 and extensions); whatever else a peer invents is `other`.
const METHODS: [&str; 14] = [
    "ACK",
    "BYE",
    "CANCEL",
    "INFO",
    "INVITE",
    "MESSAGE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "PUBLISH",
    "REFER",
    "REGISTER",
    "SUBSCRIBE",
    "UPDATE",
];

const REQUESTS: &str = "hotline_sip_requests_total";
const RESPONSES: &str = "hotline_sip_responses_total";
const RETRANSMISSIONS: &str = "hotline_sip_retransmissions_total";
const REJECTED: &str = "hotline_sip_rejected_total";
const CONNECTIONS: &str = "hotline_sip_connections";
const RTP_PACKETS: &str = "hotline_rtp_packets_total";
const RTP_LOST: &str = "hotline_rtp_lost_total";
const RTP_DROPPED: &str = "hotline_rtp_dropped_total";
const SPOOL_ERRORS: &str = "hotline_spool_errors_total";
const SPOOL_DROPPED: &str = "hotline_spool_dropped_total";
const RTP_JITTER: &str = "hotline_rtp_jitter_seconds";
const LATENESS: &str = "hotline_media_lateness_seconds";
const EXEMPT: &str = "hotline_recording_exempt_entries";

const COUNTERS: [(&str, &str); 9] = [
    (REQUESTS, "SIP requests received, by method (CBA-31)"),
    (RESPONSES, "SIP responses received or sent, by code (CBA-31)"),
    (RETRANSMISSIONS, "SIP messages sent again for want of an answer (CBA-31)"),
    (REJECTED, "SIP messages dropped or refused before they became a transaction (CBA-31)"),
    (RTP_PACKETS, "RTP packets, by direction (CBA-31)"),
    (RTP_LOST, "RTP packets that never came (CBA-31)"),
    (RTP_DROPPED, "RTP packets dropped: from elsewhere than the leg's peer, or broken (CBA-31)"),
    (SPOOL_ERRORS, "Failed attempts to write the spool of recordings (CBA-35a)"),
    (SPOOL_DROPPED, "Entries lost to recordings because the spool failed for too long (CBA-35a)"),
];
const GAUGES: [(&str, &str); 3] = [
    (CONNECTIONS, "SIP connections open over TCP (CBA-31)"),
    (LATENESS, "Worst lateness of a media worker against its slots in the last second (CBA-31)"),
    (EXEMPT, "Entries whose calls are not recorded (CBA-35a): anything but 0 is to be looked at"),
];

pub struct TransportMetrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    /// Counters by their label: registering anew for every packet would take a lock and a string.
    requests: DashMap<&'static str, Counter>,
    responses: DashMap<u16, Counter>,
    rejected: DashMap<&'static str, Counter>,
    retransmissions: Counter,
    rtp: Rtp,
}

struct Rtp {
    received: Counter,
    sent: Counter,
    lost: Counter,
    jitter: Histogram,
}

impl Default for TransportMetrics {
    fn default() -> Self {
        Self::new()
    }
}

impl TransportMetrics {
    pub fn new() -> Self {
        let buckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16];
        let builder = PrometheusBuilder::new();
        let recorder = match builder.set_buckets_for_metric(Matcher::Full(RTP_JITTER.to_owned()), &buckets) {
            Ok(builder) => builder.build_recorder(),
            Err(_) => PrometheusBuilder::new().build_recorder(),
        };
        describe(&recorder);
        let direction = |name, way: &'static str| counter(&recorder, name, Some(("direction", way.into())));
        let rtp = Rtp {
            received: direction(RTP_PACKETS, "received"),
            sent: direction(RTP_PACKETS, "sent"),
            lost: direction(RTP_LOST, "received"),
            jitter: recorder
                .register_histogram(&key(RTP_JITTER, Some(("direction", "received".into()))), &METADATA),
        };
        let metrics = TransportMetrics {
            handle: recorder.handle(),
            requests: DashMap::new(),
            responses: DashMap::new(),
            rejected: DashMap::new(),
            retransmissions: counter(&recorder, RETRANSMISSIONS, None),
            rtp,
            recorder,
        };
        for method in ["INVITE", "REGISTER", "BYE", "other"] {
            metrics.request(method, 0);
        }
        metrics.response(200, 0);
        metrics.rejected("malformed", 0);
        metrics.connections(0);
        metrics.exempt_entries(0);
        metrics
    }

    /// Takes what the SIP stack counted.
    pub fn sip(&self, count: &Count) {
        match count {
            Count::Request { method } => {
                let known = METHODS.into_iter().find(|known| known == method);
                self.request(known.unwrap_or("other"), 1);
            }
            Count::Response { code } => self.response(*code, 1),
            Count::Retransmission => self.retransmissions.increment(1),
            Count::Rejected { reason } => self.rejected(reason, 1),
        }
    }

    /// Takes the figures of a leg that has ended.
    pub fn leg(&self, stats: &LegStats) {
        if stats.received > 0 {
            self.rtp.jitter.record(Duration::from_micros(u64::from(stats.jitter_us)).as_secs_f64());
        }
    }

    /// Takes what the media workers have counted so far.
    pub fn media(&self, counters: &MediaCounters) {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.rtp.received.absolute(count(&counters.received));
        self.rtp.sent.absolute(count(&counters.sent));
        self.rtp.lost.absolute(count(&counters.lost));
        for (reason, dropped) in [("foreign", &counters.foreign), ("malformed", &counters.malformed)] {
            counter(&self.recorder, RTP_DROPPED, Some(("reason", reason.into()))).absolute(count(dropped));
        }
        counter(&self.recorder, SPOOL_ERRORS, None).absolute(count(&counters.spool_errors));
        counter(&self.recorder, SPOOL_DROPPED, None).absolute(count(&counters.spool_dropped));
    }

    /// A message that the shell itself refused or lost, e.g. `send_failed`.
    pub fn rejected(&self, reason: &'static str, n: u64) {
        let label = ("reason", reason.into());
        self.rejected
            .entry(reason)
            .or_insert_with(|| counter(&self.recorder, REJECTED, Some(label)))
            .increment(n);
    }

    pub fn connections(&self, open: usize) {
        self.gauge(CONNECTIONS, None).set(open as f64);
    }

    pub fn lateness(&self, worker: WorkerId, worst_us: u32) {
        let seconds = Duration::from_micros(u64::from(worst_us)).as_secs_f64();
        self.gauge(LATENESS, Some(("worker", worker.0.to_string().into()))).set(seconds);
    }

    pub fn exempt_entries(&self, entries: usize) {
        self.gauge(EXEMPT, None).set(entries as f64);
    }

    /// Prometheus text.
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// To be called every few seconds, also when nobody asks for metrics: it empties the histograms.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    fn request(&self, method: &'static str, n: u64) {
        let label = ("method", method.into());
        self.requests
            .entry(method)
            .or_insert_with(|| counter(&self.recorder, REQUESTS, Some(label)))
            .increment(n);
    }

    /// A code that is none is counted as 0, so that a peer cannot make series at will.
    fn response(&self, code: u16, n: u64) {
        let code = if (100..700).contains(&code) { code } else { 0 };
        let label = ("code", code.to_string().into());
        self.responses
            .entry(code)
            .or_insert_with(|| counter(&self.recorder, RESPONSES, Some(label)))
            .increment(n);
    }

    fn gauge(&self, name: &'static str, label: Option<(&'static str, SharedString)>) -> Gauge {
        self.recorder.register_gauge(&key(name, label), &METADATA)
    }
}

fn key(name: &'static str, label: Option<(&'static str, SharedString)>) -> Key {
    Key::from_parts(name, label.map(|(name, value)| Label::new(name, value)).into_iter().collect::<Vec<_>>())
}

fn counter(
    recorder: &impl Recorder,
    name: &'static str,
    label: Option<(&'static str, SharedString)>,
) -> Counter {
    recorder.register_counter(&key(name, label), &METADATA)
}

fn describe(recorder: &impl Recorder) {
    for (name, help) in COUNTERS {
        recorder.describe_counter(KeyName::from(name), None, help.into());
    }
    for (name, help) in GAUGES {
        recorder.describe_gauge(KeyName::from(name), None, help.into());
    }
    let help = "Jitter of ended legs as RFC 3550 estimates it (CBA-31)";
    recorder.describe_histogram(KeyName::from(RTP_JITTER), Some(Unit::Seconds), help.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_show_under_their_public_names_and_peers_make_no_series() {
        let metrics = TransportMetrics::new();
        for method in ["INVITE", "INVITE", "X-1", "X-2"] {
            metrics.sip(&Count::Request { method: method.to_owned() });
        }
        metrics.sip(&Count::Response { code: 486 });
        metrics.sip(&Count::Response { code: 60_000 });
        metrics.sip(&Count::Retransmission);
        metrics.sip(&Count::Rejected { reason: "malformed" });
        metrics.leg(&LegStats { received: 50, sent: 51, lost: 2, jitter_us: 1500 });
        let counters = MediaCounters::default();
        counters.received.store(50, Ordering::Relaxed);
        counters.sent.store(51, Ordering::Relaxed);
        counters.lost.store(2, Ordering::Relaxed);
        metrics.media(&counters);
        metrics.lateness(WorkerId(1), 2_000);
        metrics.upkeep();
        let text = metrics.render();
        for line in [
            "hotline_sip_requests_total{method=\"INVITE\"} 2",
            "hotline_sip_requests_total{method=\"BYE\"} 0",
            "hotline_sip_requests_total{method=\"other\"} 2",
            "hotline_sip_responses_total{code=\"486\"} 1",
            "hotline_sip_responses_total{code=\"0\"} 1",
            "hotline_sip_retransmissions_total 1",
            "hotline_sip_rejected_total{reason=\"malformed\"} 1",
            "hotline_rtp_packets_total{direction=\"received\"} 50",
            "hotline_rtp_packets_total{direction=\"sent\"} 51",
            "hotline_rtp_lost_total{direction=\"received\"} 2",
            "hotline_rtp_jitter_seconds_bucket{direction=\"received\",le=\"0.002\"} 1",
            "hotline_rtp_jitter_seconds_count{direction=\"received\"} 1",
            "hotline_media_lateness_seconds{worker=\"1\"} 0.002",
            "hotline_recording_exempt_entries 0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
        }
        assert!(text.contains("# TYPE hotline_sip_requests_total counter"));
        assert!(text.contains("# HELP hotline_rtp_lost_total"));
    }
}
