//! What people and programs may ask of a running server, and what it answers.
//! HTTP, control socket and star codes all speak this; each command comes with its [`Actor`].

use serde::{Deserialize, Serialize};

use crate::acd::api::{AgentView, QueueView};
use crate::config::plans::PlanKind;
use crate::event::{Actor, Alarm, Role};
use crate::ids::{AgentId, CallId, ConfigVersion, DeviceId, EntryId, PlanId, QueueId, Seq};
use crate::now::Wall;
use crate::sealed::Redacted;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    Status,
    Agents,
    Queues,
    /// Calls under way.
    Calls,
    /// `secret` has been verified by the shell already (argon2 takes long); see `io/people.rs`.
    SignIn {
        agent: AgentId,
        device: DeviceId,
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
    /// Plans declared, and those in force.
    Plans,
    /// Puts a plan in force at once, for running calls too; `by` and `reason` as given by operations.
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
    /// No new calls; the running ones end (SIGTERM does the same).
    Drain,
    /// Answered when all that was asked before is on the disk for good.
    Confirm,
}

impl Command {
    /// Least role that may do it.
    pub fn needs(&self) -> Role {
        match self {
            Command::Status | Command::Agents | Command::Queues | Command::Plans | Command::Confirm => {
                Role::Viewer
            }
            Command::SignIn { .. }
            | Command::SignOut { .. }
            | Command::Ready { .. }
            | Command::NotReady { .. } => Role::Agent,
            Command::Calls => Role::Supervisor,
            Command::StartPlan { .. } | Command::StopPlan { .. } | Command::Drain => Role::Operator,
        }
    }
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    Status(Status),
    Agents(Vec<AgentView>),
    Queues(Vec<QueueView>),
    Calls(Vec<CallView>),
    Plans(Vec<PlanView>),
    /// A promise: told only when it is on the disk for good.
    Done,
    /// As `Done`: it is noted, and comes in force when another person says the same.
    Proposed,
    /// Not done, and why, in words for a person.
    Refused(String),
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Status {
    pub calls: u32,
    pub draining: bool,
    pub config_version: ConfigVersion,
    pub journal_seq: Seq,
    pub alarms: Vec<Alarm>,
}

/// A call under way. The caller's number is shown to nobody here.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CallView {
    pub call: CallId,
    pub entry: EntryId,
    /// `ringing`, `menu`, `waiting`, `offered`, `talking`, `message`, `ending`.
    pub phase: String,
    pub queue: Option<QueueId>,
    pub agent: Option<AgentId>,
    pub seconds: f64,
}

/// A plan, declared or in force or both.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PlanView {
    pub plan: PlanId,
    /// It stands in the published plans.
    pub declared: bool,
    pub kind: Option<PlanKind>,
    /// By which it is chosen on a telephone.
    pub number: Option<u8>,
    pub two_persons: bool,
    pub in_force: Option<InForce>,
    /// Waits for a second person.
    pub proposed: Option<InForce>,
}

/// Since when, by whose word and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InForce {
    pub since: Wall,
    pub by: String,
    pub reason: String,
    /// It ends by itself then.
    pub until: Option<Wall>,
}

/// A command on its way to the engine.
#[derive(Clone, PartialEq, Debug)]
pub struct Request {
    /// Chosen by the shell; comes back with the reply.
    pub id: u64,
    pub actor: Actor,
    pub command: Command,
}

/// Publishing is done by the shell (files); the engine only takes the result in force.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PublishRequest {
    pub by: String,
    pub reason: String,
}

/// Sign-in as it arrives at the shell, before the secret is verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignInRequest {
    pub agent: AgentId,
    pub device: DeviceId,
    pub secret: Redacted<String>,
}
