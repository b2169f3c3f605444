//! Kinds of values in the server's configuration, each with the words that say how to write it.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::DeValue;

use crate::ids::{EntryId, MenuId, NodeId};
use crate::media::command::Codec;

/// A value read from TOML.
pub(in crate::config) trait FromToml: Sized {
    /// How to write it, one sentence.
    const WANTED: &'static str;

    /// `base` is the directory relative paths start from. The error says what is wrong with it.
    fn read(value: &DeValue<'_>, base: &Path) -> Result<Self, String>;
}

pub(in crate::config) fn text<'v>(value: &'v DeValue<'_>) -> Result<&'v str, String> {
    value.as_str().ok_or_else(|| format!("this is no text but {}", kind(value)))
}

pub(in crate::config) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

pub(in crate::config) fn number(value: &DeValue<'_>, allowed: RangeInclusive<u64>) -> Result<u64, String> {
    let wrong = || format!("this is no whole number but {}", kind(value));
    let digits = value.as_integer().ok_or_else(wrong)?;
    let parsed = u64::from_str_radix(&digits.as_str().replace('_', ""), digits.radix()).ok();
    parsed
        .filter(|n| allowed.contains(n))
        .ok_or_else(|| format!("{digits} is outside {} to {}", allowed.start(), allowed.end()))
}

impl FromToml for String {
    const WANTED: &'static str = "Write a text in \"quotes\" that is not empty.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        match text(value)? {
            blank if blank.trim().is_empty() => Err("this text is empty".to_owned()),
            other if other.contains(['"', '\\', '\r', '\n']) => {
                Err("quotes, backslashes and line ends cannot stand in it".to_owned())
            }
            other => Ok(other.to_owned()),
        }
    }
}

impl FromToml for SocketAddr {
    const WANTED: &'static str = "Write IP address and port, e.g. \"127.0.0.1:5060\" or \"[::1]:5060\".";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let text = text(value)?;
        text.parse().map_err(|_| format!("`{text}` is no IP address with a port"))
    }
}

impl FromToml for IpAddr {
    const WANTED: &'static str = "Write an IP address, e.g. \"192.0.2.10\".";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let text = text(value)?;
        text.parse().map_err(|_| format!("`{text}` is no IP address"))
    }
}

/// An address with a port, or alone (port 0: the one that is listened on).
#[derive(Clone, Copy)]
pub(super) struct PublicAddress(pub SocketAddr);

impl FromToml for PublicAddress {
    const WANTED: &'static str =
        "Write the address others reach this server under, e.g. \"192.0.2.10\" or \"192.0.2.10:5060\".";

    fn read(value: &DeValue<'_>, base: &Path) -> Result<Self, String> {
        let address = match IpAddr::read(value, base) {
            Ok(ip) => SocketAddr::new(ip, 0),
            Err(_) => SocketAddr::read(value, base)?,
        };
        if address.ip().is_unspecified() {
            return Err(format!("{} is no address anybody can be reached under", address.ip()));
        }
        Ok(PublicAddress(address))
    }
}

impl FromToml for PathBuf {
    const WANTED: &'static str = "Write a path; a relative one starts at the directory of this file.";

    fn read(value: &DeValue<'_>, base: &Path) -> Result<Self, String> {
        let text = text(value)?;
        if text.is_empty() {
            return Err("this path is empty".to_owned());
        }
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(format!("a {scheme} URL is no path"));
        }
        Ok(base.join(text))
    }
}

impl FromToml for Duration {
    const WANTED: &'static str = "Write a duration such as \"20 s\", \"10 min\" or \"1 h 30 min\".";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let text = text(value)?;
        let signed: jiff::SignedDuration = text.parse().map_err(|_| format!("`{text}` is no duration"))?;
        match Duration::try_from(signed) {
            Ok(Duration::ZERO) | Err(_) => Err(format!("`{text}` is not longer than nothing")),
            Ok(duration) => Ok(duration),
        }
    }
}

/// A count of at least one.
#[derive(Clone, Copy)]
pub(super) struct Count(pub u32);

impl FromToml for Count {
    const WANTED: &'static str = "Write a whole number from 1 to 1000000, without quotes.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let n = number(value, 1..=1_000_000)?;
        Ok(Count(u32::try_from(n).unwrap_or(u32::MAX)))
    }
}

impl FromToml for bool {
    const WANTED: &'static str = "Write true or false, without quotes.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        value.as_bool().ok_or_else(|| format!("this is neither true nor false but {}", kind(value)))
    }
}

/// Beginnings of telephone numbers.
#[derive(Clone)]
pub(super) struct Prefixes(pub Vec<String>);

impl FromToml for Prefixes {
    const WANTED: &'static str = "Write beginnings of numbers, e.g. [\"955\", \"010\"]; [] is none.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let list = value.as_array().ok_or_else(|| format!("this is no list but {}", kind(value)))?;
        let prefix = |item: &toml::Spanned<DeValue<'_>>| {
            let prefix = text(item.get_ref())?;
            let digits = prefix.strip_prefix('+').unwrap_or(prefix);
            let right = (1..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            // An empty one would allow every number there is.
            if right { Ok(prefix.to_owned()) } else { Err(format!("`{prefix}` begins no number")) }
        };
        list.iter().map(prefix).collect::<Result<_, _>>().map(Prefixes)
    }
}

