//! A network that loses, doubles and reorders.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;

use crate::now::Mono;

/// A datagram on its way.
#[derive(Clone, Debug)]
pub(super) struct Datagram {
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub bytes: Vec<u8>,
}

/// Per thousand, what happens to a datagram.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    pub lost: u32,
    pub doubled: u32,
    /// Longest delay; each datagram gets its own, so they overtake each other.
    pub delay: Duration,
}

#[derive(Default)]
pub(super) struct Network {
    flying: BTreeMap<(Mono, u64), Datagram>,
    sent: u64,
    pub lost: u64,
}

/// A number below `n` (0 for `n` = 0).
pub(super) fn below(rng: &mut ChaCha20Rng, n: u32) -> u32 {
    u32::try_from(rng.next_u64() % u64::from(n.max(1))).unwrap_or(0)
}

pub(super) fn between(rng: &mut ChaCha20Rng, least_ms: u32, most_ms: u32) -> Duration {
    Duration::from_millis(u64::from(least_ms + below(rng, most_ms.saturating_sub(least_ms))))
}

impl Network {
    pub fn send(&mut self, now: Mono, weather: Weather, rng: &mut ChaCha20Rng, datagram: Datagram) {
        let luck = below(rng, 1000);
        let copies = if luck < weather.lost {
            self.lost += 1;
            0
        } else if luck < weather.lost + weather.doubled {
            2
        } else {
            1
        };
        for _ in 0..copies {
            self.sent += 1;
            let most = u32::try_from(weather.delay.as_millis()).unwrap_or(u32::MAX);
            let at = now + between(rng, 1, most.max(2));
            self.flying.insert((at, self.sent), datagram.clone());
        }
    }

    pub fn next(&self) -> Option<Mono> {
        self.flying.keys().next().map(|(at, _)| *at)
    }

    pub fn arrived(&mut self, now: Mono) -> Option<Datagram> {
        let (&key, _) = self.flying.iter().next()?;
        (key.0 <= now).then(|| self.flying.remove(&key)).flatten()
    }
}
