//! What the three callers and two agents do. Everybody waits for what they hear, as people do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use serde_json::Value;
use tokio::sync::oneshot;

use super::progress::Progress;
use super::voices::Voices;
use crate::cli::remote;
use crate::config::server::ServerConfig;
use crate::ids::{AgentId, DeviceId, Key};
use crate::io::control::ControlRequest;
use crate::io::crypto::random;
use crate::io::people::ImportMode;
use crate::phone::{
    self, AnswerOptions, Call, CallOptions, Ending, IncomingCall, KeyStyle, Phone, Registration, Signal,
};

/// What callers dial: the entry of the sample.
pub const ENTRY: &str = "95599";
/// Where the callers ring from.
pub const NUMBERS: [&str; 3] = ["13800000001", "13800000002", "13800000003"];
/// Tones in place of voices, in Hz: by them a recording shows who spoke.
pub const CALLER_TONES: [f64; 3] = [500.0, 440.0, 880.0];
pub const AGENT_TONE: f64 = 620.0;
/// The agents of the sample who work today, and their telephones.
pub const AGENTS: [&str; 2] = ["1001", "1002"];
pub const DEVICES: [&str; 2] = ["desk1", "desk2"];
/// How long caller 3 speaks.
const MESSAGE: Duration = Duration::from_secs(3);
/// Patience for a prompt, a ring, an answer.
const SOON: Duration = Duration::from_secs(20);
/// Patience for somebody else's turn.
const LATER: Duration = Duration::from_secs(40);

/// What everybody needs.
pub struct Scene {
    pub config: ServerConfig,
    pub sip: SocketAddr,
    pub voices: Arc<Voices>,
    pub progress: Progress,
    /// The agents of the sample.
    pub agents_csv: &'static str,
}

/// What a caller's telephone knows of the call.
pub struct Visit {
    /// Everything that was heard, 8,000 samples a second from the answer on.
    pub heard: Vec<i16>,
    /// Keys, each with the sample heard when it was pressed.
    pub pressed: Vec<(usize, Key)>,
    pub ending: Ending,
}

/// The whole play: caller 1 rings while the agents come to work, the others when they are there.
pub async fn all(scene: &Scene) -> anyhow::Result<[Visit; 3]> {
    let busy = async {
        let desks = come_to_work(scene).await?;
        let visits = busy_hour(scene, &desks).await?;
        desks.registration.remove().await?;
        Ok(visits)
    };
    let (one, (two, three)) = tokio::try_join!(self_service(scene), busy)?;
    Ok([one, two, three])
}

/// The agents' telephones.
struct Desks {
    first: Phone,
    second: Phone,
    registration: Registration,
}

async fn come_to_work(scene: &Scene) -> anyhow::Result<Desks> {
    let (first, second) = (telephone().await?, telephone().await?);
    let password = hex::encode(random::<8>()?);
    let csv = format!(
        "device,kind,password_or_contact\n{0},registers,{password}\n{1},static,sip:{1}@{2}\n",
        DEVICES[0],
        DEVICES[1],
        second.address()
    );
    let mode = ImportMode::Merge;
    let devices = ControlRequest::ImportDevices { file: "devices.csv".into(), csv, mode };
    ask(scene, devices).await?;
    let (file, csv) = ("agents.csv".to_owned(), scene.agents_csv.to_owned());
    ask(scene, ControlRequest::ImportAgents { file, csv, mode }).await?;
    let registration = first.register(scene.sip, DEVICES[0], &password).await?;
    scene.progress.step("desk1", "registers by digest");
    let dialled = format!("*81*{}*{}", AGENTS[0], secret_of(scene.agents_csv, AGENTS[0])?);
    star_code(scene, &first, &dialled, "system.staff.signed_in").await?;
    scene.progress.step("agent 1", "1001 Li Wei has signed in at desk1 by star code");
    let (agent, device) = (AgentId::from(AGENTS[1]), DeviceId::from(DEVICES[1]));
    ask(scene, ControlRequest::SignIn { agent, device, secret: None }).await?;
    scene.progress.step("agent 2", "1002 Wang Fang is signed in at desk2 by the control socket");
    Ok(Desks { first, second, registration })
}

async fn telephone() -> anyhow::Result<Phone> {
    Phone::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.context("a telephone needs a UDP port")
}

async fn ask(scene: &Scene, request: ControlRequest) -> anyhow::Result<Value> {
    remote::ask(&scene.config, &request).await
}

