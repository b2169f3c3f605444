//! Where devices are: registrations (RFC 3261 §10.3) proved by digest, and static contacts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::api::{DeviceAccount, DeviceKind, Limits};
use super::digest::{Algorithm, Credentials, Freshness, Nonces};
use super::grammar::message::Message;
use super::grammar::name::HeaderName;
use super::grammar::uri::Uri;
use super::wire::Hop;
use crate::ids::{DeviceId, FlowId};
use crate::now::{Mono, Now, Wall};

pub mod request;

/// Most contacts of one device.
const MAX_CONTACTS: usize = 10;

/// Whether a peer is reached at the address it names or only over the flow it used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    Flow,
    Address,
}

/// One registered contact; outlives the process by being stored and restored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Binding {
    pub device: DeviceId,
    /// URI as registered.
    pub contact: String,
    pub flow: FlowId,
    pub reach: Reach,
    /// Preference in thousandths.
    pub q: u16,
    pub call_id: String,
    pub cseq: u32,
    pub expires: Wall,
}

impl Binding {
    fn hop(&self) -> Hop {
        match (self.reach, Uri::parse(&self.contact)) {
            (Reach::Address, Ok(uri)) => Hop::to(&uri, self.flow),
            (Reach::Flow, _) | (Reach::Address, Err(_)) => Hop::Flow(self.flow),
        }
    }

    /// Flows over which requests of this device come: the one it registered over, and over UDP its contact.
    fn flows(&self) -> BTreeSet<FlowId> {
        let mut flows = BTreeSet::from([self.flow]);
        if let Hop::Flow(flow) = self.hop() {
            flows.insert(flow);
        }
        flows
    }
}

struct Held {
    binding: Binding,
    until: Mono,
    /// Rises with each registration: the highest is the freshest.
    turn: u64,
}

/// Way to a device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reachable {
    pub contact: String,
    pub hop: Hop,
    pub reach: Reach,
}

/// A device became or ceased to be reachable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    Registered(DeviceId),
    Unregistered(DeviceId),
}

/// Whether a request was made by the device it names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Proved,
    /// 401 with a new nonce.
    Challenge(Staleness),
    /// 403: wrong password, or no such device.
    Forbidden,
    /// 400: the credentials are for another resource.
    OtherUri,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Staleness {
    First,
    /// The response was right, but the nonce cannot be used any more (stale=true).
    Stale,
}

pub struct Registrar {
    realm: String,
    limits: Limits,
    devices: HashMap<DeviceId, DeviceKind>,
    /// Static contacts by address, with the user part that tells several apart.
    statics: HashMap<SocketAddr, Vec<(DeviceId, String)>>,
    held: BTreeMap<DeviceId, Vec<Held>>,
    by_flow: HashMap<FlowId, Vec<DeviceId>>,
    deadlines: BTreeSet<(Mono, u64, DeviceId)>,
    nonces: Nonces,
    turn: u64,
    changes: Vec<Change>,
}

impl Registrar {
    pub fn new(realm: &str, limits: Limits, nonce_key: &[u8; 32]) -> Registrar {
        let nonces = Nonces::new(nonce_key, limits.nonce_lifetime, limits.bindings.saturating_mul(2));
        Registrar {
            realm: realm.to_owned(),
            limits,
            devices: HashMap::new(),
            statics: HashMap::new(),
            held: BTreeMap::new(),
            by_flow: HashMap::new(),
            deadlines: BTreeSet::new(),
            nonces,
            turn: 0,
            changes: Vec::new(),
        }
    }

    /// Replaces the directory; bindings of devices that may no longer register are dropped.
    pub fn set_devices(&mut self, devices: Vec<DeviceAccount>) {
        self.statics.clear();
        for account in &devices {
            if let DeviceKind::Static { contact } = &account.kind
                && let Ok(uri) = Uri::parse(contact)
                && let Some(address) = uri.address()
            {
                let named = (account.id.clone(), uri.user().into_owned());
                self.statics.entry(address).or_default().push(named);
            }
        }
        self.devices = devices.into_iter().map(|account| (account.id, account.kind)).collect();
        let may_register = |id: &DeviceId| matches!(self.devices.get(id), Some(DeviceKind::Registers { .. }));
        let gone: Vec<DeviceId> = self.held.keys().filter(|id| !may_register(id)).cloned().collect();
        for device in gone {
            self.remove(&device, |_| true);
        }
    }

