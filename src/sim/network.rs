//! A network that loses, doubles and reorders datagrams, breaks connections, and at times carries nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;

use crate::ids::FlowId;
use crate::now::Mono;

/// Something that reaches a host.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub to: SocketAddr,
    /// As the receiver sees it.
    pub flow: FlowId,
    pub what: What,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Message(Vec<u8>),
    /// The connection is gone; or one that was dialled could not be had, then its number is 0.
    Closed,
}

/// What became of a wish for a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dialled {
    Sent,
    /// Nobody listens there, and says so.
    Refused,
}

/// Per thousand, what happens to a datagram or to a connection while a message passes.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    pub lost: u32,
    pub doubled: u32,
    /// A connection breaks right behind a message.
    pub broken: u32,
    /// Longest delay; each datagram gets its own, so they overtake each other.
    pub delay: Duration,
}

struct Connection {
    dialler: SocketAddr,
    /// The address the listener sees.
    port: SocketAddr,
    listener: SocketAddr,
    /// A stream keeps its order: nothing arrives before what was sent earlier.
    busy_until: Mono,
}

pub(super) struct Network {
    weather: Weather,
    flying: BTreeMap<(Mono, u64), Arrival>,
    sent: u64,
    pub lost: u64,
    /// From and until when nothing is carried.
    blackouts: Vec<(Mono, Mono)>,
    connections: BTreeMap<u64, Connection>,
    dialled: u64,
    /// Who takes connections.
    pub listening: BTreeSet<SocketAddr>,
}

/// How long a dialler waits for a listener that does not answer at all.
const DIAL_PATIENCE: Duration = Duration::from_secs(3);

/// A number below `n` (0 for `n` = 0).
pub(super) fn below(rng: &mut ChaCha20Rng, n: u32) -> u32 {
    u32::try_from(rng.next_u64() % u64::from(n.max(1))).unwrap_or(0)
}

pub(super) fn between(rng: &mut ChaCha20Rng, least_ms: u32, most_ms: u32) -> Duration {
    Duration::from_millis(u64::from(least_ms + below(rng, most_ms.saturating_sub(least_ms))))
}

pub(super) fn address(text: &str) -> SocketAddr {
    text.parse().unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 5060)))
}

impl Network {
    pub fn new(weather: Weather, blackouts: Vec<(Mono, Mono)>) -> Network {
        Network {
            weather,
            flying: BTreeMap::new(),
            sent: 0,
            lost: 0,
            blackouts,
            connections: BTreeMap::new(),
            dialled: 0,
            listening: BTreeSet::new(),
        }
    }

    /// When the blackouts begin.
    pub fn blackouts(&self) -> impl Iterator<Item = Mono> {
        self.blackouts.iter().map(|(from, _)| *from)
    }

    fn is_dark(&self, now: Mono) -> bool {
        self.blackouts.iter().any(|(from, until)| (*from..*until).contains(&now))
    }

    fn fly(&mut self, at: Mono, arrival: Arrival) {
        self.sent += 1;
        self.flying.insert((at, self.sent), arrival);
    }

    fn delay(&self, rng: &mut ChaCha20Rng) -> Duration {
        let most = u32::try_from(self.weather.delay.as_millis()).unwrap_or(u32::MAX);
        between(rng, 1, most.max(2))
    }

    /// Over the flow, if there still is such a thing; `from` is the sender's own address.
    pub fn send(
        &mut self,
        now: Mono,
        rng: &mut ChaCha20Rng,
        (from, flow): (SocketAddr, FlowId),
        bytes: Vec<u8>,
    ) {
        match flow {
            FlowId::Udp { remote } => self.send_datagram(now, rng, (from, remote), bytes),
            FlowId::Connection { id, .. } => self.send_stream(now, rng, (id, from), bytes),
        }
    }

