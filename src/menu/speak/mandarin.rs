//! Mandarin (zh-CN) as it is said: 两 and 二, 零 between places, 万 and 亿.
//!
//! 两 stands where a number begins with 2 of 百, 千, 万, 亿 (两千二百) and where exactly 2 of
//! something are counted (两分, 两元); 二 everywhere else, also after 零 (零二分).
//! A number begins with 十 (十五), but goes on with 一十 (一百一十五).

use crate::menu::api::PromptName;

use super::Line;
use super::value::{Amount, Currency, Decimal, Duration, Value};

/// Places with a word of their own. Between two said places 零 stands for those skipped: always
/// when the rest is below a tenth of the place.
const PLACES: [(u64, &str); 4] =
    [(100_000_000, "hundred_million"), (10_000, "ten_thousand"), (1000, "thousand"), (100, "hundred")];

/// Is this where the number begins?
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Head,
    Middle,
}

pub(super) fn say(value: &Value) -> Vec<PromptName> {
    let mut line = Line::default();
    match value {
        Value::Digits(digits) => line.digits(digits),
        Value::Number(number) => decimal(&mut line, number),
        Value::Amount(sum) => amount(&mut line, sum),
        Value::Date { year, month, day } => {
            for digit in [year / 1000, year / 100 % 10, year / 10 % 10, year % 10] {
                line.figure(digit);
            }
            line.push("year");
            line.push(&format!("month.{month}"));
            line.push(&format!("day.{day}"));
        }
        Value::Time { hour, minute } => time(&mut line, *hour, *minute),
        Value::Duration(duration) => lasting(&mut line, duration),
    }
    line.0
}

fn number(line: &mut Line, n: u64, at: At) {
    let Some((place, word)) = PLACES.iter().find(|(place, _)| n >= *place) else {
        return below_hundred(line, n, at);
    };
    let (head, rest) = (n / place, n % place);
    if head == 2 && at == At::Head {
        line.push("2.counting");
    } else {
        number(line, head, at);
    }
    line.push(word);
    if rest > 0 {
        if rest < place / 10 {
            line.figure(0);
        }
        number(line, rest, At::Middle);
    }
}

fn below_hundred(line: &mut Line, n: u64, at: At) {
    match (n, at) {
        (10..20, At::Middle) => {
            line.figure(1);
            line.figure(n);
        }
        (20.., _) => {
            line.figure(n / 10 * 10);
            if !n.is_multiple_of(10) {
                line.figure(n % 10);
            }
        }
        _ => line.figure(n),
    }
}

/// A number before a measure word.
fn counted(line: &mut Line, n: u64) {
    match n {
        2 => line.push("2.counting"),
        _ => number(line, n, At::Head),
    }
}

fn decimal(line: &mut Line, value: &Decimal) {
    if value.negative {
        line.push("minus");
    }
    number(line, value.whole, At::Head);
    if !value.decimals.is_empty() {
        line.push("point");
        for digit in &value.decimals {
            line.figure(digit);
        }
    }
}

/// Yuan and Hong Kong dollars by 角 and 分, as they are counted; others by hundredths.
fn amount(line: &mut Line, value: &Amount) {
    if value.negative {
        line.push("minus");
    }
    if value.whole > 0 || value.hundredths == 0 {
        counted(line, value.whole);
        line.push(match value.currency {
            Currency::Yuan => "currency.yuan",
            Currency::Dollar => "currency.dollar",
            Currency::Euro => "currency.euro",
            Currency::HongKongDollar => "currency.hk_dollar",
        });
    }
    match value.currency {
        Currency::Yuan | Currency::HongKongDollar => {
            let (jiao, fen) = (value.hundredths / 10, value.hundredths % 10);
            if jiao > 0 {
                counted(line, jiao.into());
                line.push("currency.jiao");
            }
            small(line, fen, value.whole > 0 && jiao == 0, "currency.fen");
        }
        Currency::Dollar => small(line, value.hundredths, value.whole > 0, "currency.cent"),
        Currency::Euro => small(line, value.hundredths, value.whole > 0, "currency.euro_cent"),
    }
}

/// The last part of an amount; after a skipped place (十元零五分) with 零.
fn small(line: &mut Line, n: u8, after_whole: bool, unit: &str) {
    if n == 0 {
        return;
    }
    if n < 10 && after_whole {
        line.figure(0);
        line.figure(n);
    } else {
        counted(line, n.into());
    }
    line.push(unit);
}

/// By 24 hours, which needs no word for the part of the day: 十五点三十分, 九点整.
fn time(line: &mut Line, hour: u8, minute: u8) {
    counted(line, hour.into());
    line.push("oclock");
    match minute {
        0 => return line.push("exactly"),
        1..10 => line.figure(0),
        _ => {}
    }
    number(line, minute.into(), At::Head);
    line.push("minute");
}

/// 分 before seconds, else 分钟; 零 for a unit left out between two that are said.
fn lasting(line: &mut Line, value: &Duration) {
    let minute = if value.seconds > 0 { "minute" } else { "minutes" };
    let units =
        [(value.days, "day"), (value.hours, "hour"), (value.minutes, minute), (value.seconds, "second")];
    let mut last_said = None;
    for (place, (n, unit)) in units.into_iter().enumerate() {
        if n > 0 {
            if last_said.is_some_and(|last| last + 1 < place) {
                line.figure(0);
            }
            counted(line, n);
            line.push(unit);
            last_said = Some(place);
        }
    }
    if last_said.is_none() {
        line.figure(0);
        line.push("second");
    }
}
