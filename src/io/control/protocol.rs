//! Lines of the control socket.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::finding::{Finding, Severity};
use crate::ids::{AgentId, ConfigVersion, DeviceId};
use crate::io::people::ImportMode;

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

/// A finding that can be read back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FindingLine {
    pub rule: String,
    pub source: String,
    pub warning: bool,
    pub file: String,
    pub start: usize,
    pub end: usize,
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
            warning: finding.severity == Severity::Warning,
            file: finding.file.clone(),
            start: finding.span.start,
            end: finding.span.end,
            line: finding.line,
            column: finding.column,
            message: finding.message.clone(),
            help: finding.help.clone(),
        }
    }
}
