//! Callers who know the hotline's prompts by ear, and agents at their desks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hotline::ids::Key;
use hotline::io::prompts::manifest::{FILE, Manifest, Recording};
use hotline::phone::ear::{self, Known};
use hotline::phone::{self, AnswerOptions, CallOptions, Ending, KeyStyle, Phone, Signal};

use super::server::Server;
use super::stage::Place;

/// Patience for a prompt.
pub const SOON: Duration = Duration::from_secs(20);
/// The tone in which callers speak (in no hold audio), and those in which agents do before and after they have heard them.
pub const CALLER_TONE: f64 = 570.0;
pub const AGENT_TONE: f64 = 620.0;
pub const AGENT_AGREES: f64 = 760.0;
/// Two prompts follow each other if no more than this lies between them, in samples: 0.9 s.
const PAUSE: usize = 7_200;
/// Languages of a prompt without words.
const ANY: &str = "any";

/// All recordings of a hotline: (language, name) → sound.
pub struct Voices(BTreeMap<(String, String), Vec<i16>>);

impl Voices {
    /// Those of the version that a server has in force.
    pub fn of(server: &Server) -> Arc<Voices> {
        let versions = server.config.storage.directory.join("versions");
        let current = std::fs::read_to_string(versions.join("current")).expect("a version is in force");
        let manifest = Manifest::read(&versions.join(current.trim()).join(FILE)).expect("a manifest");
        let sound = |recording: &Recording| {
            let path = versions.join("prompts").join(format!("{}.wav", recording.sha256));
            let mut wave =
                hound::WavReader::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            wave.samples::<i16>().map(|sample| sample.expect("a sample")).collect()
        };
        let recorded = manifest.recordings.iter();
        Arc::new(Voices(recorded.map(|(name, recording)| (name.clone(), sound(recording))).collect()))
    }

    pub fn get(&self, language: &str, name: &str) -> &[i16] {
        let found = [language, ANY].into_iter().find_map(|l| self.0.get(&(l.to_owned(), name.to_owned())));
        found.unwrap_or_else(|| panic!("there is no prompt {name} in {language}"))
    }

    fn known(&self, language: &str) -> Vec<Known<'_>> {
        let spoken = self.0.iter().filter(|((l, _), _)| l == language || l == ANY);
        spoken.map(|((_, name), sound)| Known { name, sound }).collect()
    }
}

/// A caller at the telephone. What goes wrong ends the test and tells the whole visit so far.
pub struct Caller {
    pub number: String,
    line: phone::Caller,
    voices: Arc<Voices>,
    language: &'static str,
    style: KeyStyle,
    story: Vec<String>,
}

impl Caller {
    pub async fn dial(place: Place, voices: &Arc<Voices>, number: &str) -> Caller {
        Caller::dial_with(place, voices, number, KeyStyle::Event).await
    }

    /// Sends every key like this.
    pub async fn dial_with(place: Place, voices: &Arc<Voices>, number: &str, style: KeyStyle) -> Caller {
        let phone = Phone::bind((place.host(2), 0).into()).await.expect("a telephone");
        let telephone_events = matches!(style, KeyStyle::Event | KeyStyle::Gateway);
        let from_user = number.to_owned();
        let options = CallOptions { from_user, telephone_events, ..CallOptions::default() };
        let line = phone::Caller::dial(phone, place.sip(), place.sample.number(), options).await;
        let line = line.unwrap_or_else(|failed| panic!("{number}: {failed}"));
        Caller {
            number: number.to_owned(),
            line,
            voices: voices.clone(),
            language: "zh-CN",
            style,
            story: Vec::new(),
        }
    }

    pub fn call(&self) -> &phone::Call {
        self.line.call()
    }

    /// From here on prompts of this language are listened for.
    pub fn speaks(&mut self, language: &'static str) {
        self.language = language;
    }

    /// Hears a prompt to its end, whatever was said before it.
    pub async fn hear(&mut self, prompt: &str) -> usize {
        self.hear_within(prompt, SOON).await
    }

