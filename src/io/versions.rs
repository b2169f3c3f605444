//! Numbered snapshots of menus, queues, entries and prompts: published from drafts, loaded, rolled back.
//!
//! The server runs snapshots only; drafts may be broken at any moment. A snapshot is never changed
//! and never deleted, so a recording can name what was heard for as long as it is kept.

mod announcements;
mod around;
mod assemble;
mod content;
mod difference;
mod proposals;
mod seen;
mod slowly;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

use crate::config::finding::{Finding, Severity};
use crate::config::published::{CallbackSettings, Published};
use crate::ids::{ConfigVersion, PromptHash};
use crate::io::prompts::clip::{clip, hash};
use crate::io::prompts::inspect::{Inspection, State, Strictness, inspect, path, read_bounded};
use crate::io::prompts::lengths::Recorded;
use crate::io::prompts::manifest::Manifest;
use crate::media::command::{Clip, PromptTable};
use crate::menu::ManifestView;
use crate::menu::api::PromptName;
use crate::now::Wall;

pub use around::{Around, Checked, Texts};
use assemble::heard;
pub use assemble::{Assembled, Frame, assemble, assembled, named};
pub use content::{Content, Drafts, Offers, Places, broken, read_if_there, read_menus, read_text};
pub use seen::{Seen, hours};
pub use store::{Confirmation, Meta};
use store::{Proposal, Store};

/// Most clips kept in memory for [`Versions::prompt_by_hash`]; the rest is read when asked for.
const MAX_CLIPS: usize = 4_096;

/// All snapshots of a storage directory. Shared by reference; publishing is serialised by a file lock.
pub struct Versions {
    store: Store,
    clips: RwLock<BTreeMap<PromptHash, Clip>>,
}

/// A snapshot as `hotline versions` shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VersionInfo {
    #[serde(flatten)]
    pub meta: Meta,
    /// In force for new calls.
    pub current: bool,
    /// It waits for another person.
    pub proposed: bool,
    /// Who put a proposal in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmation>,
}

/// Who publishes, why and when.
#[derive(Clone, Copy, Debug)]
pub struct Signature<'a> {
    pub by: &'a str,
    pub reason: &'a str,
    pub at: Wall,
}

/// What a publication came to.
#[derive(Clone, Debug)]
pub struct Publication {
    pub published: Published,
    pub became: Became,
    /// What changed against the version before.
    pub difference: Vec<String>,
    /// Worth a look; did not stop it.
    pub warnings: Vec<Finding>,
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    InForce,
    /// It has a number and waits for another person.
    Proposed,
    /// The drafts equal the version in force: no number was made.
    Nothing,
}

/// How far a publication goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    InForce,
    Proposal,
}

/// Everything that a snapshot will hold, checked.
struct Candidate {
    content: Content,
    assembled: Assembled,
    /// Hash → file, to be kept.
    sounds: BTreeMap<PromptHash, Vec<u8>>,
    prompts: PromptTable,
}

impl Versions {
    /// Opens `versions/` in the storage directory and makes it if it is not there.
    pub fn open(storage: &Path) -> std::io::Result<Versions> {
        let store = Store::open(storage.join("versions"))?;
        Ok(Versions { store, clips: RwLock::new(BTreeMap::new()) })
    }

    /// The version in force; `None` before the first publication.
    pub fn latest(&self) -> Option<ConfigVersion> {
        self.store.current().ok().flatten()
    }

    /// The version before the one in force.
    pub fn previous(&self) -> Option<ConfigVersion> {
        let latest = self.latest()?;
        let was = |version: &ConfigVersion| *version < latest && !self.store.waits(*version);
        self.store.versions().ok()?.into_iter().rfind(was)
    }

    /// Every snapshot, oldest first. One whose `meta.toml` cannot be read is an error: nobody edits it.
    pub fn list(&self) -> std::io::Result<Vec<VersionInfo>> {
        let current = self.store.current()?;
        let info = |version| {
            let meta = self.store.meta(version)?;
            let proposal = self.store.proposal(version)?;
            let proposed = proposal.as_ref().is_some_and(|proposal| proposal.confirmed.is_none());
            let confirmed = proposal.and_then(|proposal| proposal.confirmed);
            Ok(VersionInfo { current: current == Some(version), proposed, confirmed, meta })
        };
        self.store.versions()?.into_iter().map(info).collect()
    }

    /// Reads a snapshot whole: files against its digest, sound against its hashes.
    pub fn load(&self, version: ConfigVersion) -> Result<Published, Vec<Finding>> {
        let directory = self.store.directory(version);
        let meta = self.meta(version)?;
        let content = Content::read(&directory)?;
        if content.digest().ok().as_deref() != Some(meta.digest.as_str()) {
            return Err(vec![altered(&directory, version)]);
        }
        let mut prompts = PromptTable::default();
        for recording in content.manifest.recordings.values() {
            let clip = self.read_clip(recording.sha256)?;
            prompts.insert(&recording.language, &recording.name, clip);
        }
        let places = Places::new(directory.join("menus"), &directory);
        let recorded = Recorded::of(&prompts, &content.manifest);
        // What the server offers was looked at when it was published; a call finds out what is gone.
        let offers = Offers::default();
        let assembled = assemble(&content, &Frame { places: &places, offers: &offers, recorded: &recorded })?;
        self.remember(&prompts);
        Ok(published(meta, assembled, prompts))
    }

