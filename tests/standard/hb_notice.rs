//! HB-notice: the first words of a call say that it is recorded.

use crate::bench::{bank, both, changed, hears, refused, rings, usual};
use crate::oracle::world::World;

#[test]
fn hb_notice_the_first_words_say_so_and_nothing_cuts_them_short() {
    for subject in both() {
        for (language, word) in [("zh-CN", "录音"), ("en-US", "recorded")] {
            let world = World { language: Some(language.into()), ..usual(subject) };
            let first = rings(subject, &world, "");
            assert!(hears(subject, &first).contains(word));
            // Whatever is pressed is kept for the end.
            let pressed = rings(subject, &world, "1 0 5");
            assert_eq!(pressed.heard.len(), 1, "still the notice");
        }
    }
}

#[test]
fn hb_notice_a_main_menu_that_does_not_say_so_is_refused() {
    let main = "menus/main.toml";
    refused("HB-notice", bank(), (main, "notice = {", "announcement.text = {"));
    refused("HB-notice", bank(), (main, "本次通话将被录音。", "您好。"));
    refused("HB-notice", bank(), (main, "This call is recorded.", "Hello."));
    let long = changed(bank(), main, "本次通话将被录音。", &"本次通话将被录音。".repeat(9));
    assert!(long.check().errors().any(|finding| finding.file == main && finding.line > 1));
}