    /// What became of devices since the last call.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Algorithms a challenge offers: those the device has a secret for; for strangers all, so that
    /// nothing is told about who exists.
    pub fn algorithms(&self, device: &DeviceId) -> Vec<Algorithm> {
        let offered: Vec<Algorithm> = [Algorithm::Sha256, Algorithm::Md5]
            .into_iter()
            .filter(|algorithm| self.secret(device, *algorithm).is_some())
            .collect();
        if offered.is_empty() { vec![Algorithm::Sha256, Algorithm::Md5] } else { offered }
    }

    fn secret(&self, device: &DeviceId, algorithm: Algorithm) -> Option<&str> {
        match (self.devices.get(device)?, algorithm) {
            (DeviceKind::Registers { ha1_sha256, .. }, Algorithm::Sha256) => ha1_sha256.as_ref(),
            (DeviceKind::Registers { ha1_md5, .. }, Algorithm::Md5) => ha1_md5.as_ref(),
            (DeviceKind::Static { .. }, _) => None,
        }
        .map(|secret| secret.reveal().as_str())
    }

    pub fn make_nonce(&mut self, now: Mono) -> String {
        self.nonces.make(now)
    }

    /// Checks the credentials of a REGISTER for `device`.
    pub fn authenticate(
        &mut self,
        now: Mono,
        message: &Message<'_>,
        uri: &str,
        device: &DeviceId,
    ) -> Verdict {
        let offered: Vec<Credentials<'_>> = message
            .all(HeaderName::Authorization)
            .filter_map(|field| Credentials::parse(field.value()))
            .filter(|credentials| credentials.realm == self.realm)
            .collect();
        if offered.is_empty() {
            return Verdict::Challenge(Staleness::First);
        }
        // A telephone may answer each of the challenges; one it has the secret for is enough.
        let known = |credentials: &&Credentials<'_>| self.secret(device, credentials.algorithm).is_some();
        let Some(credentials) = offered.iter().find(known) else { return Verdict::Forbidden };
        if !same_resource(credentials.uri, uri) {
            return Verdict::OtherUri;
        }
        let proved = credentials.username == device.as_str()
            && self
                .secret(device, credentials.algorithm)
                .is_some_and(|secret| credentials.proves(secret, "REGISTER"));
        let Some(count) = credentials.count().filter(|_| proved) else { return Verdict::Forbidden };
        match self.nonces.use_once(now, credentials.nonce, count) {
            Freshness::Fresh => Verdict::Proved,
            Freshness::Stale => Verdict::Challenge(Staleness::Stale),
        }
    }

    /// Most preferred, then freshest binding; or the static contact.
    pub fn locate(&self, device: &DeviceId) -> Option<Reachable> {
        match self.devices.get(device)? {
            DeviceKind::Static { contact } => {
                let uri = Uri::parse(contact).ok()?;
                let remote = uri.address()?;
                let hop = Hop::to(&uri, FlowId::Udp { remote });
                Some(Reachable { contact: contact.clone(), hop, reach: Reach::Address })
            }
            DeviceKind::Registers { .. } => {
                let held = self.held.get(device)?.iter().max_by_key(|held| (held.binding.q, held.turn))?;
                let Binding { contact, reach, .. } = &held.binding;
                Some(Reachable { contact: contact.clone(), hop: held.binding.hop(), reach: *reach })
            }
        }
    }

    /// Whose request it is that came over `flow`: several devices behind one address are told apart
    /// by the user part of From. `sent_by_port` is the port of Via, which on a connection stands for
    /// the sender's listener.
    pub fn device_at(&self, flow: FlowId, sent_by_port: u16, from_user: &str) -> Option<DeviceId> {
        let address = match flow {
            FlowId::Udp { remote } => remote,
            FlowId::Connection { remote, .. } => SocketAddr::new(remote.ip(), sent_by_port),
        };
        let registered =
            self.by_flow.get(&flow).into_iter().flatten().map(|device| (device, device.as_str()));
        let fixed =
            self.statics.get(&address).into_iter().flatten().map(|(device, user)| (device, user.as_str()));
        let candidates: Vec<(&DeviceId, &str)> = registered.chain(fixed).collect();
        let (first, _) = candidates.first()?;
        if candidates.iter().all(|(device, _)| device == first) {
            return Some((*first).clone());
        }
        let named = |(device, user): &&(&DeviceId, &str)| *user == from_user || device.as_str() == from_user;
        candidates.iter().find(named).map(|(device, _)| (*device).clone())
    }

