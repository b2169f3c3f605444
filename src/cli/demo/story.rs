//! Events of one call as sentences: where it went, and why.

use serde::Serialize;

use super::report::Step;
use crate::event::{Event, EventKind, LeftQueue, OverflowTarget, Why};
use crate::now::Mono;

/// The sentences, with seconds since the answer.
pub fn told(events: &[Event]) -> Vec<Step> {
    let answered = events.iter().find(|event| matches!(event.kind, EventKind::CallAnswered { .. }));
    let zero = answered.map_or(Mono(0), |event| event.mono);
    let step = |event: &Event| {
        let at = event.mono.since(zero).as_secs_f64();
        Some(Step { at, text: sentence(&event.kind)? })
    };
    events.iter().filter_map(step).collect()
}

/// Kinds that tell nothing about the way of a call are left out.
fn sentence(kind: &EventKind) -> Option<String> {
    Some(match kind {
        EventKind::CallAnswered { codec, .. } => format!("answered with {codec}; recording begins"),
        EventKind::MenuEntered { menu } => format!("menu {menu}"),
        EventKind::KeyPressed { menu, key } => format!("key {key} in menu {menu}"),
        EventKind::InformationHeard { menu, node } => format!("information {menu}.{node} heard to its end"),
        EventKind::AgentRequested { since_answer_ms, .. } => {
            format!("asks for a person, {} after the answer", seconds(*since_answer_ms))
        }
        EventKind::QueueEntered { queue, waiting: 0 } => format!("comes to queue {queue}"),
        EventKind::QueueEntered { queue, waiting } => format!("waits in queue {queue}, {waiting} waiting"),
        EventKind::PositionAnnounced { position, estimate_s, .. } => match estimate_s {
            Some(estimate) => format!("is told position {position}, about {estimate} s"),
            None => format!("is told position {position}; no honest estimate yet"),
        },
        EventKind::Offered { queue, agent, device, why } => {
            format!("offered to agent {agent} at {device} for {queue}: {}", reasons(why))
        }
        EventKind::OfferEnded { agent, end, rang_ms, .. } => {
            format!("agent {agent}: {} after {}", word(end), seconds(*rang_ms))
        }
        EventKind::QueueLeft { .. } => return left(kind),
        EventKind::TalkStarted { agent, .. } => format!("talks with agent {agent}"),
        EventKind::TalkEnded { agent, talked_ms, by, .. } => {
            format!("talk with agent {agent} ended by the {} after {}", word(by), seconds(*talked_ms))
        }
        EventKind::MessageLeft { queue, length_ms } => {
            let queue = queue.as_ref().map_or(String::new(), |queue| format!(" for queue {queue}"));
            format!("leaves a message of {}{queue}", seconds(*length_ms))
        }
        EventKind::CallEnded { outcome, by, .. } => format!("ended by the {}: {}", word(by), word(outcome)),
        EventKind::RecordingArchived { .. } => "recording archived and indexed".to_owned(),
        EventKind::RecordingFailed { reason } => format!("recording FAILED: {reason}"),
        _ => return None,
    })
}

fn left(kind: &EventKind) -> Option<String> {
    let EventKind::QueueLeft { queue, left, waited_ms, agent, reason } = kind else { return None };
    let waited = seconds(*waited_ms);
    Some(match left {
        LeftQueue::Answered => {
            let agent = agent.as_ref().map_or(String::new(), ToString::to_string);
            format!("leaves queue {queue} after {waited}: answered by agent {agent}")
        }
        LeftQueue::Overflowed { to } => {
            let to = match to {
                OverflowTarget::Queue(queue) => format!("queue {queue}"),
                OverflowTarget::Message => "a message".to_owned(),
                OverflowTarget::Callback => "a callback".to_owned(),
            };
            let reason = reason.as_ref().map_or(String::new(), word);
            format!("leaves queue {queue} after {waited}: {reason}, sent on to {to}")
        }
        other => format!("leaves queue {queue} after {waited}: {}", word(other)),
    })
}

/// Strategy, order of preference, who was left out.
fn reasons(why: &Why) -> String {
    let mut text = format!("{}, among {}", why.strategy, why.candidates.join(", "));
    if !why.excluded.is_empty() {
        text.push_str(&format!("; without {}", why.excluded.join(", ")));
    }
    text
}

fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1_000, ms % 1_000 / 100)
}

/// A value's name as the journal writes it, in plain words.
pub fn word(value: &impl Serialize) -> String {
    let name = serde_json::to_value(value).unwrap_or_default();
    name.as_str().unwrap_or("?").replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{OfferEnd, OverflowReason};

    #[test]
    fn routing_tells_its_reasons() {
        let why = Why {
            strategy: "longest idle".into(),
            candidates: vec!["1002 idle 2 s".into()],
            excluded: vec!["1001 missed this call".into()],
        };
        let offered = EventKind::Offered { queue: "q".into(), agent: "1002".into(), device: "d".into(), why };
        assert_eq!(
            sentence(&offered).unwrap(),
            "offered to agent 1002 at d for q: longest idle, among 1002 idle 2 s; without 1001 missed this call"
        );
        let left = EventKind::QueueLeft {
            queue: "q".into(),
            left: LeftQueue::Overflowed { to: OverflowTarget::Message },
            waited_ms: 7_040,
            agent: None,
            reason: Some(OverflowReason::NoAgentSignedIn),
        };
        assert_eq!(
            sentence(&left).unwrap(),
            "leaves queue q after 7.0 s: no agent signed in, sent on to a message"
        );
        assert_eq!(word(&OfferEnd::NoAnswer), "no answer");
    }
}
