//! A hotline of a test's own: a sample's drafts in a new directory, changed as the test needs, and an
//! address on loopback that nobody else has.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hotline::config::server::ServerConfig;
use hotline::io::crypto::random;
use toml_edit::{DocumentMut, value};

/// The two sample hotlines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sample {
    Bank,
    Town,
}

impl Sample {
    fn root(self) -> PathBuf {
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        match self {
            Sample::Bank => project.to_owned(),
            Sample::Town => project.join("samples/city-services"),
        }
    }

    /// The system that its menus ask.
    pub fn service(self) -> &'static str {
        match self {
            Sample::Bank => "bank",
            Sample::Town => "town",
        }
    }

    /// What its callers dial.
    pub fn number(self) -> &'static str {
        match self {
            Sample::Bank => "95599",
            Sample::Town => "12345",
        }
    }
}

/// Where a hotline is to be reached: a network of its own on loopback.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub sample: Sample,
    network: [u8; 3],
}

impl Place {
    /// An address of this network: 1 is the server.
    pub fn host(&self, number: u8) -> Ipv4Addr {
        let [a, b, c] = self.network;
        Ipv4Addr::new(a, b, c, number)
    }

    pub fn sip(&self) -> SocketAddr {
        (self.host(1), 5060).into()
    }

    pub fn management(&self) -> SocketAddr {
        (self.host(1), 9464).into()
    }

    /// Where the system that the menus ask is looked for; nobody is there unless a test serves it.
    pub fn service(&self) -> SocketAddr {
        (self.host(4), 8099).into()
    }
}

/// Drafts and configuration of one hotline; removed when dropped unless `HOTLINE_KEEP` is set.
pub struct Stage {
    pub place: Place,
    pub directory: PathBuf,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if std::env::var_os("HOTLINE_KEEP").is_some() {
            eprintln!("kept: {}", self.directory.display());
        } else {
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}

impl Stage {
    pub fn of(sample: Sample) -> Stage {
        let [one, two] = random::<2>().expect("random numbers");
        let directory = tempfile::Builder::new().prefix("by-phone-").tempdir().expect("a directory").keep();
        let place = Place { sample, network: [127, 16 + one % 200, two] };
        let stage = Stage { place, directory };
        for folder in ["menus", "ops", "prompts"] {
            copy(&sample.root().join(folder), &stage.path(folder));
        }
        let server = place.host(1);
        stage.edit("ops/hotline.toml", |file| {
            file["sip"]["listen"] = value(format!("{server}:5060"));
            file["http"]["listen"] = value(format!("{server}:8080"));
            file["http"]["management"] = value(format!("{server}:9464"));
            if sample == Sample::Bank {
                file["sip"]["transfer_prefixes"] = value(toml_edit::Array::from_iter(["955"]));
            }
            let service = &mut file["lookups"][sample.service()];
            service["url"] = value(format!("http://{}/hotline", place.service()));
        });
        stage
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.directory.join(relative)
    }

    /// Changes a file of the drafts.
    pub fn edit(&self, file: &str, change: impl FnOnce(&mut DocumentMut)) {
        let path = self.path(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut document: DocumentMut = text.parse().unwrap_or_else(|e| panic!("{file}: {e}"));
        change(&mut document);
        std::fs::write(path, document.to_string()).expect("a file of the drafts");
    }

    /// Speaks what has no recording yet, and publishes.
    pub fn publish(&self) {
        self.run("prompts build --by tests");
        self.run("publish --by tests --reason test");
    }

    pub fn config(&self) -> ServerConfig {
        ServerConfig::load(Some(&self.path("ops/hotline.toml"))).unwrap_or_else(|found| panic!("{found:?}"))
    }

    /// The program with this configuration.
    pub fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hotline"));
        command.args(words.split(' ')).arg("--config").arg(self.path("ops/hotline.toml"));
        command.current_dir(&self.directory).env("USER", "tester").stdin(Stdio::null());
        command
    }

    /// Runs a subcommand that must succeed; what it printed.
    pub fn run(&self, words: &str) -> String {
        let done = self.command(words).output().expect("the program starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, errors) = (text(&done.stdout), text(&done.stderr));
        assert!(done.status.success(), "hotline {words}: {:?}\n{out}{errors}", done.status.code());
        out
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder of the drafts");
    // A sample without recordings has them spoken.
    let Ok(entries) = std::fs::read_dir(from) else { return };
    for entry in entries {
        let entry = entry.expect("a draft");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a draft is copied");
        }
    }
}