    /// Checks the drafts, makes a snapshot of them and puts it in force. With any error nothing is made.
    pub fn publish(&self, drafts: &Drafts, signed: Signature) -> Result<Publication, Vec<Finding>> {
        self.make(drafts, signed, Step::InForce)
    }

    fn make(&self, drafts: &Drafts, signed: Signature, step: Step) -> Result<Publication, Vec<Finding>> {
        signed.check()?;
        let candidate = self.candidate(drafts)?;
        let _lock = self.store.lock().map_err(|e| vec![self.unwritable(&e)])?;
        let digest = candidate.content.digest().map_err(|e| vec![broken(&drafts.prompts, &e.to_string())])?;
        let base = self.latest();
        let old = base.and_then(|version| Content::read(&self.store.directory(version)).ok());
        let difference = difference::difference(&old.unwrap_or_default(), &candidate.content);
        self.remember(&candidate.prompts);
        let warnings = candidate.assembled.warnings.clone();
        if let Some(meta) = base.and_then(|v| self.store.meta(v).ok()).filter(|m| m.digest == digest) {
            let published = published(meta, candidate.assembled, candidate.prompts);
            let became = Became::Nothing;
            return Ok(Publication { published, became, difference: Vec::new(), warnings });
        }
        for (hash, file) in &candidate.sounds {
            self.store.keep_prompt(*hash, file).map_err(|e| vec![self.unwritable(&e)])?;
        }
        let meta = self.next(signed, digest, difference.clone())?;
        let (written, became) = match step {
            Step::InForce => (self.store.add(&meta, &candidate.content), Became::InForce),
            Step::Proposal => {
                let proposal = Proposal { base, confirmed: None };
                (self.store.propose(&meta, &candidate.content, &proposal), Became::Proposed)
            }
        };
        written.map_err(|e| vec![self.unwritable(&e)])?;
        let published = published(meta, candidate.assembled, candidate.prompts);
        Ok(Publication { published, became, difference, warnings })
    }

    /// Puts an old snapshot in force again, under a new number.
    pub fn rollback(&self, to: ConfigVersion, signed: Signature) -> Result<Publication, Vec<Finding>> {
        signed.check()?;
        if self.store.waits(to) {
            return Err(vec![self.proposal_finding(to, "is a proposal that nobody has confirmed")]);
        }
        let loaded = self.load(to)?;
        let _lock = self.store.lock().map_err(|e| vec![self.unwritable(&e)])?;
        let content = Content::read(&self.store.directory(to))?;
        let old = self.latest().and_then(|version| Content::read(&self.store.directory(version)).ok());
        let difference = difference::difference(&old.unwrap_or_default(), &content);
        let meta = self.next(signed, loaded.digest.clone(), difference.clone())?;
        self.store.add(&meta, &content).map_err(|e| vec![self.unwritable(&e)])?;
        let published =
            Published { version: meta.version, by: meta.by, reason: meta.reason, at: meta.at, ..loaded };
        Ok(Publication { published, became: Became::InForce, difference, warnings: Vec::new() })
    }

    /// The sound of any version, for recordings that refer to it; `None` if it is gone or altered.
    pub fn prompt_by_hash(&self, hash: PromptHash) -> Option<Clip> {
        let known = self.clips.read().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned();
        known.or_else(|| self.read_clip(hash).ok())
    }

    /// What a publication would find, without making anything.
    pub fn check(&self, drafts: &Drafts) -> Vec<Finding> {
        match self.candidate(drafts) {
            Ok(candidate) => candidate.assembled.warnings,
            Err(findings) => findings,
        }
    }

    fn candidate(&self, drafts: &Drafts) -> Result<Candidate, Vec<Finding>> {
        let mut content = drafts.read()?;
        let recorded = Recorded::read(&drafts.prompts);
        let (places, offers) = (&drafts.places, &drafts.offers);
        let frame = Frame { places, offers, recorded: &recorded };
        let mut assembled = assemble(&content, &frame)?;
        let manifest = drafts.prompts.join(crate::io::prompts::manifest::FILE);
        let inspection =
            inspect(&drafts.prompts, &assembled.wanted).map_err(|e| vec![e.finding(&manifest)])?;
        let hold = assembled.queues.iter().map(|queue| PromptName(queue.hold_audio.clone())).collect();
        let heard = heard(&content, &frame, ManifestView { hold, ..inspection.view() });
        let new: Vec<Finding> = heard.into_iter().filter(|f| !assembled.warnings.contains(f)).collect();
        assembled.warnings.extend(new);
        assembled.warnings.extend(inspection.findings(Strictness::Publish));
        if assembled.warnings.iter().any(|f| f.severity == Severity::Error) {
            return Err(assembled.warnings);
        }
        content.manifest = used(&inspection);
        let mut sounds = sounds(&content.manifest, &drafts.prompts)?;
        if assembled.program.speaks_slowly() {
            let before = self.latest().and_then(|latest| Content::read(&self.store.directory(latest)).ok());
            let before = before.map(|content| content.manifest).unwrap_or_default();
            slowly::add(&mut content.manifest, &mut sounds, &before, &self.store)?;
        }
        let (sounds, prompts) = sounds;
        Ok(Candidate { content, assembled, sounds, prompts })
    }

