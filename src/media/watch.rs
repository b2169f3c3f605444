//! Notices that a peer which should send has fallen silent: neither RTP nor RTCP.

use std::time::Duration;

use crate::now::Mono;

/// Silence after which it is told, and told again.
const SILENT: Duration = Duration::from_secs(30);

#[derive(Clone, Debug)]
pub struct Watch {
    heard: Mono,
    told: u32,
}

impl Watch {
    /// Begins at `now`, as if something had been heard.
    pub fn new(now: Mono) -> Self {
        Watch { heard: now, told: 0 }
    }

    pub fn heard(&mut self, now: Mono) {
        self.heard = now;
        self.told = 0;
    }

    /// Milliseconds of silence, each time another 30 s are full.
    pub fn check(&mut self, now: Mono) -> Option<u32> {
        let silent = now.since(self.heard);
        if silent < SILENT * (self.told + 1) {
            return None;
        }
        self.told += 1;
        Some(u32::try_from(silent.as_millis()).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_told_each_half_minute_until_something_comes() {
        let mut watch = Watch::new(Mono::from_millis(1000));
        assert_eq!(watch.check(Mono::from_millis(30_999)), None);
        assert_eq!(watch.check(Mono::from_millis(31_000)), Some(30_000));
        assert_eq!(watch.check(Mono::from_millis(31_020)), None);
        assert_eq!(watch.check(Mono::from_millis(61_000)), Some(60_000));
        watch.heard(Mono::from_millis(61_500));
        assert_eq!(watch.check(Mono::from_millis(91_499)), None);
        assert_eq!(watch.check(Mono::from_millis(91_500)), Some(30_000));
    }
}
