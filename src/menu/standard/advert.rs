//! No advertising on the main menu, in any language, nor before the first choice.

use crate::config::finding::Severity;
use crate::menu::draft::{Book, MenuDraft};
use crate::menu::model::PromptKind;
use crate::menu::report::{Report, Rule};

pub const NO_ADVERT: Rule = Rule {
    id: "no-advert",
    source: "CBA-10c",
    severity: Severity::Error,
    explanation: "Who calls a bank about a lost card must not be sold anything first.",
};

/// Reviewed words of campaigns, by language.
const WORDS: [(&str, &[&str]); 2] = [
    (
        "zh",
        &[
            "优惠",
            "促销",
            "特惠",
            "限时",
            "抽奖",
            "中奖",
            "赠送",
            "好礼",
            "大礼",
            "返现",
            "折扣",
            "打折",
            "秒杀",
            "抢购",
            "免费领",
            "立减",
            "满减",
            "钜惠",
            "巨惠",
            "特价",
            "超值",
            "高收益",
            "年化",
            "热销",
            "独家",
            "推荐您办理",
            "火热",
        ],
    ),
    (
        "en",
        &[
            "special offer",
            "limited time",
            "limited-time",
            "discount",
            "promotion",
            "bonus",
            "cashback",
            "cash back",
            "win a",
            "prize",
            "free gift",
            "best rate",
            "exclusive",
            "on sale",
            "% off",
            "percent off",
            "half price",
            "hurry",
            "don't miss",
            "act now",
            "new product",
            "sign up today",
        ],
    ),
];

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        check_menu(book, menu, report);
    }
    for (name, speech) in &book.system.texts {
        for text in speech.texts.values() {
            if let Some(word) = campaign_word(&text.value) {
                let message = format!("`{name}` sounds like advertising: \"{word}\"");
                report.add(&NO_ADVERT, &text.spot, message, "System prompts inform and nothing else.");
            }
        }
    }
}

fn check_menu(book: &Book, menu: &MenuDraft, report: &mut Report<'_>) {
    let help = "Remove it; advertising may at most be an information that a caller chooses in a submenu.";
    let is_main = book.is_main(&menu.id);
    let before_first_choice = |kind: PromptKind| {
        matches!(
            kind,
            PromptKind::Notice | PromptKind::Greeting | PromptKind::Choice | PromptKind::Announcement
        )
    };
    // What plays by itself: everything of a main menu but the information asked for.
    let asked_for: Vec<String> =
        menu.information.iter().map(|node| format!("{}.{}", menu.id, node.name.value)).collect();
    for (name, speech, kind) in menu.speeches().into_iter().filter(|_| is_main) {
        if kind == PromptKind::Advert && !asked_for.contains(&name) {
            let message = format!("`{name}` is an advert on the main menu");
            report.add(&NO_ADVERT, &speech.spot, message, help);
            continue;
        }
        for text in speech.texts.values().filter(|_| before_first_choice(kind)) {
            if let Some(word) = campaign_word(&text.value) {
                let message = format!("`{name}` sounds like advertising: \"{word}\"");
                report.add(&NO_ADVERT, &text.spot, message, help);
            }
        }
    }
}

/// Texts may quote another language, so every list is looked through.
pub fn campaign_word(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    WORDS.iter().flat_map(|(_, words)| words.iter()).copied().find(|word| contains_word(&lower, word))
}

fn contains_word(text: &str, word: &str) -> bool {
    let alphabetic = word.starts_with(|c: char| c.is_ascii_alphabetic());
    text.match_indices(word).any(|(at, _)| {
        !alphabetic || !text[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphabetic())
    })
}
