//! Queue scripts: a page of what callers and agents do, and what routing must do about it.
//!
//! A script in `tests/acd/` is lines of
//! - `queue NAME [skills a=3,b=1] [ring 15s] [wrap-up 0s] [limit N] [max-wait 60s] [priority 5]
//!   [overflow message|callback|queue:NAME] [announce 30s]`: the settings from the next `at` on;
//!   `queue NAME closes` takes the queue away;
//! - `at 3s WHAT`: time passes up to then (everything due is done on the way), then WHAT happens:
//!   `call A enters QUEUE`, `call A hangs up`, `call A leaves for a message`, `agent N signs in
//!   [at DEVICE] [skills a=5] [queues a,b]`, `signs out`, `not ready REASON`, `ready`, `answers A`,
//!   `rejects A`, `unreachable for A`, `releases`, `holds`, `resumes`, or `nothing`;
//! - `expect WORDS`: the next output that starts with WORDS; other outputs before it are passed
//!   over. An output ends with the time it came at (`at 15s`);
//! - `expect no WORDS`: no output not yet passed over starts with WORDS;
//! - `expect nothing more`: no output is left that was not expected, agents' states aside.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::time::Duration;

use hotline::acd::api::*;
use hotline::acd::router::Router;
use hotline::event::{AgentState, LeftQueue, OfferEnd, OverflowReason, OverflowTarget};
use hotline::ids::{BootId, CallId, NodeId, QueueId, Skill};
use hotline::now::Mono;

#[test]
fn every_queue_script_comes_out_as_written() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/acd");
    let mut scripts: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    scripts.sort();
    assert!(scripts.len() >= 10, "the scripts are there");
    let mut failures = String::new();
    for path in scripts {
        let text = std::fs::read_to_string(&path).unwrap();
        if let Err(failure) = Stage::default().play(&text) {
            writeln!(failures, "{}: {failure}", path.display()).unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[derive(Default)]
struct Stage {
    router: Router,
    now: Mono,
    queues: BTreeMap<QueueId, QueueConfig>,
    configured: bool,
    heard: VecDeque<String>,
}

impl Stage {
    fn play(mut self, script: &str) -> Result<(), String> {
        for (i, line) in script.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            let words: Vec<&str> = line.split_whitespace().collect();
            self.line(&words).map_err(|e| format!("line {}: `{line}`: {e}", i + 1))?;
        }
        Ok(())
    }

    fn line(&mut self, words: &[&str]) -> Result<(), String> {
        match words {
            [] => Ok(()),
            ["queue", name, "closes"] => {
                self.queues.remove(&QueueId::new(name)).ok_or("no such queue")?;
                self.configured = false;
                Ok(())
            }
            ["queue", name, settings @ ..] => {
                self.queues.insert(QueueId::new(name), queue(name, settings)?);
                self.configured = false;
                Ok(())
            }
            ["at", time, what @ ..] => {
                self.pass_until(Mono::default() + duration(time)?)?;
                if !self.configured {
                    self.router.configure(self.now, self.queues.values().cloned().collect());
                    self.configured = true;
                }
                if what != ["nothing"] {
                    self.router.handle(self.now, input(what)?);
                }
                self.listen()
            }
            ["expect", "nothing", "more"] => {
                match self.heard.drain(..).find(|line| !line.starts_with("agent ")) {
                    Some(line) => Err(format!("but: {line}")),
                    None => Ok(()),
                }
            }
            ["expect", "no", unwanted @ ..] => {
                let unwanted = unwanted.join(" ");
                match self.heard.iter().find(|line| line.starts_with(&unwanted)) {
                    Some(line) => Err(format!("but: {line}")),
                    None => Ok(()),
                }
            }
            ["expect", wanted @ ..] => self.expect(&wanted.join(" ")),
            _ => Err("not a line of a queue script".to_owned()),
        }
    }

    fn expect(&mut self, wanted: &str) -> Result<(), String> {
        let passed: Vec<String> = self.heard.iter().cloned().collect();
        while let Some(line) = self.heard.pop_front() {
            if line.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')) {
                return Ok(());
            }
        }
        Err(format!("heard only {passed:#?}"))
    }

    fn pass_until(&mut self, until: Mono) -> Result<(), String> {
        while let Some(due) = self.router.poll_timeout().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.router.handle_timeout(self.now);
            self.listen()?;
        }
        if until < self.now {
            return Err("time goes forwards".to_owned());
        }
        self.now = until;
        Ok(())
    }

    fn listen(&mut self) -> Result<(), String> {
        while let Some(output) = self.router.poll_output() {
            let at = seconds(self.now.since(Mono::default()));
            self.heard.push_back(format!("{} at {at}", sentence(&output)));
        }
        let broken = self.router.check_invariants(self.now);
        if broken.is_empty() { Ok(()) } else { Err(format!("{broken:?}")) }
    }
}

