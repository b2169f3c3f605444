//! A program speaks a text: started without a shell, text on standard input, WAV on standard output.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use super::wav::{Sound, WavError, decode, mend_length};

/// A prompt that takes longer than this to be spoken has hung.
const PATIENCE: Duration = Duration::from_secs(60);
/// More than any prompt of [`super::MAX_SECONDS`] at 48,000 Hz.
const MAX_OUTPUT: u64 = 64 << 20;

/// The command and its arguments; `{language}`, `{voice}`, `{speed}` and `{pitch}` are replaced in
/// each argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Synthesiser {
    argv: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum SynthesisError {
    #[error("the command is empty; give a program and its arguments")]
    Empty,
    #[error("`{0}` cannot be started ({1}); install it (espeak-ng: `apt install espeak-ng`) or name another")]
    Start(String, std::io::Error),
    #[error("`{0}` ended with {1}: {2}")]
    Failed(String, std::process::ExitStatus, String),
    #[error("`{0}` did not end within a minute and was stopped")]
    Hung(String),
    #[error("`{0}` gave no usable sound: {1}")]
    Sound(String, WavError),
    #[error("the output of `{0}` cannot be read: {1}")]
    Output(String, std::io::Error),
}

impl Default for Synthesiser {
    /// Formant voices of eSpeak NG: small, free, on every distribution, the same on every machine.
    fn default() -> Self {
        let argv = ["espeak-ng", "-v", "{voice}", "--stdout", "-s", "{speed}", "-p", "{pitch}"];
        Synthesiser { argv: argv.map(str::to_owned).to_vec() }
    }
}

impl Synthesiser {
    pub fn new(argv: Vec<String>) -> Result<Self, SynthesisError> {
        match argv.first().is_some_and(|program| !program.is_empty()) {
            true => Ok(Synthesiser { argv }),
            false => Err(SynthesisError::Empty),
        }
    }

    /// A command as it is typed, its words divided by spaces; no shell reads it, so nothing is quoted.
    pub fn from_words(command: &str) -> Result<Self, SynthesisError> {
        Self::new(command.split_whitespace().map(str::to_owned).collect())
    }

    /// The command as it is run for a text; also says where a recording comes from.
    pub fn command(&self, language: &str, text: &str) -> Vec<String> {
        let voice = voice(language, text);
        let fill = |arg: &String| {
            let arg = arg.replace("{language}", language).replace("{voice}", &voice);
            arg.replace("{speed}", speed(&voice)).replace("{pitch}", &pitch(text).to_string())
        };
        self.argv.iter().map(fill).collect()
    }

    /// Speaks `text`.
    pub fn speak(&self, language: &str, text: &str) -> Result<Sound, SynthesisError> {
        let argv = self.command(language, text);
        let (program, arguments) = argv.split_first().ok_or(SynthesisError::Empty)?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| SynthesisError::Start(program.clone(), e))?;
        let (mut wav, complaint) = converse(&mut child, program, text)?;
        let status = child.wait().map_err(|e| SynthesisError::Output(program.clone(), e))?;
        if !status.success() {
            return Err(SynthesisError::Failed(program.clone(), status, complaint));
        }
        mend_length(&mut wav);
        decode(&wav).map_err(|e| SynthesisError::Sound(program.clone(), e))
    }
}

/// Feeds the text and gathers both outputs, each on a thread of its own so that none blocks another.
fn converse(child: &mut Child, program: &str, text: &str) -> Result<(Vec<u8>, String), SynthesisError> {
    let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let text = text.to_owned();
    let writer = std::thread::spawn(move || {
        // A program that ends without reading everything says so by its exit code.
        input.map(|mut input| input.write_all(text.as_bytes()))
    });
    let complaints = std::thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(errors) = errors {
            let _ = errors.take(4_096).read_to_end(&mut said);
        }
        String::from_utf8_lossy(&said).trim().to_owned()
    });
    let (done, result) = sync_channel(1);
    std::thread::spawn(move || {
        let mut wav = Vec::new();
        let read = output.map_or(Ok(0), |output| output.take(MAX_OUTPUT).read_to_end(&mut wav));
        let _ = done.send(read.map(|_| wav));
    });
    let read = result.recv_timeout(PATIENCE);
    if read.is_err() {
        let _ = child.kill();
        let _ = child.wait();
        return Err(SynthesisError::Hung(program.to_owned()));
    }
    let _ = writer.join();
    let complaint = complaints.join().unwrap_or_default();
    match read {
        Ok(Ok(wav)) => Ok((wav, complaint)),
        Ok(Err(e)) => Err(SynthesisError::Output(program.to_owned(), e)),
        Err(_) => Err(SynthesisError::Hung(program.to_owned())),
    }
}

