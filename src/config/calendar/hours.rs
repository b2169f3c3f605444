//! Hours as people write them, `09:00-17:00`, and as minutes of a day.

/// Minutes of a day.
pub(super) const DAY: u16 = 1_440;

/// From `begin` until before `end`, in minutes since the midnight at which the day begins. An `end`
/// beyond [`DAY`] lies on the next day; no span is longer than a day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Span {
    pub begin: u16,
    pub end: u16,
}

impl Span {
    pub fn contains(self, minute: u16) -> bool {
        (self.begin..self.end).contains(&minute)
    }

    pub fn overlaps(self, other: Span) -> bool {
        self.begin < other.end && other.begin < self.end
    }

    /// What reaches into the next day, counted from that day's midnight.
    pub fn beyond_midnight(self) -> Option<Span> {
        let end = self.end.checked_sub(DAY).filter(|end| *end > 0)?;
        Some(Span { begin: 0, end })
    }
}

/// Why a text is no hours: what is wrong and what to do.
pub(super) type Wrong = (String, &'static str);

const HELP: &str = "Write e.g. `09:00-17:00`, `22:00-06:00` over midnight, or `24 h`.";

/// `09:00-17:00`, `22:00-06:00`, `24 h`. Dashes and colons as a Chinese keyboard gives them will do.
pub(super) fn parse(text: &str) -> Result<Span, Wrong> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '：' => ':',
            '–' | '—' | '－' | '~' | '～' => '-',
            other => other,
        })
        .collect();
    if plain == "24h" {
        return Ok(Span { begin: 0, end: DAY });
    }
    let wrong = || (format!("`{text}` are no hours."), HELP);
    let (begin, end) = plain.split_once('-').ok_or_else(wrong)?;
    let (Some(begin), Some(end)) = (time(begin), time(end)) else {
        return Err(wrong());
    };
    if begin == DAY {
        return Err((format!("`{text}` begins when the day is over."), "Begin at `00:00` of the next day."));
    }
    if begin == end {
        return Err((
            format!("`{text}` begins when it ends."),
            "Write `24 h` for a whole day from midnight to midnight, or `[]` for closed.",
        ));
    }
    let end = if end < begin { end + DAY } else { end };
    Ok(Span { begin, end })
}

/// `00:00` to `24:00`.
fn time(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let is_number = |digits: &str, least: usize| {
        (least..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    if !is_number(hour, 1) || !is_number(minute, 2) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        for (text, begin, end) in [
            ("09:00-17:30", 540, 1_050),
            ("9:00 - 17:30", 540, 1_050),
            ("22:00-06:00", 1_320, 1_800),
            ("18:00-24:00", 1_080, 1_440),
            ("18:00-00:00", 1_080, 1_440),
            ("00:00-24:00", 0, 1_440),
            ("24 h", 0, 1_440),
            ("09：00－17：30", 540, 1_050),
        ] {
            assert_eq!(parse(text), Ok(Span { begin, end }), "{text}");
        }
    }

    #[test]
    fn what_is_no_hours_is_refused() {
        for text in ["", "-", "9-17", "09:00", "09:00-25:00", "09:60-10:00", "24:30-01:00", "24:00-06:00"] {
            assert!(parse(text).is_err(), "{text}");
        }
        for text in ["08:00-08:00", "00:00-00:00", "0900-1700", "+9:00-17:00", "09:0-17:00", "009:00-17:00"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
