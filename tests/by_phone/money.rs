//! Who calls is proved before anything about money is told (CBA-32), and a bank's system that is slow,
//! fails or lies leaves nobody alone (CBA-25).

use hotline::event::{EventKind, Outcome};
use toml_edit::value;

use super::caller::{Caller, Shown};
use super::kept::Kept;
use super::scene::Scene;
use super::service::{Question, Reply, Service, response};
use super::stage::Stage;

const PIN: &str = "918273";
const WRONG_PIN: &str = "000000";

/// What the bank's system does for whom: by the middle of the card's number.
pub fn reply(question: &Question) -> Reply {
    let object = |text: &str| Reply::Object(text.to_owned());
    let card = question.field("card-number");
    let who = card.get(6..11).unwrap_or_default();
    if question.path.ends_with("/verify") {
        return match (who, question.field("pin")) {
            (SLOW_TO_VERIFY, _) => Reply::Never,
            (LIES_ABOUT_VERIFYING, _) => object(r#"{"result":"of course"}"#),
            (_, PIN) => object(r#"{"result":"verified"}"#),
            (..) => object(r#"{"result":"wrong"}"#),
        };
    }
    match who {
        SLOW => Reply::Never,
        FAILING => Reply::Status(500),
        REDIRECTING => Reply::Bytes(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".to_vec(),
        ),
        HTML => Reply::Bytes(response("200 OK", "<html>balance: 100</html>")),
        CUT_OFF => {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500";
            Reply::Bytes(format!("{head}\r\n\r\n{{\"balance\":\"1").into_bytes())
        }
        NONSENSE => object(r#"{"balance":"a lot","card":"open"}"#),
        BLOCKED => object(r#"{"balance":"5.00","card":"blocked"}"#),
        _ => object(r#"{"balance":"20304.05","card":"open"}"#),
    }
}

const SLOW_TO_VERIFY: &str = "00001";
const LIES_ABOUT_VERIFYING: &str = "00002";
const SLOW: &str = "00003";
const FAILING: &str = "00004";
const REDIRECTING: &str = "00005";
const HTML: &str = "00006";
const CUT_OFF: &str = "00007";
const NONSENSE: &str = "00008";
const BLOCKED: &str = "00009";
const GUESSED: &str = "00010";
const RICH: &str = "00011";

/// Whoever the bank's system fails hears why and gets a person.
const FAILED: [(&str, &str); 8] = [
    (SLOW_TO_VERIFY, "system.lookup.failed"),
    (LIES_ABOUT_VERIFYING, "system.lookup.failed"),
    (SLOW, "system.lookup.failed"),
    (FAILING, "system.lookup.failed"),
    (REDIRECTING, "system.lookup.failed"),
    (HTML, "system.lookup.failed"),
    (CUT_OFF, "system.lookup.failed"),
    (NONSENSE, "system.error"),
];

const CONTENT: &str = "13900000041";
const ASKING: &str = "13900000042";
const STOLEN: &str = "13900000043";
const GUESSER: &str = "13900000044";
const LATER: &str = "13900000045";

fn failed_number(n: usize) -> String {
    format!("1390000005{n}")
}

/// Twelve digits, the last one after Luhn.
fn card(who: &str) -> String {
    let eleven = format!("622202{who}");
    let digits = eleven.bytes().rev().map(|digit| u32::from(digit - b'0'));
    let sum: u32 = digits.enumerate().map(|(n, digit)| luhn(digit, n % 2 == 0)).sum();
    format!("{eleven}{}", (10 - sum % 10) % 10)
}

fn luhn(digit: u32, doubled: bool) -> u32 {
    match (doubled, digit) {
        (false, _) => digit,
        (true, 0..=4) => 2 * digit,
        (true, _) => 2 * digit - 9,
    }
}

/// Short cards, and a system that may take two seconds.
pub fn prepare(stage: &Stage) {
    stage.edit("menus/accounts.toml", |file| {
        file["collect"]["card-number"]["min"] = value(12);
        file["collect"]["card-number"]["max"] = value(12);
    });
    stage.edit("ops/hotline.toml", |file| {
        let bank = &mut file["lookups"]["bank"];
        bank["timeout"] = value("1 s");
        bank["patience"] = value("2 s");
        bank["retries"] = value(0);
        // Several fail at the same time on purpose, and none may hide another.
        bank["breaker_failures"] = value(1_000);
    });
}

pub async fn ring(scene: &mut Scene) {
    let content = async |mut caller: Caller| {
        says_who(&mut caller, RICH, PIN).await;
        // 您的余额是两万零三百零四元零五分。
        let sum = "2.counting ten_thousand 0 3 hundred 0 4 currency.yuan 0 5 currency.fen";
        hears_the_balance(&mut caller, sum).await;
        caller.hear("accounts.choice.1").await;
        caller.hangs_up().await;
    };
    scene.rings(CONTENT, content).await;
    let asking = async |mut caller: Caller| {
        caller.press("5").await;
        caller.speaks("en-US");
        caller.hear_beginning("main.greeting").await;
        says_who(&mut caller, RICH, PIN).await;
        // Your balance is twenty thousand three hundred four yuan and five fen.
        let sum = "20 thousand 3 hundred 4 currency.yuan and 5 currency.fen";
        hears_the_balance(&mut caller, sum).await;
        caller.press("0").await;
        caller.talks_to_a_person().await;
        caller.hangs_up().await;
    };
    scene.rings(ASKING, asking).await;
    let blocked = async |mut caller: Caller| {
        says_who(&mut caller, BLOCKED, PIN).await;
        caller.talks_to_a_person().await;
        caller.hangs_up().await;
    };
    scene.rings(STOLEN, blocked).await;
    for (n, (who, explanation)) in FAILED.into_iter().enumerate() {
        let failed = async move |mut caller: Caller| {
            says_who(&mut caller, who, PIN).await;
            caller.hear(explanation).await;
            caller.talks_to_a_person().await;
            caller.hangs_up().await;
        };
        scene.rings(&failed_number(n), failed).await;
    }
    let second = scene.dialling(LATER);
    scene.rings(GUESSER, async |first: Caller| guesses(first, second).await).await;
}

async fn says_who(caller: &mut Caller, who: &str, pin: &str) {
    caller.press(&format!("21{}{pin}", card(who))).await;
}

async fn hears_the_balance(caller: &mut Caller, sum: &str) {
    let sum: Vec<String> = sum.split(' ').map(|piece| format!("say.{piece}")).collect();
    let mut all = vec!["accounts.balance-told.1"];
    all.extend(sum.iter().map(String::as_str));
    caller.hear_in_a_row(&all).await;
}

/// Tries one PIN after the other, and rings again from another telephone.
async fn guesses(mut first: Caller, second: impl Future<Output = Caller>) {
    says_who(&mut first, GUESSED, WRONG_PIN).await;
    for _ in 0..2 {
        first.hear("system.verify.wrong").await;
        first.press(&format!("{}{WRONG_PIN}", card(GUESSED))).await;
    }
    first.hear("system.verify.locked").await;
    first.talks_to_a_person().await;
    first.hangs_up().await;
    let mut second = second.await;
    says_who(&mut second, GUESSED, WRONG_PIN).await;
    for pin in [WRONG_PIN, PIN] {
        second.hear("system.verify.wrong").await;
        second.press(&format!("{}{pin}", card(GUESSED))).await;
    }
    // Five were wrong: now not even the right one helps.
    second.hear("system.verify.locked").await;
    second.talks_to_a_person().await;
    assert!(!second.heard_anywhere("zh-CN", "accounts.balance-told.1"));
    second.hangs_up().await;
}

pub fn kept(kept: &Kept, bank: &Service, shown: &[Shown]) {
    let asked = bank.heard();
    let of = |who: &str| asked.iter().filter(|q| q.field("card-number") == card(who)).collect::<Vec<_>>();
    let guesses = of(GUESSED);
    assert_eq!(guesses.len(), 5, "a locked identity is not even asked about");
    assert!(guesses.iter().all(|q| q.field("pin") == WRONG_PIN && q.path == "/hotline/verify"));
    assert!(of(SLOW_TO_VERIFY).iter().all(|q| q.path == "/hotline/verify"), "nothing is told to strangers");

    let told = shown.iter().filter(|call| call.verified.as_deref() == Some("verified")).count();
    assert_eq!(told, 8, "the desks of those who asked for a person after they were verified");

    let verified = kept.call(ASKING);
    let level = |kind: &EventKind| match kind {
        EventKind::CallerVerified { level, .. } => Some(level.clone()),
        _ => None,
    };
    assert_eq!(verified.one("verified", level), "verified");
    let handed = |kind: &EventKind| matches!(kind, EventKind::HandedOver { verified: Some(level), .. } if level == "verified");
    assert!(verified.has(handed), "the agent is told: {:#?}", verified.events);
    assert_eq!(kept.call(CONTENT).row.outcome, Some(Outcome::SelfService));
    let blocked = kept.call(STOLEN);
    assert_eq!(blocked.row.visits.last().map(|visit| visit.queue.as_str()), Some("card-loss"));

    let results = |number: &str| -> Vec<String> {
        let visit = kept.call(number);
        let looked_up = visit.events.iter().filter_map(|kind| match kind {
            EventKind::LookupMade { result, .. } => Some(result.clone()),
            _ => None,
        });
        looked_up.collect()
    };
    let failed: Vec<_> = (0..FAILED.len()).map(|n| results(&failed_number(n))).collect();
    let wanted =
        ["timed_out", "nonsense", "timed_out", "refused", "refused", "nonsense", "unreachable", "answered"];
    assert_eq!(failed, wanted.map(|result| vec![result.to_owned()]));
}
