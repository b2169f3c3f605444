//! English (en-US) as it is said: no "and" within numbers, ordinals for days, years in pairs.

use crate::menu::api::PromptName;

use super::Line;
use super::value::{Amount, Currency, Decimal, Duration, Value};

const PLACES: [(u64, &str); 5] = [
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1000, "thousand"),
    (100, "hundred"),
];

pub(super) fn say(value: &Value) -> Vec<PromptName> {
    let mut line = Line::default();
    match value {
        Value::Digits(digits) => line.digits(digits),
        Value::Number(number) => decimal(&mut line, number),
        Value::Amount(sum) => amount(&mut line, sum),
        Value::Date { year, month, day } => {
            line.push(&format!("month.{month}"));
            line.push(&format!("day.{day}"));
            in_pairs(&mut line, *year);
        }
        Value::Time { hour, minute } => time(&mut line, *hour, *minute),
        Value::Duration(duration) => lasting(&mut line, duration),
    }
    line.0
}

fn number(line: &mut Line, n: u64) {
    if let Some((place, word)) = PLACES.iter().find(|(place, _)| n >= *place) {
        number(line, n / place);
        line.push(word);
        if !n.is_multiple_of(*place) {
            number(line, n % place);
        }
    } else if n > 20 && !n.is_multiple_of(10) {
        line.figure(n / 10 * 10);
        line.figure(n % 10);
    } else {
        line.figure(n);
    }
}

/// A number of things, and their name in singular or plural.
fn counted(line: &mut Line, n: u64, one: &str, many: &str) {
    number(line, n);
    line.push(if n == 1 { one } else { many });
}

fn decimal(line: &mut Line, value: &Decimal) {
    if value.negative {
        line.push("minus");
    }
    number(line, value.whole);
    if !value.decimals.is_empty() {
        line.push("point");
        for digit in &value.decimals {
            line.figure(digit);
        }
    }
}

fn amount(line: &mut Line, value: &Amount) {
    let ([one, many], [hundredth, hundredths]) = match value.currency {
        Currency::Yuan => (["currency.yuan"; 2], ["currency.fen"; 2]),
        Currency::Dollar => (["currency.dollar", "currency.dollars"], ["currency.cent", "currency.cents"]),
        Currency::Euro => (["currency.euro", "currency.euros"], ["currency.cent", "currency.cents"]),
        Currency::HongKongDollar => {
            (["currency.hk_dollar", "currency.hk_dollars"], ["currency.cent", "currency.cents"])
        }
    };
    if value.negative {
        line.push("minus");
    }
    if value.whole > 0 || value.hundredths == 0 {
        counted(line, value.whole, one, many);
    }
    if value.hundredths > 0 {
        if value.whole > 0 {
            line.push("and");
        }
        counted(line, value.hundredths.into(), hundredth, hundredths);
    }
}

/// 1900 to 2199: "nineteen oh five", "two thousand six", "twenty twenty-six", "twenty-one hundred".
fn in_pairs(line: &mut Line, year: u16) {
    let (century, rest) = (year / 100, year % 100);
    if century == 20 && rest < 10 {
        return number(line, year.into());
    }
    number(line, century.into());
    match rest {
        0 => line.push("hundred"),
        1..10 => {
            line.push("oh");
            line.figure(rest);
        }
        _ => number(line, rest.into()),
    }
}

/// By twelve hours. "Twelve a.m." is misheard, so noon and midnight have names.
fn time(line: &mut Line, hour: u8, minute: u8) {
    let on_the_clock = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
    line.figure(on_the_clock);
    match minute {
        0 => {}
        1..10 => {
            line.push("oh");
            line.figure(minute);
        }
        _ => number(line, minute.into()),
    }
    line.push(match (hour, minute) {
        (0, 0) => "midnight",
        (12, 0) => "noon",
        (0..12, _) => "am",
        _ => "pm",
    });
}

fn lasting(line: &mut Line, value: &Duration) {
    let units = [
        (value.days, "day", "days"),
        (value.hours, "hour", "hours"),
        (value.minutes, "minute", "minutes"),
        (value.seconds, "second", "seconds"),
    ];
    for (n, one, many) in units {
        if n > 0 {
            counted(line, n, one, many);
        }
    }
    if line.0.is_empty() {
        counted(line, 0, "second", "seconds");
    }
}
