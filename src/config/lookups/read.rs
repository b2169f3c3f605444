//! Reads the `[lookups.NAME]` tables, and keeps reading after every problem.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{
    AT_ONCE, Address, Authority, BreakerSettings, Identity, Login, LookupSettings, Lookups, SecretName,
    Timing,
};
use crate::config::server::read::{Problem, listed, nearest};
use crate::config::server::values::{FromToml, kind, number, text};

/// Most services: each is a label of metrics.
const MOST_SERVICES: usize = 32;
/// Nobody waits longer on the telephone.
const LONGEST_PATIENCE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

type Problems = Vec<(Range<usize>, Problem)>;

/// All services that are right enough to have an address, and what is wrong with any.
pub(in crate::config) fn read(tables: &DeTable<'_>) -> (Lookups, Problems) {
    let mut lookups = Lookups::new();
    let mut problems = Vec::new();
    for (name, value) in tables {
        if let Some(problem) = misnamed(name.get_ref(), lookups.len()) {
            problems.push((name.span(), problem));
        }
        let Some(table) = value.get_ref().as_table() else {
            let message =
                format!("[lookups] {}: this is no table but {}", name.get_ref(), kind(value.get_ref()));
            let help = "Write a heading [lookups.NAME], and its keys below.";
            problems.push((value.span(), Problem::error("config-value", message, help)));
            continue;
        };
        let mut section = Section {
            name: name.get_ref(),
            span: name.span(),
            table,
            known: BTreeSet::new(),
            problems: &mut problems,
        };
        let settings = section.settings();
        section.unknown();
        lookups.extend(settings.map(|settings| (name.get_ref().to_string(), settings)));
    }
    (lookups, problems)
}

fn misnamed(name: &str, before: usize) -> Option<Problem> {
    let fits = (1..=32).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b));
    if !fits {
        let message = format!("`{name}` is no name of a service");
        return Some(Problem::error(
            "lookup-name",
            message,
            "Use at most 32 small letters, digits, `-` and `_`.",
        ));
    }
    (before >= MOST_SERVICES).then(|| {
        let message = format!("there are more than {MOST_SERVICES} services");
        Problem::error("lookup-name", message, "Put several systems behind one address.")
    })
}

/// One `[lookups.NAME]`.
struct Section<'t, 'i> {
    name: &'t str,
    span: Range<usize>,
    table: &'t DeTable<'i>,
    known: BTreeSet<&'static str>,
    problems: &'t mut Problems,
}

impl Section<'_, '_> {
    fn settings(&mut self) -> Option<LookupSettings> {
        let url: Option<Address> = self.key("url");
        if self.table.get("url").is_none() {
            let message = format!("[lookups.{}] has no `url`", self.name);
            self.note(self.span.clone(), "lookup-url", message, Address::WANTED);
        }
        let login = self.login();
        let identity = self.identity();
        let (timing, breaker) = (self.timing(), self.breaker());
        let at_once = self.key::<AtOnce>("at_once").map_or(AT_ONCE, |n| n.0);
        let ca = self.key("ca");
        let allowed: Option<Hosts> = self.key("allow_hosts");
        let url = url?;
        self.useless_tls(&url);
        let allow_hosts = self.allowed(&url, allowed);
        Some(LookupSettings { url, allow_hosts, login, identity, ca, timing, breaker, at_once })
    }

    fn allowed(&mut self, url: &Address, listed: Option<Hosts>) -> BTreeSet<Authority> {
        let own = url.authority();
        if let Some(Hosts(hosts)) = listed {
            if hosts.contains(&own) {
                return hosts;
            }
            let message = format!("`url` leads to {own}, which is not among the allowed hosts");
            let help = format!("Add \"{own}\" to `allow_hosts`, or leave `allow_hosts` out.");
            self.note(self.place("allow_hosts"), "lookup-host", message, help);
        }
        BTreeSet::from([own])
    }

    fn login(&mut self) -> Login {
        let (token, basic) = (self.key("token"), self.key("basic"));
        match (token, basic) {
            (None, None) => Login::None,
            (Some(token), None) => Login::Token(token),
            (None, Some(basic)) => Login::Basic(basic),
            (Some(token), Some(_)) => {
                let message = format!("[lookups.{}] has both `token` and `basic`", self.name);
                self.note(self.place("basic"), "lookup-login", message, "Take one of them out.");
                Login::Token(token)
            }
        }
    }

    fn identity(&mut self) -> Option<Identity> {
        let certificate = self.key("client_certificate");
        let key = self.key("client_key");
        for (here, missing) in [("client_certificate", "client_key"), ("client_key", "client_certificate")] {
            if self.table.get(here).is_some() && self.table.get(missing).is_none() {
                let message = format!("[lookups.{}] has `{here}` without `{missing}`", self.name);
                self.note(
                    self.place(here),
                    "lookup-identity",
                    message,
                    format!("Add `{missing}`, or take `{here}` out."),
                );
            }
        }
        Some(Identity { certificate: certificate?, key: key? })
    }

