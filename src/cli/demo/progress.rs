//! One line a step while the demo runs, with the seconds since its beginning.

use crate::io::clock::Clock;
use crate::now::Mono;

/// Written to standard error, so that `--format json` stays readable by programs.
#[derive(Clone, Copy)]
pub struct Progress(Clock);

impl Progress {
    pub fn start() -> Progress {
        Progress(Clock::start())
    }

    pub fn seconds(&self) -> f64 {
        self.0.mono().since(Mono(0)).as_secs_f64()
    }

    /// `who` is the person or part of the hotline that does it.
    pub fn step(&self, who: &str, what: &str) {
        eprintln!("{:5.1} s  {who:<9} {what}", self.seconds());
    }
}
