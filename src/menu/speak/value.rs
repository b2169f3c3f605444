//! Values in machine form, taken apart. Strict: what could be meant in two ways is no value.

use crate::menu::forms::{self, Form};

use super::Kind;

/// Largest number and amount that is said.
const MOST: u64 = 1_000_000_000_000;
const MOST_DIGITS: usize = 32;
const MOST_DECIMALS: usize = 6;
const MOST_DAYS: u64 = 999;

pub(super) enum Value {
    /// Each 0 to 9.
    Digits(Vec<u8>),
    Number(Decimal),
    Amount(Amount),
    Date {
        year: u16,
        month: u8,
        day: u8,
    },
    Time {
        hour: u8,
        minute: u8,
    },
    Duration(Duration),
}

pub(super) struct Decimal {
    /// Never of a zero.
    pub negative: bool,
    pub whole: u64,
    /// Digits after the point, each 0 to 9.
    pub decimals: Vec<u8>,
}

pub(super) struct Amount {
    pub currency: Currency,
    /// Never of a zero.
    pub negative: bool,
    /// Yuan, dollars, euros.
    pub whole: u64,
    /// Fen, cents: 0 to 99.
    pub hundredths: u8,
}

#[derive(Clone, Copy)]
pub(super) enum Currency {
    Yuan,
    Dollar,
    Euro,
    HongKongDollar,
}

/// What is said of a duration.
pub(super) struct Duration {
    pub days: u64,
    pub hours: u64,
    pub minutes: u64,
    pub seconds: u64,
}

impl Value {
    pub fn parse(kind: Kind, value: &str) -> Option<Value> {
        match kind {
            Kind::Digits => digits(value).filter(|all| all.len() <= MOST_DIGITS).map(Value::Digits),
            Kind::Number => {
                let number = decimal(value)?;
                (number.decimals.len() <= MOST_DECIMALS).then_some(Value::Number(number))
            }
            Kind::Amount => amount(value).map(Value::Amount),
            Kind::Date => date(value),
            Kind::Time => time(value),
            Kind::Duration => duration(value).map(Value::Duration),
        }
    }
}

/// One or more ASCII digits.
fn digits(text: &str) -> Option<Vec<u8>> {
    let all = text.bytes().map(|b| b.is_ascii_digit().then(|| b - b'0'));
    all.collect::<Option<Vec<u8>>>().filter(|all| !all.is_empty())
}

fn whole(text: &str) -> Option<u64> {
    digits(text)?;
    text.parse().ok()
}

/// `-12345.678`; digits on both sides of a point.
fn decimal(text: &str) -> Option<Decimal> {
    let (minus, figures) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole_part, decimals) = match figures.split_once('.') {
        Some((whole_part, decimals)) => (whole_part, digits(decimals)?),
        None => (figures, Vec::new()),
    };
    let whole = whole(whole_part)?;
    let fraction = decimals.iter().any(|digit| *digit != 0);
    if whole > MOST || (whole == MOST && fraction) {
        return None;
    }
    Some(Decimal { negative: minus && (whole > 0 || fraction), whole, decimals })
}

fn amount(text: &str) -> Option<Amount> {
    let (currency, figures) = match text.split_once(' ') {
        None => (Currency::Yuan, text),
        Some(("CNY", figures)) => (Currency::Yuan, figures),
        Some(("USD", figures)) => (Currency::Dollar, figures),
        Some(("EUR", figures)) => (Currency::Euro, figures),
        Some(("HKD", figures)) => (Currency::HongKongDollar, figures),
        Some(_) => return None,
    };
    let Decimal { negative, whole, decimals } = decimal(figures)?;
    if decimals.iter().skip(2).any(|digit| *digit != 0) {
        return None;
    }
    let decimal = |place: usize| decimals.get(place).copied().unwrap_or(0);
    Some(Amount { currency, negative, whole, hundredths: decimal(0) * 10 + decimal(1) })
}

fn date(text: &str) -> Option<Value> {
    let dashed: Vec<&str> = text.split('-').collect();
    let figures = match dashed[..] {
        [year, month, day] if [year.len(), month.len(), day.len()] == [4, 2, 2] => dashed.concat(),
        [figures] => figures.to_owned(),
        _ => return None,
    };
    if !forms::fits(Form::Date, &figures) {
        return None;
    }
    let (year, month, day) = (figures.get(..4)?, figures.get(4..6)?, figures.get(6..)?);
    Some(Value::Date { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? })
}

fn time(text: &str) -> Option<Value> {
    let (hour, minute) = text.split_once(':').filter(|(h, m)| h.len() == 2 && m.len() == 2)?;
    let (hour, minute) = (whole(hour)?, whole(minute)?);
    let (hour, minute) = (u8::try_from(hour).ok()?, u8::try_from(minute).ok()?);
    (hour < 24 && minute < 60).then_some(Value::Time { hour, minute })
}

/// Nobody wants the seconds of a day: from a day on, rounded to the nearest minute.
fn duration(text: &str) -> Option<Duration> {
    const DAY: u64 = 24 * 60 * 60;
    let exact = whole(text).filter(|seconds| *seconds < (MOST_DAYS + 1) * DAY)?;
    let said = if exact < DAY { exact } else { (exact + 30) / 60 * 60 };
    let days = said / DAY;
    (days <= MOST_DAYS).then_some(Duration {
        days,
        hours: said / 3600 % 24,
        minutes: said / 60 % 60,
        seconds: said % 60,
    })
}