/// The secret of an agent of the sample.
fn secret_of(agents_csv: &str, agent: &str) -> anyhow::Result<String> {
    let mut reader = csv::Reader::from_reader(agents_csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    let row = rows.iter().find(|row| row.get(0) == Some(agent));
    let secret = row.and_then(|row| row.get(2)).filter(|secret| !secret.is_empty());
    Ok(secret.with_context(|| format!("the sample has no secret of agent {agent}"))?.to_owned())
}

/// Dials a star code and listens to its answer.
async fn star_code(scene: &Scene, desk: &Phone, dialled: &str, answer: &str) -> anyhow::Result<()> {
    let options = CallOptions { from_user: DEVICES[0].to_owned(), ..CallOptions::default() };
    let call = desk.call(scene.sip, dialled, options).await?;
    let heard = call.wait_heard(scene.voices.sound(answer)?, SOON).await;
    heard.with_context(|| format!("agent 1 at {}, waiting for {answer}", DEVICES[0]))?;
    ensure!(call.ended().await == Ending::ByPeer, "the hotline did not end the call of a star code");
    Ok(())
}

/// One of the play's callers.
struct Caller<'s> {
    scene: &'s Scene,
    name: String,
    line: phone::Caller,
}

impl<'s> Caller<'s> {
    async fn dial(scene: &'s Scene, number: usize) -> anyhow::Result<Caller<'s>> {
        let name = format!("caller {}", number + 1);
        scene.progress.step(&name, &format!("dials {ENTRY}"));
        let options = CallOptions { from_user: NUMBERS[number].to_owned(), ..CallOptions::default() };
        let line = phone::Caller::dial(telephone().await?, scene.sip, ENTRY, options).await;
        Ok(Caller { scene, line: line.with_context(|| name.clone())?, name })
    }

    fn told(&self, what: &str) {
        self.scene.progress.step(&self.name, what);
    }

    fn call(&self) -> &Call {
        self.line.call()
    }

    /// Waits until a prompt has been heard to its end.
    async fn hear(&mut self, prompt: &str) -> anyhow::Result<()> {
        let voice = self.scene.voices.get(prompt)?;
        let found = self.line.hear(&voice.sound, SOON).await;
        found.with_context(|| format!("{}, waiting for {prompt}", self.name))?;
        self.told(&format!("hears  {}", voice.text));
        Ok(())
    }

    /// Waits until a prompt has begun.
    async fn hear_beginning(&mut self, prompt: &str) -> anyhow::Result<()> {
        let voice = self.scene.voices.get(prompt)?;
        let found = self.line.hear_beginning(&voice.sound, SOON).await;
        found.with_context(|| format!("{}, waiting for the beginning of {prompt}", self.name))?;
        self.told(&format!("hears  {} …", voice.text));
        Ok(())
    }

    async fn press(&mut self, key: char) -> anyhow::Result<()> {
        let key = Key::from_char(key).context("no key of a telephone")?;
        self.line.press(key, KeyStyle::Event).await;
        self.told(&format!("presses {key}"));
        Ok(())
    }

    async fn leave(self, ending: Ending) -> Visit {
        Visit { heard: self.call().heard(), pressed: self.line.pressed().to_vec(), ending }
    }

    async fn hang_up(self) -> Visit {
        let ending = self.call().hang_up().await;
        self.told("hangs up");
        self.leave(ending).await
    }
}

/// Caller 1: notice, greeting, a menu below, an information; hangs up.
async fn self_service(scene: &Scene) -> anyhow::Result<Visit> {
    let mut caller = Caller::dial(scene, 0).await?;
    caller.hear("main.notice").await?;
    caller.hear("main.greeting").await?;
    caller.press('2').await?;
    caller.hear("accounts.choice.1").await?;
    caller.press('2').await?;
    caller.hear("accounts.hours").await?;
    caller.call().say(Signal::tone(CALLER_TONES[0])).await;
    caller.hear("accounts.choice.1").await?;
    Ok(caller.hang_up().await)
}

/// What one waits for the other to have done.
struct Turns {
    rung: oneshot::Sender<()>,
    not_ready: oneshot::Sender<()>,
    sent_on: oneshot::Sender<()>,
}

/// Callers 2 and 3, and both agents.
async fn busy_hour(scene: &Scene, desks: &Desks) -> anyhow::Result<(Visit, Visit)> {
    let (rung, is_rung) = oneshot::channel();
    let (not_ready, is_not_ready) = oneshot::channel();
    let (sent_on, is_sent_on) = oneshot::channel();
    let turns = Turns { rung, not_ready, sent_on };
    let Turns { rung, not_ready, sent_on } = turns;
    let (two, three, (), ()) = tokio::try_join!(
        wants_a_person(scene),
        async {
            turn(is_rung, "agent 2 to be rung").await?;
            leaves_a_message(scene, is_not_ready, sent_on).await
        },
        rejects(scene, &desks.first, not_ready),
        answers(scene, &desks.second, rung, is_sent_on),
    )?;
    Ok((two, three))
}

async fn turn(signal: oneshot::Receiver<()>, what: &str) -> anyhow::Result<()> {
    let waited = tokio::time::timeout(LATER, signal).await;
    waited
        .map_err(|_| anyhow!("waited in vain for {what}"))?
        .map_err(|_| anyhow!("nobody is left for {what}"))
}

async fn ring(desk: &Phone, device: &str) -> anyhow::Result<IncomingCall> {
    let rung = tokio::time::timeout(LATER, desk.incoming()).await;
    rung.with_context(|| format!("{device} was never rung"))?.with_context(|| format!("{device} is gone"))
}

/// Caller 2: key 0 while the greeting plays, the queue, agent 2.
async fn wants_a_person(scene: &Scene) -> anyhow::Result<Visit> {
    let mut caller = Caller::dial(scene, 1).await?;
    caller.hear("main.notice").await?;
    caller.hear_beginning("main.greeting").await?;
    caller.press('0').await?;
    caller.hear("system.queue.welcome").await?;
    caller.hear("system.queue.position.before").await?;
    caller.hear("system.agent.number.before").await?;
    caller.hear("system.agent.number.after").await?;
    caller.call().say(Signal::tone(CALLER_TONES[1])).await;
    let tone = caller.call().wait_tone(caller.line.mark(), AGENT_TONE, 3.0, SOON).await;
    tone.context("caller 2, listening to agent 2")?;
    caller.told("has talked with agent 2");
    Ok(caller.hang_up().await)
}

/// Agent 1: busy; then not ready by star code.
async fn rejects(scene: &Scene, desk: &Phone, not_ready: oneshot::Sender<()>) -> anyhow::Result<()> {
    let call = ring(desk, DEVICES[0]).await?;
    call.ring().await;
    scene.progress.step("agent 1", "is rung for caller 2 and rejects");
    call.reject(486).await;
    star_code(scene, desk, "*84*lunch", "system.staff.not_ready").await?;
    scene.progress.step("agent 1", "is not ready (lunch), by star code");
    let _ = not_ready.send(());
    Ok(())
}

/// Agent 2: answers once caller 3 has found the queue full.
async fn answers(
    scene: &Scene,
    desk: &Phone,
    rung: oneshot::Sender<()>,
    sent_on: oneshot::Receiver<()>,
) -> anyhow::Result<()> {
    let call = ring(desk, DEVICES[1]).await?;
    call.ring().await;
    scene.progress.step("agent 2", "is rung for caller 2");
    let _ = rung.send(());
    turn(sent_on, "caller 3 to find the queue full").await?;
    scene.progress.step("agent 2", "answers");
    let send = Signal::tone(AGENT_TONE);
    let talk = call.answer(AnswerOptions { send, ..AnswerOptions::default() }).await?;
    let tone = talk.wait_tone(0, CALLER_TONES[1], 2.0, SOON).await;
    tone.context("agent 2, listening to caller 2")?;
    ensure!(talk.ended().await == Ending::ByPeer, "caller 2 hung up, and agent 2's call went on");
    Ok(())
}

/// Caller 3: key 0 during the notice, a full queue, another one without agents, a message.
async fn leaves_a_message(
    scene: &Scene,
    not_ready: oneshot::Receiver<()>,
    sent_on: oneshot::Sender<()>,
) -> anyhow::Result<Visit> {
    let mut caller = Caller::dial(scene, 2).await?;
    // With agent 1 ready nobody would have to wait.
    turn(not_ready, "agent 1 to be not ready").await?;
    caller.press('0').await?;
    caller.hear("main.notice").await?;
    caller.hear("system.queue.welcome").await?;
    let _ = sent_on.send(());
    caller.hear("system.queue.position.before").await?;
    caller.hear("system.message.intro").await?;
    caller.hear("system.beep").await?;
    caller.told("speaks for 3 s");
    caller.call().say(Signal::tone(CALLER_TONES[2])).await;
    tokio::time::sleep(MESSAGE).await;
    caller.call().say(Signal::Silence).await;
    caller.press('#').await?;
    caller.hear("system.message.thanks").await?;
    let ending = caller.call().ended().await;
    caller.told("the hotline hangs up");
    Ok(caller.leave(ending).await)
}