    fn useless_tls(&mut self, url: &Address) {
        if url.is_encrypted() {
            return;
        }
        for key in ["client_certificate", "ca"] {
            if self.table.get(key).is_some() {
                let message = format!("`{key}` has no effect over http");
                self.note(
                    self.place(key),
                    "lookup-tls",
                    message,
                    "Write https in `url`, or take the key out.",
                );
            }
        }
    }

    fn timing(&mut self) -> Timing {
        let default = Timing::default();
        let timing = Timing {
            timeout: self.duration("timeout", LONGEST_PATIENCE).unwrap_or(default.timeout),
            patience: self.duration("patience", LONGEST_PATIENCE).unwrap_or(default.patience),
            retries: self.key::<Retries>("retries").map_or(default.retries, |n| n.0),
        };
        if timing.timeout > timing.patience {
            let message = format!(
                "one attempt may last {:?}, but all attempts together only {:?}",
                timing.timeout, timing.patience
            );
            let key = if self.table.get("timeout").is_some() { "timeout" } else { "patience" };
            self.note(
                self.place(key),
                "lookup-patience",
                message,
                "Make `patience` at least as long as `timeout`.",
            );
        }
        timing
    }

    fn breaker(&mut self) -> BreakerSettings {
        let default = BreakerSettings::default();
        BreakerSettings {
            failures: self.key::<Failures>("breaker_failures").map_or(default.failures, |n| n.0),
            pause: self.duration("breaker_pause", LONGEST_PAUSE).unwrap_or(default.pause),
        }
    }

    fn duration(&mut self, key: &'static str, longest: Duration) -> Option<Duration> {
        let read: Duration = self.key(key)?;
        if read <= longest {
            return Some(read);
        }
        let message = format!("[lookups.{}] {key}: {} s are too long", self.name, read.as_secs());
        self.note(
            self.place(key),
            "config-value",
            message,
            format!("Write at most \"{} s\".", longest.as_secs()),
        );
        None
    }

    /// The value of a key, if it is there and right.
    fn key<T: FromToml>(&mut self, key: &'static str) -> Option<T> {
        self.known.insert(key);
        let value = self.table.get(key)?;
        match T::read(value.get_ref(), Path::new("")) {
            Ok(read) => Some(read),
            Err(detail) => {
                let message = format!("[lookups.{}] {key}: {detail}", self.name);
                self.note(value.span(), "config-value", message, T::WANTED);
                None
            }
        }
    }

    fn unknown(&mut self) {
        for key in self.table.keys().filter(|key| !self.known.contains(key.get_ref().as_ref())) {
            let help = match nearest(key.get_ref(), self.known.iter().copied()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("The keys of [lookups.NAME] are {}.", listed(self.known.iter().copied())),
            };
            let message = format!("there is no key `{}` in [lookups.{}]", key.get_ref(), self.name);
            self.problems.push((key.span(), Problem::error("unknown-key", message, help)));
        }
    }

    fn place(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or(self.span.clone(), Spanned::span)
    }

    fn note(&mut self, span: Range<usize>, rule: &'static str, message: String, help: impl Into<String>) {
        self.problems.push((span, Problem::error(rule, message, help)));
    }
}

impl FromToml for Address {
    const WANTED: &'static str = "Write where the service is, e.g. \"https://core.bank.example/hotline\"; http only \
         for 127.0.0.1, ::1 and localhost.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        text(value)?.parse()
    }
}

impl FromToml for SecretName {
    const WANTED: &'static str = SecretName::WANTED;

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        SecretName::parse(text(value)?)
    }
}

struct Hosts(BTreeSet<Authority>);

impl FromToml for Hosts {
    const WANTED: &'static str = "Write a list of hosts, e.g. [\"core.bank.example\", \"cards.bank.example:8443\"]; without a port, 443 is meant.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let items = value.as_array().ok_or_else(|| format!("this is no list but {}", kind(value)))?;
        items.iter().map(|item| text(item.get_ref())?.parse()).collect::<Result<_, _>>().map(Hosts)
    }
}

struct Retries(u8);

impl FromToml for Retries {
    const WANTED: &'static str = "Write a whole number from 0 to 5, without quotes.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        Ok(Retries(u8::try_from(number(value, 0..=5)?).unwrap_or(0)))
    }
}

struct Failures(u16);

impl FromToml for Failures {
    const WANTED: &'static str = "Write a whole number from 1 to 1000, without quotes.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        Ok(Failures(u16::try_from(number(value, 1..=1000)?).unwrap_or(1)))
    }
}

struct AtOnce(u16);

impl FromToml for AtOnce {
    const WANTED: &'static str = "Write a whole number from 1 to 1000, without quotes.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        Ok(AtOnce(u16::try_from(number(value, 1..=1000)?).unwrap_or(1)))
    }
}