fn call(name: &str) -> Result<CallId, String> {
    let n = name.bytes().next().filter(|_| name.len() == 1).ok_or("calls are named A to Z")?;
    Ok(CallId { node: NodeId(1), boot: BootId(1), n: u32::from(n) })
}

fn call_name(call: CallId) -> char {
    char::from_u32(call.n).unwrap_or('?')
}

fn duration(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix('s').ok_or_else(|| format!("`{text}` is no time like 15s"))?;
    number.parse().map(Duration::from_secs_f64).map_err(|e| e.to_string())
}

fn seconds(d: Duration) -> String {
    format!("{}s", d.as_secs_f64())
}

fn skills(text: &str) -> Result<BTreeMap<Skill, u8>, String> {
    let pairs = text.split(',').map(|pair| {
        let (skill, level) = pair.split_once('=').ok_or("a skill is written card=3")?;
        Ok((Skill::new(skill), level.parse().map_err(|_| "a proficiency is a number")?))
    });
    pairs.collect()
}

fn queue(name: &str, settings: &[&str]) -> Result<QueueConfig, String> {
    let mut queue = QueueConfig {
        id: QueueId::new(name),
        skills: BTreeMap::new(),
        strategy: StrategyKind::LongestIdle,
        priority: 5,
        ring_time: Duration::from_secs(15),
        wrap_up: Duration::ZERO,
        service_target: ServiceTarget { percent: 80, within: Duration::from_secs(20) },
        limit: None,
        max_wait: None,
        overflow: OverflowTarget::Message,
        announce_every: None,
        hold_audio: "hold".to_owned(),
    };
    for pair in settings.chunks(2) {
        match pair {
            ["skills", text] => queue.skills = skills(text)?,
            ["ring", time] => queue.ring_time = duration(time)?,
            ["wrap-up", time] => queue.wrap_up = duration(time)?,
            ["limit", n] => queue.limit = Some(n.parse().map_err(|_| "a limit is a number")?),
            ["max-wait", time] => queue.max_wait = Some(duration(time)?),
            ["priority", n] => queue.priority = n.parse().map_err(|_| "a priority is a number")?,
            ["announce", time] => queue.announce_every = Some(duration(time)?),
            ["overflow", "message"] => queue.overflow = OverflowTarget::Message,
            ["overflow", "callback"] => queue.overflow = OverflowTarget::Callback,
            ["overflow", to] => {
                let to = to.strip_prefix("queue:").ok_or("overflow message, callback or queue:NAME")?;
                queue.overflow = OverflowTarget::Queue(QueueId::new(to));
            }
            other => return Err(format!("{other:?} is no setting of a queue")),
        }
    }
    Ok(queue)
}

fn input(words: &[&str]) -> Result<Input, String> {
    match words {
        ["call", name, rest @ ..] => call_input(call(name)?, rest),
        ["agent", id, rest @ ..] => agent_input(id, rest),
        _ => Err("somebody does something: `call A …` or `agent 1001 …`".to_owned()),
    }
}

fn call_input(call: CallId, words: &[&str]) -> Result<Input, String> {
    match words {
        ["enters", queue] => Ok(Input::Enter { call, queue: QueueId::new(queue) }),
        ["hangs", "up"] => Ok(Input::Leave { call, left: LeftQueue::Abandoned }),
        ["leaves", "for", "a", "message"] => Ok(Input::Leave { call, left: LeftQueue::Message }),
        _ => Err("a call enters, hangs up, or leaves for a message".to_owned()),
    }
}

