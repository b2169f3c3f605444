//! Tables of English.

use super::super::Kind;
use super::super::Voice::English;
use super::check;

#[test]
fn digits() {
    check(
        Kind::Digits,
        English,
        &[
            ("0", "zero"),
            ("0123", "zero one two three"),
            ("2024", "two zero two four"),
            ("95588", "nine five five eight eight"),
        ],
    );
}

#[test]
fn numbers() {
    check(
        Kind::Number,
        English,
        &[
            ("0", "zero"),
            ("-0", "zero"),
            ("1", "one"),
            ("2", "two"),
            ("10", "ten"),
            ("13", "thirteen"),
            ("20", "twenty"),
            ("22", "twenty-two"),
            ("99", "ninety-nine"),
            ("100", "one hundred"),
            ("101", "one hundred one"),
            ("110", "one hundred ten"),
            ("115", "one hundred fifteen"),
            ("200", "two hundred"),
            ("999", "nine hundred ninety-nine"),
            ("1000", "one thousand"),
            ("1001", "one thousand one"),
            ("1100", "one thousand one hundred"),
            ("10010", "ten thousand ten"),
            ("-12345", "minus twelve thousand three hundred forty-five"),
            ("20000", "twenty thousand"),
            ("21000", "twenty-one thousand"),
            ("100000", "one hundred thousand"),
            ("100020", "one hundred thousand twenty"),
            ("1000000", "one million"),
            ("1000001", "one million one"),
            ("100000000", "one hundred million"),
            ("100000001", "one hundred million one"),
            ("200000000", "two hundred million"),
            ("1000000000", "one billion"),
            ("1000000000000", "one trillion"),
            ("-1000000000000", "minus one trillion"),
            ("1234567", "one million two hundred thirty-four thousand five hundred sixty-seven"),
            ("3.14", "three point one four"),
            ("0.05", "zero point zero five"),
            ("-20.50", "minus twenty point five zero"),
        ],
    );
}

#[test]
fn amounts() {
    check(
        Kind::Amount,
        English,
        &[
            ("0", "zero yuan"),
            ("-0.00", "zero yuan"),
            ("0.01", "one fen"),
            ("0.10", "ten fen"),
            ("0.5", "fifty fen"),
            ("1", "one yuan"),
            ("100.00", "one hundred yuan"),
            ("10.05", "ten yuan and five fen"),
            ("1234.50", "one thousand two hundred thirty-four yuan and fifty fen"),
            ("CNY 1234.50", "one thousand two hundred thirty-four yuan and fifty fen"),
            ("-88.80", "minus eighty-eight yuan and eighty fen"),
            ("CNY -0.01", "minus one fen"),
            ("USD 0", "zero dollars"),
            ("USD 1.01", "one dollar and one cent"),
            ("USD 2.02", "two dollars and two cents"),
            ("USD 0.99", "ninety-nine cents"),
            ("USD 101.00", "one hundred one dollars"),
            ("EUR 1.00", "one euro"),
            ("EUR 21.21", "twenty-one euros and twenty-one cents"),
            ("HKD 1.00", "one Hong Kong dollar"),
            ("HKD 1234.50", "one thousand two hundred thirty-four Hong Kong dollars and fifty cents"),
            ("1000000000000", "one trillion yuan"),
        ],
    );
}

#[test]
fn dates() {
    check(
        Kind::Date,
        English,
        &[
            ("2026-11-22", "November twenty-second, twenty twenty-six"),
            ("20261122", "November twenty-second, twenty twenty-six"),
            ("1900-01-01", "January first, nineteen hundred"),
            ("1905-03-03", "March third, nineteen oh five"),
            ("1999-12-31", "December thirty-first, nineteen ninety-nine"),
            ("2000-02-29", "February twenty-ninth, two thousand"),
            ("2006-05-12", "May twelfth, two thousand six"),
            ("2010-08-20", "August twentieth, twenty ten"),
            ("2020-04-30", "April thirtieth, twenty twenty"),
            ("2024-02-29", "February twenty-ninth, twenty twenty-four"),
            ("2099-06-05", "June fifth, twenty ninety-nine"),
            ("2100-07-08", "July eighth, twenty-one hundred"),
            ("2101-09-09", "September ninth, twenty-one oh one"),
            ("2121-10-11", "October eleventh, twenty-one twenty-one"),
        ],
    );
}

#[test]
fn times() {
    check(
        Kind::Time,
        English,
        &[
            ("00:00", "twelve midnight"),
            ("00:01", "twelve oh one a.m."),
            ("00:30", "twelve thirty a.m."),
            ("01:00", "one a.m."),
            ("09:05", "nine oh five a.m."),
            ("10:10", "ten ten a.m."),
            ("11:59", "eleven fifty-nine a.m."),
            ("12:00", "twelve noon"),
            ("12:01", "twelve oh one p.m."),
            ("13:00", "one p.m."),
            ("15:30", "three thirty p.m."),
            ("23:59", "eleven fifty-nine p.m."),
        ],
    );
}

#[test]
fn durations() {
    check(
        Kind::Duration,
        English,
        &[
            ("0", "zero seconds"),
            ("1", "one second"),
            ("2", "two seconds"),
            ("60", "one minute"),
            ("61", "one minute one second"),
            ("120", "two minutes"),
            ("3600", "one hour"),
            ("3605", "one hour five seconds"),
            ("3725", "one hour two minutes five seconds"),
            ("7320", "two hours two minutes"),
            ("86399", "twenty-three hours fifty-nine minutes fifty-nine seconds"),
            ("86400", "one day"),
            ("86429", "one day"),
            ("86430", "one day one minute"),
            ("90061", "one day one hour one minute"),
            ("172799", "two days"),
            ("8640000", "one hundred days"),
        ],
    );
}
