//! Words that the oracle knows: adverts that are planted, and what texts must say.

/// Adverts as a campaign would write them: none of them is a line of the checker's own list.
pub const SLOGANS: [(&str, &str); 12] = [
    ("zh", "双十一大促火热进行中。"),
    ("zh", "新客户专享特惠利率。"),
    ("zh", "办卡即送精美好礼。"),
    ("zh", "理财产品年化收益高达百分之五。"),
    ("zh", "贷款每万元每天仅需1元。"),
    ("zh", "全国最优惠的信用卡。"),
    ("en", "Ask about our summer promotion."),
    ("en", "New customers enjoy a special offer."),
    ("en", "Get a free gift with every card."),
    ("en", "Earn up to 5% interest with our new product."),
    ("en", "Loans from only $9 a month."),
    ("en", "The best credit card in the country."),
];

/// Is one of the planted adverts in this text?
pub fn slogan_in(text: &str) -> Option<&'static str> {
    SLOGANS.iter().map(|(_, slogan)| *slogan).find(|slogan| text.contains(slogan))
}

/// Does the text say that the call is recorded?
pub fn says_recorded(text: &str) -> bool {
    contains_any(text, &["录音", "record"])
}

/// Does the text say that this key is a person?
pub fn says_person(text: &str, keys: &[&str]) -> bool {
    contains_any(text, &["人工", "客服", "坐席", "person", "agent", "adviser"]) && contains_any(text, keys)
}

pub const ZERO: [&str; 3] = ["0", "零", "zero"];
pub const STAR: [&str; 4] = ["星", "米字", "star", "*"];

pub fn says_complaint(text: &str) -> bool {
    contains_any(text, &["投诉", "complain"])
}

/// Does the text ask for what nobody may hear?
pub fn asks_secret(text: &str) -> bool {
    contains_any(text, &["密码", "卡号", "card number", "pin.", "pin ", "出生日期", "date of birth"])
}

/// Does the text name a language, as a choice does that leads to it?
pub fn names_language(text: &str) -> bool {
    contains_any(text, &["english", "中文", "普通话", "mandarin", "chinese"])
}

pub fn contains_any(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// Is this text written in the script of this language?
pub fn is_written_in(text: &str, language: &str) -> bool {
    let han = text.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count();
    let latin = text.chars().filter(|c| c.is_ascii_alphabetic()).count();
    match language.split('-').next() {
        Some("zh") => han > 0 || latin == 0,
        Some("en") => latin > 0 || han == 0,
        _ => true,
    }
}