/// eSpeak NG's name of the voice for a text; an unknown language is tried under its own name.
///
/// "For English, press 5" stands in the Chinese menu and is said in English, and the other way
/// round: the script decides where the language cannot be the one of the text.
fn voice(language: &str, text: &str) -> String {
    let chinese = text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}'));
    let letters = text.chars().any(char::is_alphabetic);
    match language {
        "zh-HK" if chinese => "yue".to_owned(),
        "en-GB" if !chinese => "en-gb".to_owned(),
        "ja-JP" => "ja".to_owned(),
        _ if chinese => "cmn".to_owned(),
        "zh-CN" | "zh-HK" if letters => "en-us".to_owned(),
        "zh-CN" => "cmn".to_owned(),
        "zh-HK" => "yue".to_owned(),
        "en-US" => "en-us".to_owned(),
        other => other.to_lowercase(),
    }
}

/// Words a minute at which the voices of eSpeak NG speak about as fast as an announcer does: it takes
/// every Chinese character for a word.
fn speed(voice: &str) -> &'static str {
    match voice {
        "cmn" | "yue" => "230",
        _ => "165",
    }
}

/// A pitch a little different from text to text (43–57 of 99), always the same for the same text. A
/// formant voice says "press 1" with the very same samples in every prompt; with this, which prompt
/// was heard can be told from the sound alone.
fn pitch(text: &str) -> u32 {
    43 + crc32fast::hash(text.as_bytes()) % 15
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::prompts::wav::encode;

    fn argv(words: &[&str]) -> Synthesiser {
        Synthesiser::new(words.iter().map(|w| (*w).to_owned()).collect()).unwrap()
    }

    #[test]
    fn places_are_filled_in_each_argument() {
        let command = argv(&["say", "--lang={language}", "{voice}", "{speed}"]).command("zh-CN", "您好");
        assert_eq!(command, ["say", "--lang=zh-CN", "cmn", "230"]);
        let voice = |language, text| Synthesiser::default().command(language, text)[2].clone();
        assert_eq!(voice("en-US", "Hello"), "en-us");
        assert_eq!(voice("en-US", "中文服务请按5。"), "cmn", "said in the language it leads to");
        assert_eq!(voice("zh-CN", "For English, press 5."), "en-us");
        assert_eq!(voice("zh-CN", "95566"), "cmn");
        assert_eq!(voice("fr-FR", "Bonjour"), "fr-fr");
        assert!(Synthesiser::new(Vec::new()).is_err() && Synthesiser::from_words("  ").is_err());
        assert_eq!(Synthesiser::from_words(" say -v  {voice}").unwrap(), argv(&["say", "-v", "{voice}"]));
    }

    #[test]
    fn the_text_is_data_and_never_a_command() {
        // `cat` gives back what it was told: a WAV goes in as text would.
        let wav = encode(&[1_000; 400]).unwrap();
        let text = "$(touch /tmp/never); `x`";
        assert!(matches!(argv(&["cat"]).speak("en-US", text), Err(SynthesisError::Sound(..))));
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a b.wav");
        std::fs::write(&file, &wav).unwrap();
        let spoken = argv(&["cat", file.to_str().unwrap()]).speak("en-US", text).unwrap();
        assert_eq!((spoken.rate, spoken.samples.len()), (8_000, 400));
    }

    #[test]
    fn a_program_that_fails_or_is_not_there_is_told() {
        let failed = argv(&["ls", "/nowhere/at/all"]).speak("en-US", "x").unwrap_err();
        assert!(matches!(failed, SynthesisError::Failed(..)) && failed.to_string().contains("/nowhere"));
        let missing = argv(&["no-such-program-here"]).speak("en-US", "x").unwrap_err();
        assert!(missing.to_string().contains("install"), "{missing}");
    }
}
