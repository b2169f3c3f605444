//! The menus by telephone: the real server process, real SIP and RTP, our second telephone, which knows
//! the prompts by ear. Everything a hotline promises its callers, heard; everything it keeps, looked at.
//!
//! A theme a file: who rings, and what must be kept of it. Callers of several themes ring the same server
//! at the same time. `HOTLINE_KEEP=1` keeps what a test has written.

#[path = "by_phone/caller.rs"]
mod caller;
#[path = "by_phone/elderly.rs"]
mod elderly;
#[path = "by_phone/hours.rs"]
mod hours;
#[path = "by_phone/kept.rs"]
mod kept;
#[path = "by_phone/language.rs"]
mod language;
#[path = "by_phone/messages.rs"]
mod messages;
#[path = "by_phone/money.rs"]
mod money;
#[path = "by_phone/numbers.rs"]
mod numbers;
#[path = "by_phone/promises.rs"]
mod promises;
#[path = "by_phone/scene.rs"]
mod scene;
#[path = "by_phone/secrecy.rs"]
mod secrecy;
#[path = "by_phone/secrets.rs"]
mod secrets;
#[path = "by_phone/server.rs"]
mod server;
#[path = "by_phone/service.rs"]
mod service;
#[path = "by_phone/stage.rs"]
mod stage;
#[path = "by_phone/town.rs"]
mod town;
#[path = "by_phone/transfer.rs"]
mod transfer;
#[path = "../examples/unseal/search.rs"]
mod unseal;

use caller::Staff;
use scene::{Scene, examine};
use service::Service;
use stage::{Sample, Stage};

/// Language, read-back, messages, complaint, survey, elderly callers, transfer; verification with its
/// lock, and a bank's system that is good, slow, failing and lying.
#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_day_at_the_bank() {
    let stage = Stage::of(Sample::Bank);
    money::prepare(&stage);
    let gateway = transfer::gateway(&stage).await;
    let bank = Service::open(stage.place.service(), money::reply).await;
    let mut scene = Scene::open(stage).await;
    let staff = Staff::at_work(&scene.server, 20, "general;card-loss").await;
    money::ring(&mut scene).await;
    transfer::ring(&mut scene, gateway);
    elderly::ring_the_bank(&mut scene).await;
    promises::ring(&mut scene).await;
    numbers::ring(&mut scene).await;
    language::ring(&mut scene).await;
    messages::ring(&mut scene).await;
    scene.all().await;
    let shown = staff.shown();
    drop(staff);
    let kept = scene.server.stop().await;
    examine(&[
        ("money", &|| money::kept(&kept, &bank, &shown)),
        ("transfer", &|| transfer::kept(&kept)),
        ("elderly", &|| elderly::kept_by_the_bank(&kept, &shown)),
        ("promises", &|| promises::kept(&kept, &scene.server)),
        ("numbers", &|| numbers::kept(&kept)),
        ("language", &|| language::kept(&kept)),
        ("messages", &|| messages::kept(&kept)),
    ]);
}

/// Card number and PIN are nowhere, also typed ahead, also when the power is cut.
#[tokio::test(flavor = "multi_thread")]
async fn secret_digits_are_nowhere() {
    secrets::run().await;
}

/// The same hotline at work, at night and on a holiday; an emergency; slow speech by choice.
#[tokio::test(flavor = "multi_thread")]
async fn three_days_in_the_town() {
    let (open, night) = (hours::stage(-2, 2, false), hours::stage(2, 3, false));
    let service = Service::open(open.place.service(), town::reply).await;
    let (mut day, mut night, mut holiday) =
        tokio::join!(Scene::open(open), Scene::open(night), Scene::open(hours::stage(-2, 2, true)));
    let staff = Staff::at_work(&day.server, 3, "citizens").await;
    let idle = Staff::at_work(&holiday.server, 1, "citizens").await;
    elderly::ring_the_town(&mut day).await;
    hours::ring_at_night(&mut night).await;
    hours::ring_on_a_holiday(&mut holiday).await;
    hours::ring_on_an_ordinary_day(&mut day).await;
    town::ring(&mut day).await;
    town::ring_in_a_storm(&mut day).await;
    night.all().await;
    holiday.all().await;
    let listed = night.server.stage.run("callbacks --format json --numbers");
    drop((staff, idle, service));
    let (by_day, by_night) = (day.server.stop().await, night.server.stop().await);
    let on_holiday = holiday.server.stop().await;
    examine(&[
        ("elderly", &|| elderly::kept_by_the_town(&by_day)),
        ("ordinary day", &|| hours::kept_on_an_ordinary_day(&by_day)),
        ("town", &|| town::kept(&by_day)),
        ("night", &|| hours::kept_at_night(&by_night, &listed)),
        ("holiday", &|| hours::kept_on_a_holiday(&on_holiday)),
    ]);
}
