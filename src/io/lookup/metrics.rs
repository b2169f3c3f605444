//! Counters of questions to the bank's systems. Names of services are from the configuration, so
//! nobody makes series at will.

use std::time::Duration;

use metrics::{Key, KeyName, Label, Level, Metadata, Recorder, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::menu::ask::{Answer, Failure};

const METADATA: Metadata<'static> = Metadata::new("hotline", Level::INFO, None);
const LOOKUPS: &str = "hotline_lookups_total";
const SECONDS: &str = "hotline_lookup_seconds";
const OPEN: &str = "hotline_lookup_circuit_open";
const BUCKETS_S: [f64; 10] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

pub struct LookupMetrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl LookupMetrics {
    /// Every series of these services stands there from the start, with zeros.
    pub fn new<'n>(services: impl Iterator<Item = &'n str>) -> LookupMetrics {
        let builder =
            PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &BUCKETS_S);
        let recorder = builder.unwrap_or_else(|_| PrometheusBuilder::new()).build_recorder();
        let help = "Questions that menus asked the bank's systems, by result (CBA-25, CBA-32)";
        recorder.describe_counter(KeyName::from(LOOKUPS), None, help.into());
        let help = "Seconds from question to answer or failure, retries included; what was not asked is not in it (CBA-25)";
        recorder.describe_histogram(KeyName::from(SECONDS), Some(Unit::Seconds), help.into());
        let help = "1 while a service is left alone after repeated failures (CBA-25, CBA-31)";
        recorder.describe_gauge(KeyName::from(OPEN), None, help.into());
        let metrics = LookupMetrics { handle: recorder.handle(), recorder };
        for service in services {
            for result in Failure::LABELS.into_iter().chain(["ok"]) {
                metrics.count(service, result, 0);
            }
            metrics.circuit(service, false);
        }
        metrics
    }

    /// One question and how it ended.
    pub fn question(&self, service: &str, result: &Result<Answer, Failure>, took: Duration) {
        self.count(service, label(result), 1);
        let asked = match result {
            Ok(_)
            | Err(Failure::TimedOut | Failure::Unreachable | Failure::Refused(_) | Failure::Nonsense) => true,
            Err(Failure::CircuitOpen | Failure::NotAllowed | Failure::TooMany) => false,
        };
        if asked {
            let key = Key::from_parts(SECONDS, vec![Label::new("service", service.to_owned())]);
            self.recorder.register_histogram(&key, &METADATA).record(took.as_secs_f64());
        }
    }

    pub fn circuit(&self, service: &str, open: bool) {
        let key = Key::from_parts(OPEN, vec![Label::new("service", service.to_owned())]);
        self.recorder.register_gauge(&key, &METADATA).set(f64::from(u8::from(open)));
    }

    /// Prometheus text; empty without services.
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// To be called every few seconds, also when nobody asks for metrics: it empties the histograms.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    fn count(&self, service: &str, result: &'static str, n: u64) {
        let labels = vec![Label::new("service", service.to_owned()), Label::new("result", result)];
        self.recorder.register_counter(&Key::from_parts(LOOKUPS, labels), &METADATA).increment(n);
    }
}

/// Name of a result in metrics and logs.
pub fn label(result: &Result<Answer, Failure>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(failure) => failure.label(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_show_under_their_public_names() {
        let metrics = LookupMetrics::new(["bank"].into_iter());
        metrics.question("bank", &Ok(Answer::default()), Duration::from_millis(30));
        metrics.question("bank", &Err(Failure::Refused(503)), Duration::from_millis(700));
        metrics.question("bank", &Err(Failure::CircuitOpen), Duration::ZERO);
        metrics.circuit("bank", true);
        metrics.upkeep();
        let text = metrics.render();
        for line in [
            "hotline_lookups_total{service=\"bank\",result=\"ok\"} 1",
            "hotline_lookups_total{service=\"bank\",result=\"refused\"} 1",
            "hotline_lookups_total{service=\"bank\",result=\"timed_out\"} 0",
            "hotline_lookup_seconds_bucket{service=\"bank\",le=\"0.05\"} 1",
            "hotline_lookup_seconds_count{service=\"bank\"} 2",
            "hotline_lookup_circuit_open{service=\"bank\"} 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
        }
        let help = text.lines().filter(|line| line.starts_with("# HELP")).collect::<Vec<_>>();
        assert_eq!(help.len(), 3);
        assert!(help.iter().all(|line| line.contains("(CBA-25")), "{help:?}");
    }
}
