//! Where the demo plays: the embedded sample hotline, written as drafts into a directory of its own.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use rust_embed::RustEmbed;
use toml_edit::{DocumentMut, Item, value};

use crate::config::server::ServerConfig;
use crate::io::control::FindingsFound;

/// What the sample's queues are given so that a queue is full and a message is left within a minute.
pub const CHANGES: [(&str, &str); 2] = [
    ("general", "limit 20 -> 1: the second caller in a row finds it full"),
    (
        "overflow",
        "limit 0 -> none, max_wait 15 min -> 7 s: nobody is assigned to it, so callers leave a message",
    ),
];

#[derive(RustEmbed)]
#[folder = "menus/"]
struct Menus;

#[derive(RustEmbed)]
#[folder = "prompts/"]
struct Prompts;

const SERVER: &str = include_str!("../../../ops/hotline.toml");
const QUEUES: &str = include_str!("../../../ops/queues.toml");
const CALENDAR: &str = include_str!("../../../ops/calendar.toml");
const PLANS: &str = include_str!("../../../ops/plans.toml");
const AGENTS: &str = include_str!("../../../ops/agents.csv");

/// The directory of one demo, with its configuration.
pub struct Stage {
    pub directory: PathBuf,
    pub config: ServerConfig,
}

impl Stage {
    /// Writes the drafts into `keep`, which must be new or empty, or into a new temporary directory.
    pub fn build(keep: Option<&Path>) -> anyhow::Result<Stage> {
        let directory = match keep {
            Some(path) => empty(path)?,
            None => temporary()?,
        };
        let directory = directory.canonicalize().context("the demo's directory cannot be found again")?;
        copy::<Menus>(&directory.join("menus"))?;
        copy::<Prompts>(&directory.join("prompts"))?;
        let ops = directory.join("ops");
        write(&ops.join("agents.csv"), AGENTS.as_bytes())?;
        write(&ops.join("calendar.toml"), CALENDAR.as_bytes())?;
        write(&ops.join("plans.toml"), PLANS.as_bytes())?;
        write_changed(&ops.join("hotline.toml"), SERVER, |file| {
            file["sip"]["listen"] = value("127.0.0.1:0");
            file["http"]["listen"] = value("127.0.0.1:0");
            file["http"]["management"] = value("127.0.0.1:0");
        })?;
        write_changed(&ops.join("queues.toml"), QUEUES, |file| {
            file["queues"]["general"]["limit"] = value(1);
            file["queues"]["overflow"]["limit"] = Item::None;
            file["queues"]["overflow"]["max_wait"] = value("7 s");
        })?;
        let config = ServerConfig::load(Some(&ops.join("hotline.toml"))).map_err(FindingsFound::new)?;
        Ok(Stage { directory, config })
    }

    pub fn configuration(&self) -> PathBuf {
        self.directory.join("ops").join("hotline.toml")
    }

    /// The sample's agents, with the secrets they sign in by.
    pub fn agents_csv(&self) -> &'static str {
        AGENTS
    }
}

fn empty(path: &Path) -> anyhow::Result<PathBuf> {
    let making = || format!("making {}", path.display());
    DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(making)?;
    let mut entries = std::fs::read_dir(path).with_context(making)?;
    ensure!(entries.next().is_none(), "{} is not empty; give a new directory with --keep", path.display());
    Ok(path.to_owned())
}

fn temporary() -> anyhow::Result<PathBuf> {
    let under = std::env::temp_dir();
    let numbered = |n: u32| under.join(format!("hotline-demo-{}-{n}", std::process::id()));
    for path in (0..1_000).map(numbered) {
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("making {}", path.display())),
        }
    }
    anyhow::bail!("{} is full of demos; remove some", under.display())
}

fn copy<Files: RustEmbed>(to: &Path) -> anyhow::Result<()> {
    for name in Files::iter() {
        let file = Files::get(&name).with_context(|| format!("{name} is not part of this program"))?;
        write(&to.join(name.as_ref()), &file.data)?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let writing = || format!("writing {}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(writing)?;
    }
    std::fs::write(path, bytes).with_context(writing)
}

fn write_changed(path: &Path, text: &str, change: impl FnOnce(&mut DocumentMut)) -> anyhow::Result<()> {
    let mut file: DocumentMut = text.parse().with_context(|| format!("reading {}", path.display()))?;
    change(&mut file);
    write(path, file.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_whole_and_a_used_directory_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::build(Some(&dir.path().join("new"))).unwrap();
        assert!(stage.config.sip.listen.ip().is_loopback() && stage.config.sip.listen.port() == 0);
        assert!(
            stage.config.storage.directory.starts_with(&stage.directory) || {
                let var = stage.config.storage.directory.clone();
                var.ends_with("ops/../var")
            }
        );
        assert!(stage.agents_csv().contains("1001,"));
        let again = Stage::build(Some(&stage.directory)).err().unwrap();
        assert!(again.to_string().contains("not empty"), "{again}");
    }
}
