//! What a caller did beside menus and queues, as part of the row.

use serde::{Deserialize, Serialize};

use crate::event::{Event, EventKind, KeyedAnswer, SurveyAnswer, TransferEnd};
use crate::ids::{MenuId, QueueId};
use crate::now::Wall;
use crate::sealed::{CallerNumber, Sealed};

/// Most answers kept of a call's surveys.
const ANSWERS: usize = 100;

/// Everything that did not happen is left out.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Services {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback: Option<Callback>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complaint: Option<ComplaintMade>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub survey: Vec<SurveyAnswer>,
    /// The level verified last (CBA-32).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub elderly: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferEnd>,
}

/// A callback that was promised (HB-callback).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Callback {
    pub queue: QueueId,
    /// Sealed under the call's key.
    pub number: Sealed<CallerNumber>,
    pub promised_at: Wall,
}

/// A complaint by voice (CBA-41).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ComplaintMade {
    pub menu: MenuId,
    pub node: String,
    pub queue: Option<QueueId>,
    /// Sealed under the call's key.
    pub answers: Vec<KeyedAnswer>,
    pub length_ms: u64,
}

impl Services {
    pub(super) fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::CallbackPromised { queue, number } => {
                let (queue, number) = (queue.clone(), number.clone());
                self.callback = Some(Callback { queue, number, promised_at: event.wall });
            }
            EventKind::ComplaintTaken { menu, node, queue, answers, length_ms } => {
                self.complaint = Some(ComplaintMade {
                    menu: menu.clone(),
                    node: node.clone(),
                    queue: queue.clone(),
                    answers: answers.clone(),
                    length_ms: *length_ms,
                });
            }
            EventKind::SurveyAnswered { answers, .. } => {
                let room = ANSWERS.saturating_sub(self.survey.len());
                self.survey.extend(answers.iter().take(room).cloned());
            }
            EventKind::CallerVerified { level, .. } => self.verified = Some(level.clone()),
            EventKind::ElderlyCare => self.elderly = true,
            EventKind::TransferEnded { end, .. } => self.transfer = Some(*end),
            _ => {}
        }
    }
}

fn is_false(b: &bool) -> bool {
    !b
}
