//! Secrets are collected as secrets, so that no recording and no log holds them.

use crate::config::finding::Severity;
use crate::menu::draft::{Book, Form};
use crate::menu::report::{Report, Rule};
use crate::menu::standard::told::Told;

pub const SECRET: Rule = Rule {
    id: "secret-declared",
    source: "CBA-35d",
    severity: Severity::Error,
    explanation: "PINs and card numbers reach no recording, journal or log: the step says secret = true.",
};
pub const SECRET_TOLD: Told = Told::hard(
    &SECRET,
    r#"# menus/loans.toml
[information.apply]
text = { zh-CN = "请准备密码。", en-US = "Have your PIN ready." }
leads_to = { collect = "code" }
[collect.code]
text = { zh-CN = "请输入六位密码。", en-US = "Please enter your six-digit PIN." }
min = 6
max = 6
leads_to = { queue = "general" }
"#,
    r#"# menus/loans.toml
[information.apply]
text = { zh-CN = "请准备密码。", en-US = "Have your PIN ready." }
leads_to = { collect = "code" }
[collect.code]
text = { zh-CN = "请输入六位密码。", en-US = "Please enter your six-digit PIN." }
min = 6
max = 6
secret = true
leads_to = { queue = "general" }
"#,
);

const WORDS: [&str; 9] =
    ["密码", "密碼", "卡号", "卡號", "验证码", "password", "card number", "passcode", "security code"];

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        for node in menu.collects.iter().filter(|node| !node.secret) {
            let texts = node.text.iter().flat_map(|speech| speech.texts.values());
            let says_so = texts.map(|text| text.value.as_str()).any(sounds_secret);
            if node.form == Form::Card || says_so {
                let message = format!("step `{}` asks for a secret and is not declared one", node.name.value);
                report.add(&SECRET, &node.name.spot, message, "Add secret = true.");
            }
        }
    }
}

fn sounds_secret(text: &str) -> bool {
    let lower = text.to_lowercase();
    let pin = lower.split(|c: char| !c.is_alphanumeric()).any(|word| word == "pin");
    pin || WORDS.iter().any(|word| lower.contains(word))
}
