//! Is what was keyed in of the wanted form? Says nothing about whether it exists.

pub use crate::menu::draft::Form;
use crate::menu::speak::Kind;

/// Do these digits have the form? Their number is checked by the step itself.
pub fn fits(form: Form, digits: &str) -> bool {
    match form {
        Form::Digits => only_digits(digits),
        Form::Amount => amount(digits),
        Form::Card => only_digits(digits) && (12..=19).contains(&digits.len()) && luhn(digits),
        Form::Date => only_digits(digits) && date(digits),
    }
}

/// How digits of this form are read back.
pub fn spoken_as(form: Form) -> Kind {
    match form {
        Form::Digits | Form::Card => Kind::Digits,
        Form::Date => Kind::Date,
        Form::Amount => Kind::Amount,
    }
}

/// What was keyed in as it is sent, carried on and spoken: the star of an amount is a point.
pub fn machine(form: Form, digits: &str) -> String {
    match form {
        Form::Amount => digits.replace('*', ".").trim_end_matches('.').to_owned(),
        Form::Digits | Form::Card | Form::Date => digits.to_owned(),
    }
}

fn only_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Most digits before the point: values up to a trillion are spoken.
const MOST_WHOLE: usize = 12;

/// `250`, `250*`, `250*5`, `250*50`: also with a point for the star.
fn amount(text: &str) -> bool {
    let (whole, rest) = text.split_once(['*', '.']).unwrap_or((text, ""));
    only_digits(whole)
        && whole.len() <= MOST_WHOLE
        && rest.len() <= 2
        && (rest.is_empty() || only_digits(rest))
}

/// ISO/IEC 7812-1 annex B: every second digit from the right doubled, digit sums, a multiple of 10.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, b)| {
            let digit = u32::from(b - b'0');
            let doubled = if place % 2 == 1 { digit * 2 } else { digit };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// YYYYMMDD of the Gregorian calendar, 1900 to 2199.
fn date(digits: &str) -> bool {
    let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(4..6), number(6..8)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    };
    digits.len() == 8 && (1900..2200).contains(&year) && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::menu::speak::{Voice, speak};
    use proptest::prelude::*;

    #[test]
    fn forms_are_told_apart() {
        for (form, good, bad) in [
            (Form::Digits, "0", ""),
            (Form::Digits, "123456", "12a"),
            (Form::Card, "4539578763621486", "4539578763621487"),
            (Form::Date, "20240229", "20230229"),
            (Form::Date, "19991231", "19991301"),
            (Form::Amount, "250", "*50"),
            (Form::Amount, "250*", "250**"),
            (Form::Amount, "250*5", "250*5*"),
            (Form::Amount, "0.50", "0.505"),
            (Form::Amount, "999999999999", "9999999999999"),
        ] {
            assert!(fits(form, good), "{form:?} {good}");
            assert!(!fits(form, bad), "{form:?} {bad}");
        }
    }

    #[test]
    fn what_fits_can_be_read_back() {
        for (form, digits) in [
            (Form::Digits, "0123"),
            (Form::Date, "20240229"),
            (Form::Amount, "250*50"),
            (Form::Amount, "250*"),
            (Form::Amount, "999999999999"),
        ] {
            let said = speak(spoken_as(form), &machine(form, digits), Voice::Mandarin);
            assert!(said.is_some_and(|said| !said.is_empty()), "{form:?} {digits}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_of_a_card_is_always_noticed(
            body in prop::collection::vec(0u8..10, 15),
            place in 0usize..16,
            change in 1u8..10,
        ) {
            let text = |digits: &[u8]| digits.iter().map(|d| char::from(b'0' + d)).collect::<String>();
            let card = (0..10)
                .map(|check| [body.as_slice(), &[check]].concat())
                .find(|digits| fits(Form::Card, &text(digits)))
                .unwrap();
            let mut wrong = card.clone();
            wrong[place] = (wrong[place] + change) % 10;
            prop_assert!(!fits(Form::Card, &text(&wrong)));
        }

        #[test]
        fn any_text_is_answered(text in ".{0,24}") {
            for form in [Form::Digits, Form::Card, Form::Date, Form::Amount] {
                fits(form, &text);
            }
        }
    }
}
