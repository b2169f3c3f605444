//! Publishing by two persons: one proposes a numbered snapshot, another one puts it in force.

use super::store::{Confirmation, Proposal};
use super::{Became, Drafts, Publication, Signature, Step, Versions, broken};
use crate::config::finding::Finding;
use crate::config::published::Published;
use crate::ids::ConfigVersion;

impl Versions {
    /// As [`Versions::publish`], but the version in force stays until somebody else confirms.
    pub fn propose(&self, drafts: &Drafts, signed: Signature) -> Result<Publication, Vec<Finding>> {
        self.make(drafts, signed, Step::Proposal)
    }

    /// Puts a proposal in force: by another person than proposed it, and only if what it changes is still
    /// what it was said to change.
    pub fn confirm(&self, version: ConfigVersion, signed: Signature) -> Result<Publication, Vec<Finding>> {
        signed.check()?;
        let wrong = |why: &str| vec![self.proposal_finding(version, why)];
        let _lock = self.store.lock().map_err(|e| vec![self.unwritable(&e)])?;
        let meta = self.meta(version)?;
        let proposal = self.store.proposal(version).map_err(|e| wrong(&format!("cannot be read: {e}")))?;
        let Some(Proposal { base, confirmed: None }) = proposal else {
            return Err(wrong("does not wait for anybody's word"));
        };
        if meta.by.trim().to_lowercase() == signed.by.trim().to_lowercase() {
            return Err(wrong(&format!("was proposed by {}, so another person has to confirm it", meta.by)));
        }
        if base != self.latest() {
            return Err(wrong(
                "was proposed for another version than the one in force now: propose it again",
            ));
        }
        let loaded = self.load(version)?;
        let confirmed =
            Confirmation { by: signed.by.to_owned(), reason: signed.reason.to_owned(), at: signed.at };
        let proposal = Proposal { base, confirmed: Some(confirmed) };
        self.store.confirm(version, &proposal).map_err(|e| vec![self.unwritable(&e)])?;
        let reason = format!("{} (proposed by {}: {})", signed.reason, meta.by, meta.reason);
        let published = Published { by: signed.by.to_owned(), reason, at: signed.at, ..loaded };
        let difference = meta.difference;
        Ok(Publication { published, became: Became::InForce, difference, warnings: Vec::new() })
    }

    pub(super) fn proposal_finding(&self, version: ConfigVersion, why: &str) -> Finding {
        Finding {
            rule: "proposal",
            source: "HB-trace",
            message: format!("version {} {why}", version.0),
            help: "see `hotline versions`; nothing was put in force".to_owned(),
            ..broken(&self.store.directory(version), "")
        }
    }
}