fn agent_input(id: &str, words: &[&str]) -> Result<Input, String> {
    let agent = hotline::ids::AgentId::new(id);
    Ok(match words {
        ["signs", "in", rest @ ..] => sign_in(id, rest)?,
        ["signs", "out"] => Input::SignOut { agent },
        ["not", "ready", reason @ ..] => Input::NotReady { agent, reason: reason.join(" ") },
        ["ready"] => Input::Ready { agent },
        ["answers", name] => Input::OfferAnswered { call: call(name)?, agent },
        ["rejects", name] => Input::OfferFailed { call: call(name)?, agent, end: OfferEnd::Rejected },
        ["unreachable", "for", name] => {
            Input::OfferFailed { call: call(name)?, agent, end: OfferEnd::Unreachable }
        }
        ["releases"] => Input::Released { agent },
        ["holds"] => Input::Held { agent },
        ["resumes"] => Input::Resumed { agent },
        _ => return Err("no agent does that".to_owned()),
    })
}

fn sign_in(id: &str, words: &[&str]) -> Result<Input, String> {
    let mut agent =
        AgentProfile { id: id.into(), skills: BTreeMap::new(), queues: Vec::new(), languages: Vec::new() };
    let mut device = format!("desk-{id}");
    for pair in words.chunks(2) {
        match pair {
            ["at", name] => device = (*name).to_owned(),
            ["skills", text] => agent.skills = skills(text)?,
            ["queues", names] => agent.queues = names.split(',').map(QueueId::new).collect(),
            other => return Err(format!("{other:?} is nothing an agent signs in with")),
        }
    }
    Ok(Input::SignIn { agent, device: device.as_str().into() })
}

fn sentence(output: &Output) -> String {
    match output {
        Output::Queued { call, queue, waiting } => {
            format!("queued {} in {queue} waiting {waiting}", call_name(*call))
        }
        Output::Offer { call, agent, device, .. } => {
            format!("offer {} -> {agent} on {device}", call_name(*call))
        }
        Output::CancelOffer { call, agent, end } => {
            format!("cancel {} -> {agent} {}", call_name(*call), offer_end(*end))
        }
        Output::OfferEnded { call, agent, end, rang, .. } => {
            format!("ended {} -> {agent} {} rang {}", call_name(*call), offer_end(*end), seconds(*rang))
        }
        Output::Connect { call, agent, .. } => format!("connect {} -> {agent}", call_name(*call)),
        Output::Left { call, queue, left, waited, reason, .. } => {
            let how = match left {
                LeftQueue::Answered => "answered",
                LeftQueue::Abandoned => "abandoned",
                LeftQueue::Overflowed { .. } => "overflowed",
                LeftQueue::Message => "for a message",
                LeftQueue::Callback => "for a callback",
                LeftQueue::Lost => "lost",
            };
            let why = reason.map_or(String::new(), |r| format!(" because {}", overflow_reason(r)));
            format!("left {} {queue} {how} waited {}{why}", call_name(*call), seconds(*waited))
        }
        Output::Overflow { call, to, reason } => {
            let to = match to {
                OverflowTarget::Queue(queue) => format!("queue {queue}"),
                OverflowTarget::Message => "message".to_owned(),
                OverflowTarget::Callback => "callback".to_owned(),
            };
            format!("overflow {} to {to} because {}", call_name(*call), overflow_reason(*reason))
        }
        Output::Announce { call, position, estimate, .. } => {
            let estimate = estimate.map_or(String::new(), |e| format!(" estimate {}", seconds(e)));
            format!("announce {} position {position}{estimate}", call_name(*call))
        }
        Output::AgentState { agent, state } => format!("agent {agent} {}", state_words(state)),
    }
}

fn offer_end(end: OfferEnd) -> &'static str {
    match end {
        OfferEnd::Answered => "answered",
        OfferEnd::NoAnswer => "no answer",
        OfferEnd::Rejected => "rejected",
        OfferEnd::Unreachable => "unreachable",
        OfferEnd::CallerGone => "caller gone",
        OfferEnd::Withdrawn => "withdrawn",
    }
}

fn overflow_reason(reason: OverflowReason) -> &'static str {
    match reason {
        OverflowReason::Full => "full",
        OverflowReason::WaitedTooLong => "waited too long",
        OverflowReason::NoAgentSignedIn => "no agent signed in",
        OverflowReason::Closed => "closed",
    }
}

fn state_words(state: &AgentState) -> String {
    match state {
        AgentState::LoggedOut => "logged out".to_owned(),
        AgentState::NotReady { reason } => format!("not ready ({reason})"),
        AgentState::Ready => "ready".to_owned(),
        AgentState::Offered => "offered".to_owned(),
        AgentState::Talking => "talking".to_owned(),
        AgentState::Hold => "hold".to_owned(),
        AgentState::WrapUp => "wrap-up".to_owned(),
    }
}
