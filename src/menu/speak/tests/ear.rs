//! An ear: understands what is said, knowing nothing of how it was made.
//!
//! Deliberately lenient where people are (十五 and 一十五 are both 15); how a number must be put
//! is held against [`schoolbook`].

/// A Mandarin whole number.
pub fn mandarin_number(text: &str) -> Option<u64> {
    let (mut total, mut section, mut digit) = (0u64, 0u64, None);
    for c in text.chars() {
        match c {
            '十' | '百' | '千' => {
                let place = match c {
                    '十' => 10,
                    '百' => 100,
                    _ => 1000,
                };
                section += digit.take().filter(|d| *d > 0).unwrap_or(1) * place;
            }
            '万' => total += (std::mem::take(&mut section) + digit.take().unwrap_or(0)) * 10_000,
            '亿' => {
                total = (total + std::mem::take(&mut section) + digit.take().unwrap_or(0)) * 100_000_000;
            }
            _ => digit = Some(mandarin_digit(c)?),
        }
    }
    Some(total + section + digit.unwrap_or(0))
}

pub fn mandarin_digit(c: char) -> Option<u64> {
    let digit = "零一二三四五六七八九".chars().position(|known| known == c);
    digit.map(|d| d as u64).or(match c {
        '两' => Some(2),
        '幺' => Some(1),
        _ => None,
    })
}

/// Numbers before units, largest first: `text` of "一元零五分" and units 元, 角, 分 is 1, 0, 5.
pub fn mandarin_units(text: &str, units: &[&str]) -> Option<Vec<u64>> {
    let mut rest = text;
    let mut numbers = Vec::new();
    for unit in units {
        numbers.push(match rest.split_once(unit) {
            Some((number, after)) => {
                rest = after;
                mandarin_number(number)?
            }
            None => 0,
        });
    }
    rest.is_empty().then_some(numbers)
}

/// How school teaches to write a number: digit and place, zeros of a group's end silent, other runs
/// of zeros one 零, a leading 一十 is 十, a leading 二 before a place is 两.
pub fn schoolbook(n: u64) -> String {
    let figures = n.to_string();
    let groups: Vec<&[u8]> = figures.as_bytes().rchunks(4).collect();
    let mut text = String::new();
    for (rank, group) in groups.iter().enumerate().rev() {
        let mut said = String::new();
        for (at, digit) in group.iter().enumerate() {
            said.push("零一二三四五六七八九".chars().nth(usize::from(digit - b'0')).unwrap());
            if *digit != b'0' {
                said.push_str(["", "十", "百", "千"][group.len() - 1 - at]);
            }
        }
        let spoken = said.trim_end_matches('零');
        text.push_str(if spoken.is_empty() { "零" } else { spoken });
        match rank {
            1 | 3 if !spoken.is_empty() => text.push('万'),
            2 => text.push('亿'),
            _ => {}
        }
    }
    text = text.replace("零亿", "亿");
    while text.contains("零零") {
        text = text.replace("零零", "零");
    }
    if text.chars().count() > 1 {
        text = text.trim_end_matches('零').to_owned();
    }
    if let Some(rest) = text.strip_prefix("一十") {
        return format!("十{rest}");
    }
    for place in ['百', '千', '万', '亿'] {
        if let Some(rest) = text.strip_prefix(&format!("二{place}")) {
            return format!("两{place}{rest}");
        }
    }
    text
}

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// A word of an English number below a hundred: "seven", "forty", "forty-seven".
pub fn english_word(word: &str) -> Option<u64> {
    let find = |list: &[&str], word: &str| list.iter().position(|w| *w == word).map(|n| n as u64);
    match word.split_once('-') {
        Some((tens, unit)) => {
            let unit = find(&SMALL[..10], unit).filter(|unit| *unit > 0)?;
            Some(find(&TENS[2..], tens)? * 10 + 20 + unit)
        }
        None => find(&SMALL, word).or_else(|| Some(find(&TENS[2..], word)? * 10 + 20)),
    }
}

/// An English whole number. Strict: places fall, nothing is said twice.
pub fn english_number(text: &str) -> Option<u64> {
    let (mut total, mut group, mut bound, mut hundred) = (0u64, None::<u64>, u64::MAX, false);
    for word in text.split(' ') {
        let place = match word {
            "thousand" => 1000,
            "million" => 1_000_000,
            "billion" => 1_000_000_000,
            "trillion" => 1_000_000_000_000,
            "hundred" => {
                group = Some(group.filter(|n| (1..10).contains(n) && !hundred)? * 100);
                hundred = true;
                continue;
            }
            _ => {
                let n = english_word(word)?;
                group = match group {
                    None => Some(n),
                    Some(hundreds) if hundreds % 100 == 0 && hundreds > 0 && n > 0 => Some(hundreds + n),
                    Some(_) => return None,
                };
                continue;
            }
        };
        if place >= bound {
            return None;
        }
        bound = place;
        hundred = false;
        total += group.take().filter(|n| *n > 0)? * place;
    }
    match group {
        None => (total > 0).then_some(total),
        Some(0) => (total == 0).then_some(0),
        Some(n) => Some(total + n),
    }
}
