//! The set: every piece that values are said with, and its text in each voice.
//!
//! A piece is a word or a short phrase that can be recorded by itself. Some are said in one voice
//! only; they have a text in both, because every prompt exists in every language (CBA-9).

use super::Kind;

pub(super) struct Piece {
    pub name: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Kinds whose values need it, in either voice.
    pub kinds: &'static [Kind],
}

const ALL: &[Kind] = &Kind::ALL;
const COUNTED: &[Kind] = &[Kind::Number, Kind::Amount, Kind::Date, Kind::Time, Kind::Duration];
const NOT_TIMES: &[Kind] = &[Kind::Number, Kind::Amount, Kind::Date, Kind::Duration];
const SUMS: &[Kind] = &[Kind::Number, Kind::Amount];

const fn piece(name: &'static str, zh: &'static str, en: &'static str, kinds: &'static [Kind]) -> Piece {
    Piece { name, zh, en, kinds }
}

pub(super) const PIECES: [Piece; 111] = [
    // Figures. Whole words where both languages have them, which sounds better than parts.
    piece("say.0", "零", "zero", ALL),
    piece("say.1", "一", "one", COUNTED),
    piece("say.2", "二", "two", ALL),
    piece("say.3", "三", "three", ALL),
    piece("say.4", "四", "four", ALL),
    piece("say.5", "五", "five", ALL),
    piece("say.6", "六", "six", ALL),
    piece("say.7", "七", "seven", ALL),
    piece("say.8", "八", "eight", ALL),
    piece("say.9", "九", "nine", ALL),
    piece("say.10", "十", "ten", COUNTED),
    piece("say.11", "十一", "eleven", COUNTED),
    piece("say.12", "十二", "twelve", COUNTED),
    piece("say.13", "十三", "thirteen", COUNTED),
    piece("say.14", "十四", "fourteen", COUNTED),
    piece("say.15", "十五", "fifteen", COUNTED),
    piece("say.16", "十六", "sixteen", COUNTED),
    piece("say.17", "十七", "seventeen", COUNTED),
    piece("say.18", "十八", "eighteen", COUNTED),
    piece("say.19", "十九", "nineteen", COUNTED),
    piece("say.20", "二十", "twenty", COUNTED),
    piece("say.30", "三十", "thirty", COUNTED),
    piece("say.40", "四十", "forty", COUNTED),
    piece("say.50", "五十", "fifty", COUNTED),
    piece("say.60", "六十", "sixty", NOT_TIMES),
    piece("say.70", "七十", "seventy", NOT_TIMES),
    piece("say.80", "八十", "eighty", NOT_TIMES),
    piece("say.90", "九十", "ninety", NOT_TIMES),
    // 幺 in telephone numbers, 两 before measure words and at the head of a number.
    piece("say.1.digit", "幺", "one", &[Kind::Digits]),
    piece("say.2.counting", "两", "two", &[Kind::Number, Kind::Amount, Kind::Time, Kind::Duration]),
    // Places.
    piece("say.hundred", "百", "hundred", NOT_TIMES),
    piece("say.thousand", "千", "thousand", &[Kind::Number, Kind::Amount, Kind::Date]),
    piece("say.ten_thousand", "万", "ten thousand", SUMS),
    piece("say.million", "百万", "million", SUMS),
    piece("say.hundred_million", "亿", "hundred million", SUMS),
    piece("say.billion", "十亿", "billion", SUMS),
    piece("say.trillion", "万亿", "trillion", SUMS),
    piece("say.minus", "负", "minus", SUMS),
    piece("say.point", "点", "point", &[Kind::Number]),
    piece("say.oh", "零", "oh", &[Kind::Date, Kind::Time]),
    // Amounts.
    piece("say.and", "又", "and", &[Kind::Amount]),
    piece("say.currency.yuan", "元", "yuan", &[Kind::Amount]),
    piece("say.currency.jiao", "角", "jiao", &[Kind::Amount]),
    piece("say.currency.fen", "分", "fen", &[Kind::Amount]),
    piece("say.currency.dollar", "美元", "dollar", &[Kind::Amount]),
    piece("say.currency.dollars", "美元", "dollars", &[Kind::Amount]),
    piece("say.currency.cent", "美分", "cent", &[Kind::Amount]),
    piece("say.currency.cents", "美分", "cents", &[Kind::Amount]),
    piece("say.currency.euro", "欧元", "euro", &[Kind::Amount]),
    piece("say.currency.euros", "欧元", "euros", &[Kind::Amount]),
    piece("say.currency.euro_cent", "欧分", "euro cent", &[Kind::Amount]),
    piece("say.currency.hk_dollar", "港元", "Hong Kong dollar", &[Kind::Amount]),
    piece("say.currency.hk_dollars", "港元", "Hong Kong dollars", &[Kind::Amount]),
    // Dates.
    piece("say.year", "年", "year", &[Kind::Date]),
    piece("say.month.1", "一月", "January", &[Kind::Date]),
    piece("say.month.2", "二月", "February", &[Kind::Date]),
    piece("say.month.3", "三月", "March", &[Kind::Date]),
    piece("say.month.4", "四月", "April", &[Kind::Date]),
    piece("say.month.5", "五月", "May", &[Kind::Date]),
    piece("say.month.6", "六月", "June", &[Kind::Date]),
    piece("say.month.7", "七月", "July", &[Kind::Date]),
    piece("say.month.8", "八月", "August", &[Kind::Date]),
    piece("say.month.9", "九月", "September", &[Kind::Date]),
    piece("say.month.10", "十月", "October", &[Kind::Date]),
    piece("say.month.11", "十一月", "November", &[Kind::Date]),
    piece("say.month.12", "十二月", "December", &[Kind::Date]),
    piece("say.day.1", "一日", "first", &[Kind::Date]),
    piece("say.day.2", "二日", "second", &[Kind::Date]),
    piece("say.day.3", "三日", "third", &[Kind::Date]),
    piece("say.day.4", "四日", "fourth", &[Kind::Date]),
    piece("say.day.5", "五日", "fifth", &[Kind::Date]),
    piece("say.day.6", "六日", "sixth", &[Kind::Date]),
    piece("say.day.7", "七日", "seventh", &[Kind::Date]),
    piece("say.day.8", "八日", "eighth", &[Kind::Date]),
    piece("say.day.9", "九日", "ninth", &[Kind::Date]),
    piece("say.day.10", "十日", "tenth", &[Kind::Date]),
    piece("say.day.11", "十一日", "eleventh", &[Kind::Date]),
    piece("say.day.12", "十二日", "twelfth", &[Kind::Date]),
    piece("say.day.13", "十三日", "thirteenth", &[Kind::Date]),
    piece("say.day.14", "十四日", "fourteenth", &[Kind::Date]),
    piece("say.day.15", "十五日", "fifteenth", &[Kind::Date]),
    piece("say.day.16", "十六日", "sixteenth", &[Kind::Date]),
    piece("say.day.17", "十七日", "seventeenth", &[Kind::Date]),
    piece("say.day.18", "十八日", "eighteenth", &[Kind::Date]),
    piece("say.day.19", "十九日", "nineteenth", &[Kind::Date]),
    piece("say.day.20", "二十日", "twentieth", &[Kind::Date]),
    piece("say.day.21", "二十一日", "twenty-first", &[Kind::Date]),
    piece("say.day.22", "二十二日", "twenty-second", &[Kind::Date]),
    piece("say.day.23", "二十三日", "twenty-third", &[Kind::Date]),
    piece("say.day.24", "二十四日", "twenty-fourth", &[Kind::Date]),
    piece("say.day.25", "二十五日", "twenty-fifth", &[Kind::Date]),
    piece("say.day.26", "二十六日", "twenty-sixth", &[Kind::Date]),
    piece("say.day.27", "二十七日", "twenty-seventh", &[Kind::Date]),
    piece("say.day.28", "二十八日", "twenty-eighth", &[Kind::Date]),
    piece("say.day.29", "二十九日", "twenty-ninth", &[Kind::Date]),
    piece("say.day.30", "三十日", "thirtieth", &[Kind::Date]),
    piece("say.day.31", "三十一日", "thirty-first", &[Kind::Date]),
    // Times of day.
    piece("say.oclock", "点", "o'clock", &[Kind::Time]),
    piece("say.exactly", "整", "exactly", &[Kind::Time]),
    piece("say.am", "上午", "a.m.", &[Kind::Time]),
    piece("say.pm", "下午", "p.m.", &[Kind::Time]),
    piece("say.noon", "中午", "noon", &[Kind::Time]),
    piece("say.midnight", "午夜", "midnight", &[Kind::Time]),
    // Durations; a minute also in times.
    piece("say.day", "天", "day", &[Kind::Duration]),
    piece("say.days", "天", "days", &[Kind::Duration]),
    piece("say.hour", "小时", "hour", &[Kind::Duration]),
    piece("say.hours", "小时", "hours", &[Kind::Duration]),
    piece("say.minute", "分", "minute", &[Kind::Time, Kind::Duration]),
    piece("say.minutes", "分钟", "minutes", &[Kind::Duration]),
    piece("say.second", "秒", "second", &[Kind::Duration]),
    piece("say.seconds", "秒", "seconds", &[Kind::Duration]),
];