    pub async fn hear_within(&mut self, prompt: &str, patience: Duration) -> usize {
        let voices = self.voices.clone();
        match self.line.hear(voices.get(self.language, prompt), patience).await {
            Ok(found) => {
                self.story.push(format!("{:6.2} s  heard {prompt}", seconds(found.offset)));
                found.offset
            }
            Err(not_heard) => self.lost(&format!("waiting for {prompt}: {not_heard}")),
        }
    }

    /// Hears these prompts one directly after the other; the first may come later.
    pub async fn hear_in_a_row(&mut self, prompts: &[&str]) {
        let mut end = None;
        for prompt in prompts {
            let at = self.hear(prompt).await;
            let pause = end.map_or(0, |end| at.saturating_sub(end));
            if pause > PAUSE {
                self.lost(&format!("{:.1} s before {prompt}", seconds(pause)));
            }
            end = Some(at + self.voices.get(self.language, prompt).len());
        }
    }

    /// Hears that a prompt has begun.
    pub async fn hear_beginning(&mut self, prompt: &str) {
        let voices = self.voices.clone();
        match self.line.hear_beginning(voices.get(self.language, prompt), SOON).await {
            Ok(found) => self.story.push(format!("{:6.2} s  heard {prompt} begin", seconds(found.offset))),
            Err(not_heard) => self.lost(&format!("waiting for the beginning of {prompt}: {not_heard}")),
        }
    }

    /// Presses keys one after the other.
    pub async fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            let key = Key::from_char(key).expect("a key of a telephone");
            self.line.press(key, self.style).await;
        }
        self.story.push(format!("{:6.2} s  pressed {keys}", seconds(self.call().heard_length())));
    }

    pub async fn say(&self, signal: Signal) {
        self.call().say(signal).await;
    }

    /// Is with a person: both hear each other.
    pub async fn talks_to_a_person(&mut self) {
        self.say(Signal::tone(CALLER_TONE)).await;
        self.hears_tone(AGENT_AGREES).await;
    }

    /// Hears digits that were keyed in, and what to press.
    pub async fn is_read_back(&mut self, typed: &str) {
        self.hears_digits(["system.confirm.before", "system.confirm.after"], typed).await;
    }

    /// Hears the number that a callback would go to.
    pub async fn is_offered(&mut self, number: &str) {
        self.hears_digits(["system.callback.offer.before", "system.callback.offer.after"], number).await;
    }

    async fn hears_digits(&mut self, [before, after]: [&str; 2], typed: &str) {
        let said = digits(typed);
        let mut all = vec![before];
        all.extend(said.iter().map(String::as_str));
        all.push(after);
        self.hear_in_a_row(&all).await;
    }

    /// Speaks after the tone.
    pub async fn leaves_a_message(&mut self) {
        self.hear_in_a_row(&["system.message.intro", "system.beep"]).await;
        self.speaks_for(Duration::from_secs(2)).await;
    }

    /// Speaks for so long.
    pub async fn speaks_for(&mut self, length: Duration) {
        self.say(Signal::tone(CALLER_TONE)).await;
        tokio::time::sleep(length).await;
        self.say(Signal::Silence).await;
        self.story.push(format!("        spoke for {} s", length.as_secs()));
    }

    pub async fn hears_tone(&mut self, hz: f64) {
        let heard = self.call().wait_tone(self.line.mark(), hz, 0.5, SOON).await;
        if heard.is_err() {
            self.lost(&format!("waiting for somebody who speaks at {hz} Hz"));
        }
        self.story.push(format!("        heard somebody at {hz} Hz"));
    }

    /// The hotline ends the call.
    pub async fn is_hung_up_on(&mut self) {
        let ended = tokio::time::timeout(SOON, self.call().ended()).await;
        if ended != Ok(Ending::ByPeer) {
            self.lost(&format!("waiting for the end of the call: {ended:?}"));
        }
    }

    pub async fn hangs_up(&self) {
        self.call().hang_up().await;
    }

    /// Whether a prompt of any language was heard anywhere in the call.
    pub fn heard_anywhere(&self, language: &str, prompt: &str) -> bool {
        phone::listen::correlation(&self.call().heard(), self.voices.get(language, prompt)).is_heard()
    }

    fn lost(&self, why: &str) -> ! {
        let from = self.line.mark();
        let sounds = ear::recognise(&self.call().heard_from(from), &self.voices.known(self.language), &[]);
        let told = sounds.iter().map(|sound| {
            format!(
                "{:6.2} to {:6.2} s  {:?}\n",
                seconds(from + sound.from),
                seconds(from + sound.to),
                sound.what
            )
        });
        panic!(
            "{} {why}\nbefore:\n{}\nthen there was:\n{}{:6.2} s  {:?}",
            self.number,
            self.story.join("\n"),
            told.collect::<String>(),
            seconds(self.call().heard_length()),
            self.call().ending(),
        );
    }
}