    fn next(&self, signed: Signature, digest: String, difference: Vec<String>) -> Result<Meta, Vec<Finding>> {
        let versions = self.store.versions().map_err(|e| vec![self.unwritable(&e)])?;
        let last = versions.last().map_or(0, |version| version.0);
        Ok(Meta {
            version: ConfigVersion(last + 1),
            by: signed.by.to_owned(),
            reason: signed.reason.to_owned(),
            at: signed.at,
            digest,
            difference,
        })
    }

    fn meta(&self, version: ConfigVersion) -> Result<Meta, Vec<Finding>> {
        let file = self.store.directory(version).join("meta.toml");
        self.store.meta(version).map_err(|e| vec![broken(&file, &e.to_string())])
    }

    fn read_clip(&self, wanted: PromptHash) -> Result<Clip, Vec<Finding>> {
        if let Some(clip) = self.clips.read().unwrap_or_else(PoisonError::into_inner).get(&wanted) {
            return Ok(clip.clone());
        }
        let file = self.store.prompt(wanted);
        let broken = |why: String| vec![broken(&file, &why)];
        let bytes = read_bounded(&file).map_err(|e| broken(e.to_string()))?;
        if hash(&bytes) != wanted {
            return Err(broken("its content is not that of its name: it was altered".to_owned()));
        }
        clip(&bytes).map_err(|e| broken(e.to_string()))
    }

    fn remember(&self, prompts: &PromptTable) {
        let mut clips = self.clips.write().unwrap_or_else(PoisonError::into_inner);
        for (_, _, clip) in prompts.iter() {
            if clips.len() < MAX_CLIPS {
                clips.insert(clip.hash, clip.clone());
            }
        }
    }

    fn unwritable(&self, error: &std::io::Error) -> Finding {
        Finding {
            rule: "storage-unwritable",
            help: "check free space and rights of the storage directory; nothing was published".to_owned(),
            ..broken(self.store.root(), &format!("snapshots cannot be written: {error}"))
        }
    }
}

impl Signature<'_> {
    fn check(&self) -> Result<(), Vec<Finding>> {
        if !self.by.trim().is_empty() && !self.reason.trim().is_empty() {
            return Ok(());
        }
        Err(vec![Finding {
            rule: "publish-unsigned",
            source: "HB-trace",
            message: "a publication needs a name and a reason".to_owned(),
            help: "give --by NAME and --reason TEXT".to_owned(),
            ..broken(Path::new("publish"), "")
        }])
    }
}

fn published(meta: Meta, assembled: Assembled, prompts: PromptTable) -> Published {
    Published {
        version: meta.version,
        digest: meta.digest,
        by: meta.by,
        reason: meta.reason,
        at: meta.at,
        program: assembled.program,
        queues: assembled.queues,
        prompts: Arc::new(prompts),
        calendar: assembled.calendar,
        plans: assembled.plans,
        callback: CallbackSettings::default(),
    }
}

/// The manifest of a snapshot: what is heard, and nothing that merely lies about.
fn used(inspection: &Inspection) -> Manifest {
    let current = inspection.prompts.iter().filter(|p| p.state == State::Current);
    let mut manifest = Manifest::default();
    current.filter_map(|p| p.recording.clone()).for_each(|recording| manifest.insert(recording));
    manifest
}

type Sounds = (BTreeMap<PromptHash, Vec<u8>>, PromptTable);

/// The files of a manifest, read once more: what is published is what was hashed here.
fn sounds(manifest: &Manifest, directory: &Path) -> Result<Sounds, Vec<Finding>> {
    let (mut files, mut table) = (BTreeMap::new(), PromptTable::default());
    for recording in manifest.recordings.values() {
        let file: PathBuf = path(directory, &recording.language, &recording.name);
        let broken = |why: String| vec![broken(&file, &why)];
        let bytes = read_bounded(&file).map_err(|e| broken(e.to_string()))?;
        let clip = clip(&bytes).map_err(|e| broken(e.to_string()))?;
        if clip.hash != recording.sha256 {
            return Err(broken("it changed while it was published".to_owned()));
        }
        files.insert(clip.hash, bytes);
        table.insert(&recording.language, &recording.name, clip);
    }
    Ok((files, table))
}

fn altered(directory: &Path, version: ConfigVersion) -> Finding {
    Finding {
        rule: "version-altered",
        source: "HB-trace",
        message: format!("version {} is not what was published: its files were altered", version.0),
        help: "restore the directory from a backup, or publish again".to_owned(),
        ..broken(directory, "")
    }
}
