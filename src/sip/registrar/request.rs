//! The contacts of one REGISTER: read and checked as a whole, then applied as a whole (RFC 3261 §10.3).

use super::{Binding, MAX_CONTACTS, Reach, Registrar};
use crate::ids::{DeviceId, FlowId};
use crate::now::{Now, Wall};
use crate::sip::grammar::field::{Essentials, NameAddr};
use crate::sip::grammar::message::Message;
use crate::sip::grammar::name::HeaderName;
use crate::sip::grammar::uri::{BadUri, Scheme, Uri};
use crate::sip::wire::only_by_flow;

/// Why a registration is refused; nothing of it was applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// 400
    Malformed,
    /// 416
    Scheme,
    /// 423 with Min-Expires.
    TooBrief,
    /// 500: an older request of the same device came late.
    OutOfOrder,
    /// 503: no room.
    Full,
}

/// A line of the answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Current {
    pub contact: String,
    pub expires_s: u64,
    pub q: u16,
}

/// One contact as asked for; zero seconds remove it.
struct Asked<'m> {
    uri: Uri<'m>,
    contact: &'m str,
    seconds: u64,
    q: u16,
}

/// A REGISTER of a device that has proved itself.
pub struct Registration<'m> {
    pub device: DeviceId,
    pub message: &'m Message<'m>,
    pub essentials: &'m Essentials<'m>,
    pub flow: FlowId,
}

impl Registrar {
    /// Applies a registration; returns all contacts the device has then.
    pub fn register(&mut self, now: Now, request: &Registration<'_>) -> Result<Vec<Current>, Refused> {
        let contacts: Vec<&str> = request.message.list(HeaderName::Contact).collect();
        let header = request.message.text(HeaderName::Expires);
        if contacts.contains(&"*") {
            if contacts.len() > 1 || header != Some("0") {
                return Err(Refused::Malformed);
            }
            self.check_order(request, None)?;
            self.remove(&request.device, |_| true);
            return Ok(Vec::new());
        }
        let mut asked = Vec::new();
        for contact in contacts {
            let asked_for = self.read(contact, header)?;
            self.check_order(request, Some(&asked_for.uri))?;
            asked.push(asked_for);
        }
        let adding = asked.iter().filter(|asked| asked.seconds > 0).count();
        let fresh =
            asked.iter().filter(|asked| asked.seconds > 0 && !self.holds(request, &asked.uri)).count();
        if adding > MAX_CONTACTS
            || self.contacts_of(&request.device) + fresh > MAX_CONTACTS
            || self.len() + fresh > self.limits.bindings
        {
            return Err(Refused::Full);
        }
        for asked in asked {
            self.apply(now, request, &asked);
        }
        Ok(self.current(now, &request.device))
    }

    fn read<'m>(&self, contact: &'m str, header: Option<&str>) -> Result<Asked<'m>, Refused> {
        let address = NameAddr::parse(contact).ok_or(Refused::Malformed)?;
        let uri = Uri::parse(address.uri).map_err(|bad| match bad {
            BadUri::Scheme => Refused::Scheme,
            BadUri::Malformed => Refused::Malformed,
        })?;
        if uri.scheme != Scheme::Sip {
            return Err(Refused::Scheme);
        }
        // A malformed value counts as the default (RFC 3261 §20.19).
        let default = self.limits.default_expires.as_secs();
        let wanted = address.params.get("expires").or(header);
        let seconds = wanted.map_or(default, |wanted| wanted.parse().unwrap_or(default));
        if seconds > 0 && seconds < self.limits.min_expires.as_secs() {
            return Err(Refused::TooBrief);
        }
        let seconds = seconds.min(self.limits.max_expires.as_secs());
        let q = address.params.get("q").map_or(1000, thousandths);
        Ok(Asked { uri, contact: address.uri, seconds, q })
    }

    /// A binding made by the same Call-ID with the same or a later CSeq stays (step 7 of §10.3).
    fn check_order(&self, request: &Registration<'_>, uri: Option<&Uri<'_>>) -> Result<(), Refused> {
        let identity = uri.map(Uri::identity);
        let late = self.held.get(&request.device).into_iter().flatten().any(|held| {
            let concerned = identity.is_none()
                || Uri::parse(&held.binding.contact).ok().map(|held| held.identity()) == identity;
            concerned
                && held.binding.call_id == request.essentials.call_id
                && held.binding.cseq >= request.essentials.cseq
        });
        if late { Err(Refused::OutOfOrder) } else { Ok(()) }
    }

    fn holds(&self, request: &Registration<'_>, uri: &Uri<'_>) -> bool {
        let identity = uri.identity();
        self.held
            .get(&request.device)
            .into_iter()
            .flatten()
            .any(|held| Uri::parse(&held.binding.contact).is_ok_and(|held| held.identity() == identity))
    }

    fn contacts_of(&self, device: &DeviceId) -> usize {
        self.held.get(device).map_or(0, Vec::len)
    }

    fn apply(&mut self, now: Now, request: &Registration<'_>, asked: &Asked<'_>) {
        if asked.seconds == 0 {
            let identity = asked.uri.identity();
            self.remove(&request.device, |held| {
                Uri::parse(&held.binding.contact).is_ok_and(|held| held.identity() == identity)
            });
            return;
        }
        let by_flow = only_by_flow(request.essentials, request.flow) || request.flow.is_reliable();
        let expires = now.wall + std::time::Duration::from_secs(asked.seconds);
        self.hold(
            now,
            Binding {
                device: request.device.clone(),
                contact: asked.contact.to_owned(),
                flow: request.flow,
                reach: if by_flow { Reach::Flow } else { Reach::Address },
                q: asked.q,
                call_id: request.essentials.call_id.to_owned(),
                cseq: request.essentials.cseq,
                expires,
            },
        );
    }

    fn current(&self, now: Now, device: &DeviceId) -> Vec<Current> {
        let left = |until: Wall| {
            u64::try_from(until.0.saturating_sub(now.wall.0).saturating_add(999) / 1000).unwrap_or(0)
        };
        let held = self.held.get(device).into_iter().flatten();
        held.map(|held| Current {
            contact: held.binding.contact.clone(),
            expires_s: left(held.binding.expires),
            q: held.binding.q,
        })
        .collect()
    }
}

/// `0.75` as 750; what is no preference counts as the highest.
fn thousandths(q: &str) -> u16 {
    let (whole, fraction) = q.split_once('.').unwrap_or((q, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole, digits.parse::<u16>()) {
        ("0" | "", Ok(thousandths)) => thousandths,
        _ => 1000,
    }
}