impl FromToml for NodeId {
    const WANTED: &'static str = "Write a whole number from 0 to 65535, without quotes.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let n = number(value, 0..=65535)?;
        Ok(NodeId(u16::try_from(n).unwrap_or(u16::MAX)))
    }
}

/// Media threads.
#[derive(Clone, Copy)]
pub(super) struct Workers(pub u8);

impl FromToml for Workers {
    const WANTED: &'static str = "Write \"auto\" or a whole number from 1 to 64.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let n = match value.as_str() {
            Some("auto") => std::thread::available_parallelism().map_or(1, |n| n.get().min(64)) as u64,
            Some(other) => return Err(format!("`{other}` is neither \"auto\" nor a number")),
            None => number(value, 1..=64)?,
        };
        Ok(Workers(u8::try_from(n).unwrap_or(1)))
    }
}

/// A range of ports cut to whole pairs.
#[derive(Clone)]
pub(super) struct Ports(pub RangeInclusive<u16>);

impl FromToml for Ports {
    const WANTED: &'static str = "Write first and last port, e.g. \"10000-29999\", both from 1024 on.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let text = text(value)?;
        let wrong = || format!("`{text}` is no range of ports");
        let (first, last) = text.split_once('-').ok_or_else(wrong)?;
        let first: u16 = first.trim().parse().map_err(|_| wrong())?;
        let last: u16 = last.trim().parse().map_err(|_| wrong())?;
        let first = first.saturating_add(first % 2);
        let last = if last.is_multiple_of(2) { last.saturating_sub(1) } else { last };
        if first < 1024 || last < first.saturating_add(3) {
            return Err(format!("`{text}` does not hold two pairs of ports from 1024 on"));
        }
        Ok(Ports(first..=last))
    }
}

impl FromToml for Vec<Codec> {
    const WANTED: &'static str = "Write a list of \"PCMA\" and \"PCMU\" in the order of preference.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let mut codecs = Vec::new();
        for item in value.as_array().ok_or_else(|| format!("this is no list but {}", kind(value)))? {
            let name = text(item.get_ref())?;
            let codec = [Codec::Pcma, Codec::Pcmu].into_iter().find(|codec| codec.name() == name);
            let codec = codec.ok_or_else(|| format!("there is no codec `{name}` here"))?;
            if codecs.contains(&codec) {
                return Err(format!("`{name}` stands in it twice"));
            }
            codecs.push(codec);
        }
        if codecs.is_empty() { Err("without a codec nobody hears anything".to_owned()) } else { Ok(codecs) }
    }
}

impl FromToml for Vec<EntryId> {
    const WANTED: &'static str = "Write a list of dialled numbers, e.g. [\"95599\"], or [] for none.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let items = value.as_array().ok_or_else(|| format!("this is no list but {}", kind(value)))?;
        items.iter().map(|item| Ok(EntryId::from(text(item.get_ref())?))).collect()
    }
}

impl FromToml for BTreeMap<EntryId, MenuId> {
    const WANTED: &'static str = "Write dialled numbers with their menus, e.g. { \"95599\" = \"main\" }.";

    fn read(value: &DeValue<'_>, _: &Path) -> Result<Self, String> {
        let table = value.as_table().ok_or_else(|| format!("this is no table but {}", kind(value)))?;
        let mut entries = BTreeMap::new();
        for (number, menu) in table {
            let number = number.get_ref();
            let menu = text(menu.get_ref())?;
            if !is_user_part(number) {
                return Err(format!("`{number}` cannot be dialled"));
            }
            if menu.is_empty() {
                return Err(format!("entry `{number}` names no menu"));
            }
            entries.insert(EntryId::new(number), MenuId::from(menu));
        }
        if entries.is_empty() { Err("without an entry nobody can call".to_owned()) } else { Ok(entries) }
    }
}

impl FromToml for BTreeMap<String, SocketAddr> {
    const WANTED: &'static str = "Write names with addresses, e.g. { bank = \"192.0.2.20:5060\" }.";

    fn read(value: &DeValue<'_>, base: &Path) -> Result<Self, String> {
        let table = value.as_table().ok_or_else(|| format!("this is no table but {}", kind(value)))?;
        let read = |(name, address): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
            let name: &std::borrow::Cow<'_, str> = name.get_ref();
            Ok((name.to_string(), SocketAddr::read(address.get_ref(), base)?))
        };
        table.iter().map(read).collect()
    }
}

/// Characters that the user part of a SIP URI may hold unescaped and a telephone can dial.
fn is_user_part(number: &str) -> bool {
    !number.is_empty()
        && number.len() <= 64
        && number.chars().all(|c| c.is_ascii_alphanumeric() || "+-_.*#".contains(c))
}