/// Prompts of digits said one by one.
pub fn digits(digits: &str) -> Vec<String> {
    let name = |digit: char| match digit {
        // 幺 on the telephone, so that it is not taken for 七.
        '1' => "say.1.digit".to_owned(),
        digit => format!("say.{digit}"),
    };
    digits.chars().map(name).collect()
}

fn seconds(samples: usize) -> f64 {
    samples as f64 / ear::RATE as f64
}

/// What a desk is shown of a call.
#[derive(Clone, Debug)]
pub struct Shown {
    pub verified: Option<String>,
    pub elderly: bool,
}

/// Agents who answer every call at once, speak in [`AGENT_TONE`], and in [`AGENT_AGREES`] once they have heard
/// the caller.
pub struct Staff {
    desks: Vec<tokio::task::JoinHandle<()>>,
    shown: Arc<Mutex<Vec<Shown>>>,
}

impl Drop for Staff {
    fn drop(&mut self) {
        self.desks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

impl Staff {
    /// `count` agents, from work number 1001 on, in these queues (divided by `;`).
    pub async fn at_work(server: &Server, count: u16, queues: &str) -> Staff {
        let (mut devices, mut people, mut signed_in) = (String::new(), String::new(), Vec::new());
        let mut staff = Staff { desks: Vec::new(), shown: Arc::default() };
        for agent in 1_001..1_001 + count {
            let phone =
                Phone::bind((server.stage.place.host(3), 0).into()).await.expect("a desk's telephone");
            let device = format!("desk{agent}");
            devices += &format!("{device},static,sip:{device}@{}\n", phone.address());
            people += &format!("{agent},Agent {agent},482913,{SKILLS},{queues},zh-CN;en-US\n");
            signed_in.push((agent.to_string(), device));
            staff.desks.push(tokio::spawn(answer_all(phone, staff.shown.clone())));
        }
        server.staff(&devices, &people, &signed_in).await;
        staff
    }

    /// What the desks were shown of all calls so far.
    pub fn shown(&self) -> Vec<Shown> {
        self.shown.lock().expect("what was shown").clone()
    }
}

/// What the sample's queues ask of agents.
const SKILLS: &str = "card=9;complaints=9;general=9";

async fn answer_all(phone: Phone, shown: Arc<Mutex<Vec<Shown>>>) {
    while let Some(call) = phone.incoming().await {
        let verified = call.header("X-Hotline-Verified").map(str::to_owned);
        let elderly = call.header("X-Hotline-Elderly") == Some("yes");
        shown.lock().expect("what was shown").push(Shown { verified, elderly });
        let send = Signal::tone(AGENT_TONE);
        let Ok(talk) = call.answer(AnswerOptions { send, ..AnswerOptions::default() }).await else {
            continue;
        };
        if talk.wait_tone(0, CALLER_TONE, 0.3, SOON).await.is_ok() {
            talk.say(Signal::tone(AGENT_AGREES)).await;
        }
        talk.ended().await;
    }
}
