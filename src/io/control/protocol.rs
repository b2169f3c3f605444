//! Lines of the control socket.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::finding::{Finding, Severity};
use crate::ids::{AgentId, ConfigVersion, DeviceId, PlanId};
use crate::io::people::ImportMode;
use crate::io::versions::{Became, Publication};

/// What the command line asks. Without `Debug`: it carries secrets.
#[derive(Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum ControlRequest {
    Status,
    Agents,
    Queues,
    Calls,
    SignIn {
        agent: AgentId,
        device: DeviceId,
        /// Without it operations sign somebody in by their own right.
        secret: Option<String>,
    },
    SignOut {
        agent: AgentId,
    },
    Ready {
        agent: AgentId,
    },
    NotReady {
        agent: AgentId,
        reason: String,
    },
    Drain,
    Publish {
        by: String,
        reason: String,
    },
    Rollback {
        version: Option<ConfigVersion>,
        by: String,
        reason: String,
    },
    /// Puts a proposed snapshot in force.
    Confirm {
        version: ConfigVersion,
        by: String,
        reason: String,
    },
    Plans,
    StartPlan {
        plan: PlanId,
        by: String,
        reason: String,
    },
    StopPlan {
        plan: PlanId,
        by: String,
        reason: String,
    },
    ImportAgents {
        /// Name of the file, for findings.
        file: String,
        csv: String,
        #[serde(default)]
        mode: ImportMode,
    },
    ImportDevices {
        file: String,
        csv: String,
        #[serde(default)]
        mode: ImportMode,
    },
    ImportCallers {
        file: String,
        csv: String,
        #[serde(default)]
        mode: ImportMode,
    },
    Shutdown,
}

/// What the server answers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlReply {
    Done(Value),
    /// Not done, and why, in words for a person.
    Refused(String),
    /// Not done: something is wrong with files.
    Findings(Vec<FindingLine>),
}

/// A finding that can be read back; written as [`Finding`] is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FindingLine {
    pub rule: String,
    pub source: String,
    pub severity: Severity,
    pub file: String,
    pub span: Range<usize>,
    pub line: u32,
    pub column: u32,
    pub message: String,
    pub help: String,
}

impl From<&Finding> for FindingLine {
    fn from(finding: &Finding) -> Self {
        FindingLine {
            rule: finding.rule.to_owned(),
            source: finding.source.to_owned(),
            severity: finding.severity,
            file: finding.file.clone(),
            span: finding.span.clone(),
            line: finding.line,
            column: finding.column,
            message: finding.message.clone(),
            help: finding.help.clone(),
        }
    }
}

/// Ends a command: something is wrong with files.
#[derive(Debug, thiserror::Error)]
#[error("{} findings", .0.len())]
pub struct FindingsFound(pub Vec<FindingLine>);

impl FindingsFound {
    pub fn new(findings: impl AsRef<[Finding]>) -> Self {
        FindingsFound(findings.as_ref().iter().map(FindingLine::from).collect())
    }

    /// A file could not be read at all.
    pub fn unreadable(&self) -> bool {
        self.0.iter().any(|finding| finding.rule.ends_with("-unreadable"))
    }
}

/// What a publication or rollback came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PublicationLine {
    pub version: ConfigVersion,
    /// False if nothing had changed; then no number was made.
    pub new: bool,
    /// It waits for another person.
    #[serde(default)]
    pub proposed: bool,
    pub by: String,
    pub reason: String,
    pub digest: String,
    pub difference: Vec<String>,
    pub warnings: Vec<FindingLine>,
}

impl From<&Publication> for PublicationLine {
    fn from(publication: &Publication) -> Self {
        let published = &publication.published;
        PublicationLine {
            version: published.version,
            new: publication.became != Became::Nothing,
            proposed: publication.became == Became::Proposed,
            by: published.by.clone(),
            reason: published.reason.clone(),
            digest: published.digest.clone(),
            difference: publication.difference.clone(),
            warnings: publication.warnings.iter().map(FindingLine::from).collect(),
        }
    }
}
