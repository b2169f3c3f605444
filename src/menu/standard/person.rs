//! Behind key 0, silence and wrong keys there is a person, in every menu.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};
use crate::menu::standard::told::Told;

pub const PERSON_REACHABLE: Rule = Rule {
    id: "person-reachable",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "Every caller can reach a person from any point, by one key or by doing nothing.",
};
pub const PERSON_REACHABLE_TOLD: Told = Told::hard(
    &PERSON_REACHABLE,
    r#"# menus/main.toml, whole
notice = { zh-CN = "本次通话将被录音。", en-US = "This call is recorded." }
greeting = { zh-CN = "您好，欢迎致电。", en-US = "Welcome." }
[[choice]]
key = "1"
text = { zh-CN = "贷款请按1。", en-US = "For loans, press 1." }
leads_to = { menu = "loans" }
[[choice]]
key = "2"
text = { zh-CN = "投诉请按2。", en-US = "For complaints, press 2." }
leads_to = { queue = "complaints" }
[[choice]]
key = "3"
text = { zh-CN = "For English, press 3.", en-US = "中文服务请按3。" }
leads_to = { language = { zh-CN = "en-US", en-US = "zh-CN" } }
"#,
    r#"# menus/main.toml, whole
person = "general"
notice = { zh-CN = "本次通话将被录音。", en-US = "This call is recorded." }
greeting = { zh-CN = "您好，欢迎致电。", en-US = "Welcome." }
[[choice]]
key = "1"
text = { zh-CN = "贷款请按1。", en-US = "For loans, press 1." }
leads_to = { menu = "loans" }
[[choice]]
key = "2"
text = { zh-CN = "投诉请按2。", en-US = "For complaints, press 2." }
leads_to = { queue = "complaints" }
[[choice]]
key = "3"
text = { zh-CN = "For English, press 3.", en-US = "中文服务请按3。" }
leads_to = { language = { zh-CN = "en-US", en-US = "zh-CN" } }
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in book.menus.iter().filter(|menu| book.is_main(&menu.id) && menu.person.is_none()) {
        report.add(
            &PERSON_REACHABLE,
            &menu.spot,
            format!("no path to a person: main menu `{}` does not say which queue key 0 leads to", menu.id),
            "Write person = \"QUEUE\" at its top; the other menus inherit it.",
        );
    }
}