    fn send_datagram(
        &mut self,
        now: Mono,
        rng: &mut ChaCha20Rng,
        (from, to): (SocketAddr, SocketAddr),
        bytes: Vec<u8>,
    ) {
        let luck = below(rng, 1000);
        let copies = if luck < self.weather.lost || self.is_dark(now) {
            self.lost += 1;
            0
        } else if luck < self.weather.lost + self.weather.doubled {
            2
        } else {
            1
        };
        for _ in 0..copies {
            let at = now + self.delay(rng);
            let (flow, what) = (FlowId::Udp { remote: from }, What::Message(bytes.clone()));
            self.fly(at, Arrival { to, flow, what });
        }
    }

    fn send_stream(
        &mut self,
        now: Mono,
        rng: &mut ChaCha20Rng,
        (id, from): (u64, SocketAddr),
        bytes: Vec<u8>,
    ) {
        let (delay, dark) = (self.delay(rng), self.is_dark(now));
        let breaks = below(rng, 1000) < self.weather.broken;
        let Some(connection) = self.connections.get_mut(&id) else {
            self.lost += 1;
            return;
        };
        let at = connection.busy_until.max(now + delay);
        connection.busy_until = at;
        let (to, remote) = match from == connection.dialler {
            true => (connection.listener, connection.port),
            false => (connection.dialler, connection.listener),
        };
        let flow = FlowId::Connection { id, remote };
        if dark {
            // Retransmitted in vain until both ends give up.
            self.lost += 1;
            return self.close(now + DIAL_PATIENCE, id);
        }
        self.fly(at, Arrival { to, flow, what: What::Message(bytes) });
        if breaks {
            self.close(at, id);
        }
    }

    /// Both ends hear of it.
    fn close(&mut self, at: Mono, id: u64) {
        let Some(Connection { dialler, port, listener, .. }) = self.connections.remove(&id) else { return };
        for (to, remote) in [(listener, port), (dialler, listener)] {
            self.fly(at, Arrival { to, flow: FlowId::Connection { id, remote }, what: What::Closed });
        }
    }

    /// `host` closes every connection it has.
    pub fn hang_up(&mut self, now: Mono, host: SocketAddr) {
        let is_of = |c: &Connection| c.dialler == host || c.listener == host;
        let of_host: Vec<u64> =
            self.connections.iter().filter(|(_, c)| is_of(c)).map(|(id, _)| *id).collect();
        for id in of_host {
            self.close(now, id);
        }
    }

    /// Over the connection there is, else over a new one.
    pub fn connect(
        &mut self,
        now: Mono,
        rng: &mut ChaCha20Rng,
        (from, remote): (SocketAddr, SocketAddr),
        bytes: Vec<u8>,
    ) -> Dialled {
        let known = self.connections.iter().find(|(_, c)| c.dialler == from && c.listener == remote);
        if let Some((&id, _)) = known {
            self.send_stream(now, rng, (id, from), bytes);
            return Dialled::Sent;
        }
        if !self.listening.contains(&remote) {
            return Dialled::Refused;
        }
        if self.is_dark(now) {
            let flow = FlowId::Connection { id: 0, remote };
            self.fly(now + DIAL_PATIENCE, Arrival { to: from, flow, what: What::Closed });
            return Dialled::Sent;
        }
        self.dialled += 1;
        let id = self.dialled;
        let ephemeral = u16::try_from(32_768 + id % 28_000).unwrap_or(u16::MAX);
        let port = SocketAddr::new(from.ip(), ephemeral);
        let connection = Connection { dialler: from, port, listener: remote, busy_until: now };
        self.connections.insert(id, connection);
        self.send_stream(now, rng, (id, from), bytes);
        Dialled::Sent
    }

    pub fn next(&self) -> Option<Mono> {
        self.flying.keys().next().map(|(at, _)| *at)
    }

    pub fn arrived(&mut self, now: Mono) -> Option<Arrival> {
        let (&key, _) = self.flying.iter().next()?;
        (key.0 <= now).then(|| self.flying.remove(&key)).flatten()
    }
}
