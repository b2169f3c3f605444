//! REGISTER from the wire: who asks, is it proved, and the answer (RFC 3261 §10.3, RFC 7616 §3.3).

use super::Stack;
use super::receive::Arrival;
use crate::ids::DeviceId;
use crate::now::Now;
use crate::sip::digest::Algorithm;
use crate::sip::grammar::name::HeaderName;
use crate::sip::registrar::request::{Current, Refused, Registration};
use crate::sip::registrar::{Staleness, Verdict};

impl Stack {
    pub(super) fn register_received(&mut self, now: Now, arrival: &Arrival<'_>) {
        let device = DeviceId::new(arrival.essentials.to.user());
        match self.registrar.authenticate(now.mono, arrival.message, arrival.uri, &device) {
            Verdict::Proved => {}
            Verdict::Challenge(staleness) => return self.challenge(now, arrival, &device, staleness),
            Verdict::Forbidden => {
                self.shared.wire.rejected("bad_credentials");
                return self.answer(now, arrival, 403, |_| {});
            }
            Verdict::OtherUri => return self.answer(now, arrival, 400, |_| {}),
        }
        let registration = Registration {
            device,
            message: arrival.message,
            essentials: arrival.essentials,
            flow: arrival.flow,
        };
        match self.registrar.register(now, &registration) {
            Ok(current) => self.answer(now, arrival, 200, |writer| {
                for Current { contact, expires_s, q } in &current {
                    let (whole, part) = (q / 1000, q % 1000);
                    let line = format!("<{contact}>;expires={expires_s};q={whole}.{part:03}");
                    writer.header("Contact", &line);
                }
            }),
            Err(refused) => self.refuse_registration(now, arrival, refused),
        }
        self.tell_registrations();
    }

    fn refuse_registration(&mut self, now: Now, arrival: &Arrival<'_>, refused: Refused) {
        let retry_after = self.retry_after();
        let min_expires = self.config.limits.min_expires.as_secs().to_string();
        match refused {
            Refused::Malformed => self.answer(now, arrival, 400, |_| {}),
            Refused::Scheme => self.answer(now, arrival, 416, |_| {}),
            Refused::OutOfOrder => self.answer(now, arrival, 500, |_| {}),
            Refused::TooBrief => self.answer(now, arrival, 423, |writer| {
                writer.header("Min-Expires", &min_expires);
            }),
            Refused::Full => self.answer(now, arrival, 503, |writer| {
                writer.header("Retry-After", &retry_after);
            }),
        }
    }

    fn challenge(&mut self, now: Now, arrival: &Arrival<'_>, device: &DeviceId, staleness: Staleness) {
        let nonce = self.registrar.make_nonce(now.mono);
        let realm = crate::sip::grammar::text::quote(&self.config.realm);
        let stale = match staleness {
            Staleness::First => "",
            Staleness::Stale => ", stale=true",
        };
        let mut algorithms = self.registrar.algorithms(device);
        if let Some(user_agent) = arrival.message.text(HeaderName::UserAgent)
            && algorithms.contains(&Algorithm::Md5)
        {
            algorithms.retain(|algorithm| algorithm.is_bearable(user_agent));
        }
        self.answer(now, arrival, 401, |writer| {
            for algorithm in algorithms {
                let algorithm = algorithm.name();
                let challenge = format!(
                    "Digest realm={realm}, nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"{stale}"
                );
                writer.header("WWW-Authenticate", &challenge);
            }
        });
    }
}
