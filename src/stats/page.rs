//! A page in the Prometheus text format: families of samples, escaped as the format asks.

use std::fmt::Write as _;

use super::histogram::Histogram;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// Labels of a sample, in the order they are shown.
pub(super) type Labels<'a> = &'a [(&'a str, &'a str)];

#[derive(Default)]
pub(super) struct Page {
    text: String,
    name: &'static str,
}

impl Page {
    /// Begins a family: every sample until the next one belongs to it.
    pub fn family(&mut self, name: &'static str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        self.name = name;
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    pub fn count(&mut self, labels: Labels, n: u64) {
        let (name, labels) = (self.name, written(labels, None));
        self.line(format_args!("{name}{labels} {n}\n"));
    }

    /// NaN is written as such: a ratio of nothing.
    pub fn value(&mut self, labels: Labels, value: f64) {
        let (name, labels) = (self.name, written(labels, None));
        self.line(format_args!("{name}{labels} {value}\n"));
    }

    pub fn histogram(&mut self, labels: Labels, histogram: &Histogram) {
        let name = self.name;
        for (bound, below) in histogram.cumulative() {
            let labels = written(labels, Some(("le", &bound.to_string())));
            self.line(format_args!("{name}_bucket{labels} {below}\n"));
        }
        let (all, count) = (written(labels, Some(("le", "+Inf"))), histogram.count());
        let labels = written(labels, None);
        self.line(format_args!("{name}_bucket{all} {count}\n"));
        self.line(format_args!("{name}_sum{labels} {}\n", histogram.sum_s()));
        self.line(format_args!("{name}_count{labels} {count}\n"));
    }

    pub fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: std::fmt::Arguments) {
        // Writing into a String cannot fail.
        let _ = self.text.write_fmt(line);
    }
}

fn written(labels: Labels, last: Option<(&str, &str)>) -> String {
    let all = labels.iter().copied().chain(last);
    let pairs: Vec<String> = all.map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    if pairs.is_empty() { String::new() } else { format!("{{{}}}", pairs.join(",")) }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_cannot_break_out_of_their_quotes() {
        let mut page = Page::default();
        page.family("x_total", Kind::Counter, "Lines\nand \\.");
        page.count(&[("entry", "a\"b\\c\nd")], 3);
        page.value(&[], f64::NAN);
        let expected = "# HELP x_total Lines\\nand \\\\.\n# TYPE x_total counter\n\
            x_total{entry=\"a\\\"b\\\\c\\nd\"} 3\nx_total NaN\n";
        assert_eq!(page.finish(), expected);
    }
}