    pub fn len(&self) -> usize {
        self.deadlines.len()
    }

    pub fn is_empty(&self) -> bool {
        self.deadlines.is_empty()
    }

    pub fn next_deadline(&self) -> Option<Mono> {
        self.deadlines.first().map(|(at, _, _)| *at)
    }

    pub fn handle_timeout(&mut self, now: Mono) {
        while let Some((at, turn, device)) = self.deadlines.first().cloned()
            && at <= now
        {
            self.remove(&device, |held| held.turn == turn);
        }
    }

    /// Drops what was bound to a connection.
    pub fn flow_closed(&mut self, flow: FlowId) {
        for device in self.by_flow.get(&flow).cloned().unwrap_or_default() {
            self.remove(&device, |held| held.binding.flow == flow);
        }
    }

    /// All bindings, by device.
    pub fn bindings(&self) -> Vec<Binding> {
        self.held.values().flatten().map(|held| held.binding.clone()).collect()
    }

    /// Takes bindings of an earlier boot: connections are gone, the others hold until they expire.
    pub fn restore(&mut self, now: Now, bindings: Vec<Binding>) {
        for binding in bindings {
            let known = matches!(self.devices.get(&binding.device), Some(DeviceKind::Registers { .. }));
            let alive = !binding.flow.is_reliable() && binding.expires > now.wall;
            if known && alive && self.len() < self.limits.bindings {
                self.hold(now, binding);
            }
        }
    }

    /// Adds a binding in the place of one with the same contact.
    fn hold(&mut self, now: Now, binding: Binding) {
        let before = self.changes.len();
        let was_there = self.held.contains_key(&binding.device);
        let identity = Uri::parse(&binding.contact).ok().map(|uri| uri.identity());
        let same =
            |other: &Held| Uri::parse(&other.binding.contact).ok().map(|uri| uri.identity()) == identity;
        self.remove(&binding.device, same);
        // Replacing the only contact is no coming and going.
        self.changes.truncate(before);
        self.turn += 1;
        let left = u64::try_from(binding.expires.0.saturating_sub(now.wall.0)).unwrap_or(0);
        let until = now.mono + std::time::Duration::from_millis(left);
        let turn = self.turn;
        self.deadlines.insert((until, turn, binding.device.clone()));
        for flow in binding.flows() {
            self.by_flow.entry(flow).or_default().push(binding.device.clone());
        }
        if !was_there {
            self.changes.push(Change::Registered(binding.device.clone()));
        }
        self.held.entry(binding.device.clone()).or_default().push(Held { binding, until, turn });
    }

    fn remove(&mut self, device: &DeviceId, which: impl Fn(&Held) -> bool) {
        let Some(held) = self.held.get_mut(device) else { return };
        let (gone, kept): (Vec<Held>, Vec<Held>) = std::mem::take(held).into_iter().partition(|h| which(h));
        let emptied = kept.is_empty();
        *held = kept;
        if emptied {
            self.held.remove(device);
        }
        for Held { binding, until, turn } in gone {
            self.deadlines.remove(&(until, turn, device.clone()));
            for flow in binding.flows() {
                let Some(devices) = self.by_flow.get_mut(&flow) else { continue };
                if let Some(at) = devices.iter().position(|d| d == device) {
                    devices.swap_remove(at);
                }
                if devices.is_empty() {
                    self.by_flow.remove(&flow);
                }
            }
        }
        if emptied {
            self.changes.push(Change::Unregistered(device.clone()));
        }
    }
}

/// Whether digest-uri and Request-URI mean the same registrar (RFC 7616 §3.4.6).
fn same_resource(claimed: &str, requested: &str) -> bool {
    match (Uri::parse(claimed), Uri::parse(requested)) {
        (Ok(a), Ok(b)) => a.host.eq_ignore_ascii_case(b.host),
        _ => claimed == requested,
    }
}
