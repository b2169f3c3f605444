//! CBA-10c: no advertising on the main menu, in any language, nor before the first choice.

use hotline::menu::PromptKind;

use crate::bench::{bank, both, changed, refused, rings, usual};
use crate::hotline::SYSTEM;

#[test]
fn cba_10c_nothing_is_sold_before_the_first_choice() {
    for subject in both() {
        let world = usual(subject);
        let main = rings(subject, &world, "--");
        for prompt in main.heard.iter().flat_map(|heard| &heard.prompts) {
            let kind =
                subject.program.prompts().iter().find(|known| known.name == *prompt).map(|known| known.kind);
            assert_ne!(kind, Some(PromptKind::Advert), "{}", prompt.0);
        }
    }
}

#[test]
fn cba_10c_adverts_in_both_languages_are_refused_wherever_they_hide() {
    let main = "menus/main.toml";
    for (file, from, to) in [
        (main, "欢迎致电示范银行", "信用卡限时优惠"),
        (main, "Welcome to Sample Bank", "Ask for our special offer"),
        (main, "欢迎致电示范银行", "贷款每万元每天仅需1元"),
        (main, "贷款和信用卡请按3", "新客户专享特惠贷款请按3"),
        (main, "For loans and credit cards", "For loans at half price"),
        (main, "本次通话将被录音。", "本次通话将被录音。双十一大促火热进行中。"),
        (SYSTEM, "人工服务请按0。", "办卡即送好礼，人工服务请按0。"),
        (SYSTEM, "Thank you for waiting.", "Thank you for waiting. Ask about our summer promotion."),
    ] {
        refused("CBA-10c", bank(), (file, from, to));
    }
}

#[test]
fn cba_10c_what_is_declared_an_advert_is_refused_on_the_main_menu_and_allowed_when_asked_for() {
    refused("CBA-10c", bank(), ("menus/main.toml", "key = \"3\"", "key = \"3\"\nkind = \"advert\""));
    let advert = "[announcement]\nkind = \"advert\"\ntext = { zh-CN = \"新产品。\", en-US = \"A product.\" }\n\n[timing]";
    refused("CBA-10c", bank(), ("menus/main.toml", "[timing]", advert));
    let asked =
        changed(bank(), "menus/loans.toml", "[information.apply]", "[information.apply]\nkind = \"advert\"");
    assert_eq!(asked.check().errors().count(), 0);
}
