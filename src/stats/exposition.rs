//! The business part of `/metrics`, in the Prometheus text format.
//!
//! Names and labels are the public face of the product; help texts name the requirement. What
//! cannot come from events (waits at this very moment) is handed in as [`Live`].

use std::collections::{BTreeMap, BTreeSet};

use super::Stats;
use super::agent_time::Activity;
use super::calls::{outcome_label, refusal_label};
use super::connect_rate::connect_ratio;
use super::histogram::seconds;
use super::interval::Window;
use super::menus::error_label;
use super::page::{Kind, Page};
use super::queues::{Left, Overflowed, QueueFigures, offer_end_label};
use super::server::{ALARMS, alarm_label};
use super::service_level::Definition;
use super::services::transfer_end_label;
use crate::ids::{AgentId, QueueId, Seq};
use crate::now::Wall;

/// What is true only now, from routing and the journal's writer.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Live {
    /// Every configured queue; one without events yet is shown with zeros.
    pub queues: Vec<LiveQueue>,
    /// Queues each signed-in agent serves: events do not say it.
    pub agent_queues: BTreeMap<AgentId, Vec<QueueId>>,
    /// The last event written.
    pub journal_seq: Seq,
    /// Other folds of the journal, by name.
    pub views: Vec<(String, Seq)>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct LiveQueue {
    pub queue: QueueId,
    pub oldest_wait_s: f64,
    pub estimated_wait_s: Option<f64>,
}

/// The whole page at `now`.
pub fn render(stats: &Stats, now: Wall, live: &Live) -> String {
    let mut page = Page::default();
    let none = QueueFigures::default();
    let names: BTreeSet<&QueueId> =
        stats.queues.iter().map(|(id, _)| id).chain(live.queues.iter().map(|q| &q.queue)).collect();
    let queues: Vec<(&str, &QueueFigures)> =
        names.into_iter().map(|id| (id.as_str(), stats.queues.get(id).unwrap_or(&none))).collect();
    calls(&mut page, stats);
    menus(&mut page, stats);
    queue_counts(&mut page, &queues);
    queue_waits(&mut page, &queues, live);
    service_level(&mut page, &queues, now);
    services(&mut page, stats, now);
    agents(&mut page, stats, live);
    recordings(&mut page, stats);
    journal(&mut page, stats, live);
    server(&mut page, stats);
    page.finish()
}

fn calls(page: &mut Page, stats: &Stats) {
    page.family(
        "hotline_calls_total",
        Kind::Counter,
        "Calls that ended, by how they ended for the caller (CBA-35a).",
    );
    for (entry, outcome, n) in stats.calls.ended() {
        page.count(&[("entry", entry.as_str()), ("outcome", outcome_label(outcome))], n);
    }
    page.family("hotline_calls_active", Kind::Gauge, "Calls that arrived and did not end (CBA-31).");
    page.count(&[], whole(stats.calls.active()));
    page.family(
        "hotline_calls_refused_total",
        Kind::Counter,
        "Calls refused before they were answered (CBA-31).",
    );
    for (reason, n) in stats.calls.refused() {
        page.count(&[("reason", refusal_label(reason))], n);
    }
    page.family("hotline_messages_total", Kind::Counter, "Messages that callers left (CBA-8).");
    page.count(&[], stats.calls.messages());
}

fn menus(page: &mut Page, stats: &Stats) {
    let menus = &stats.menus;
    page.family("hotline_menu_visits_total", Kind::Counter, "Times a menu was entered (CBA-10a).");
    for (menu, n) in &menus.visits {
        page.count(&[("menu", menu.as_str())], *n);
    }
    page.family(
        "hotline_menu_choices_total",
        Kind::Counter,
        "Keys pressed in steps that are not secret (CBA-10a).",
    );
    for (menu, by_key) in &menus.choices {
        for (key, n) in by_key {
            page.count(&[("menu", menu.as_str()), ("key", &key.to_string())], *n);
        }
    }
    page.family(
        "hotline_menu_errors_total",
        Kind::Counter,
        "Silence, wrong keys and unfit input in a menu (CBA-10b).",
    );
    for (menu, by_kind) in &menus.errors {
        for (kind, n) in by_kind {
            page.count(&[("menu", menu.as_str()), ("kind", error_label(*kind))], *n);
        }
    }
    let help = "Seconds from the answer to asking for a person, or being led to one (CBA-10b).";
    page.family("hotline_seconds_to_agent_request", Kind::Histogram, help);
    page.histogram(&[], &menus.to_agent_request);
}

fn queue_counts(page: &mut Page, queues: &[(&str, &QueueFigures)]) {
    let help = "Entries into a queue, not offers to agents; one that overflowed at once included (CBA-17a).";
    page.family("hotline_queue_offered_total", Kind::Counter, help);
    for (queue, figures) in queues {
        page.count(&[("queue", queue)], figures.offered);
    }
    page.family("hotline_queue_answered_total", Kind::Counter, "Entries answered by an agent (CBA-17a).");
    by_left(page, queues, Left::Answered);
    page.family(
        "hotline_queue_abandoned_total",
        Kind::Counter,
        "Callers who hung up while waiting (CBA-17a).",
    );
    by_left(page, queues, Left::Abandoned);
    page.family(
        "hotline_queue_overflowed_total",
        Kind::Counter,
        "Callers a queue sent on, and why (CBA-28).",
    );
    for (queue, figures) in queues {
        for reason in Overflowed::ALL {
            let n = figures.overflowed.get(&reason).copied().unwrap_or(0);
            page.count(&[("queue", queue), ("reason", reason.label())], n);
        }
        if let Some(n) = figures.overflowed.get(&Overflowed::Unknown) {
            page.count(&[("queue", queue), ("reason", Overflowed::Unknown.label())], *n);
        }
    }
    page.family(
        "hotline_queue_callbacks_total",
        Kind::Counter,
        "Callbacks promised, to callers who waited or came from the menus (HB-callback).",
    );
    for (queue, figures) in queues {
        page.count(&[("queue", queue)], figures.callbacks);
    }
    page.family(
        "hotline_queue_offers_total",
        Kind::Counter,
        "Offers to agents, by how they ended (HB-ring).",
    );
    for (queue, figures) in queues {
        for (end, n) in &figures.offers {
            page.count(&[("queue", queue), ("end", offer_end_label(*end))], *n);
        }
    }
}

fn by_left(page: &mut Page, queues: &[(&str, &QueueFigures)], left: Left) {
    for (queue, figures) in queues {
        page.count(&[("queue", queue)], figures.left(left));
    }
}

fn queue_waits(page: &mut Page, queues: &[(&str, &QueueFigures)], live: &Live) {
    page.family(
        "hotline_queue_waiting",
        Kind::Gauge,
        "Callers in a queue, those being offered included (CBA-28).",
    );
    for (queue, figures) in queues {
        page.count(&[("queue", queue)], whole(figures.waiting()));
    }
    page.family("hotline_queue_oldest_wait_seconds", Kind::Gauge, "Wait of whoever waits longest (CBA-28).");
    for queue in &live.queues {
        page.value(&[("queue", queue.queue.as_str())], queue.oldest_wait_s);
    }
    let help = "Expected wait of a caller entering now, position x mean handle time / agents; \
                NaN while unknown (HB-hold).";
    page.family("hotline_queue_estimated_wait_seconds", Kind::Gauge, help);
    for queue in &live.queues {
        page.value(&[("queue", queue.queue.as_str())], queue.estimated_wait_s.unwrap_or(f64::NAN));
    }
    page.family("hotline_queue_wait_seconds", Kind::Histogram, "Time in a queue, by how it ended (CBA-17b).");
    for (queue, figures) in queues {
        for (left, waits) in &figures.waits {
            page.histogram(&[("queue", queue), ("outcome", left.label())], waits);
        }
    }
}

fn service_level(page: &mut Page, queues: &[(&str, &QueueFigures)], now: Wall) {
    let help = "Answered within the target time / calls counted, of those who left within the window or wait \
                beyond the target; day = the last 24 hours; NaN while 0/0 (CBA-17b).";
    page.family("hotline_service_level_ratio", Kind::Gauge, help);
    for (queue, figures) in queues {
        for window in Window::ALL {
            let judged = figures.judged(window, now);
            for definition in Definition::ALL {
                let labels =
                    [("queue", *queue), ("window", window.label()), ("definition", definition.label())];
                page.value(&labels, definition.ratio(judged));
            }
        }
    }
    page.family(
        "hotline_service_level_met_total",
        Kind::Counter,
        "Calls answered within the target time (CBA-17b).",
    );
    for (queue, figures) in queues {
        for definition in Definition::ALL {
            page.count(&[("queue", queue), ("definition", definition.label())], figures.total.met);
        }
    }
    let help =
        "Calls the service level counts: all that left, all but short abandons, or the answered (CBA-17b).";
    page.family("hotline_service_level_counted_total", Kind::Counter, help);
    for (queue, figures) in queues {
        for definition in Definition::ALL {
            let labels = [("queue", *queue), ("definition", definition.label())];
            page.count(&labels, definition.counted(figures.total));
        }
    }
    page.family("hotline_service_level_target_ratio", Kind::Gauge, "The share that was promised (CBA-17b).");
    for (queue, figures) in queues {
        page.value(&[("queue", queue)], f64::from(figures.target.percent) / 100.0);
    }
    page.family("hotline_service_level_target_seconds", Kind::Gauge, "The time that was promised (CBA-17b).");
    for (queue, figures) in queues {
        page.value(&[("queue", queue)], seconds(figures.target.within_ms));
    }
    let help = "Answered by an agent / entries into the queue that ended, within the window; NaN while 0/0 (CBA-17a).";
    page.family("hotline_connect_ratio", Kind::Gauge, help);
    for (queue, figures) in queues {
        for window in Window::ALL {
            let labels = [("queue", *queue), ("window", window.label())];
            page.value(&labels, connect_ratio(figures.recent(window, now)));
        }
    }
}

fn services(page: &mut Page, stats: &Stats, now: Wall) {
    let services = &stats.services;
    page.family("hotline_complaints_total", Kind::Counter, "Complaints taken by voice (CBA-41).");
    page.count(&[], services.complaints);
    page.family(
        "hotline_survey_answers_total",
        Kind::Counter,
        "Keys pressed for questions of surveys (CBA-19).",
    );
    for (question, by_key) in &services.answers {
        for (key, n) in by_key {
            page.count(&[("question", question), ("key", &key.to_string())], *n);
        }
    }
    let help = "Keys 1 and 2 / all keys for the question \"satisfaction\", within the window; the survey of \
                the menus belongs to no queue; NaN while 0/0 (CBA-21).";
    page.family("hotline_satisfaction_ratio", Kind::Gauge, help);
    for window in Window::ALL {
        page.value(&[("queue", ""), ("window", window.label())], services.satisfaction_ratio(window, now));
    }
    page.family("hotline_lookups_total", Kind::Counter, "Questions to the bank's systems (CBA-25).");
    for (result, n) in &services.lookups {
        page.count(&[("result", result)], *n);
    }
    page.family("hotline_verifications_total", Kind::Counter, "Callers verified, or not (CBA-32).");
    for (result, n) in &services.verifications {
        page.count(&[("result", result)], *n);
    }
    page.family(
        "hotline_transfers_total",
        Kind::Counter,
        "Calls sent on to another number, by how it ended.",
    );
    for (end, n) in &services.transfers {
        page.count(&[("end", transfer_end_label(*end))], *n);
    }
}

fn agents(page: &mut Page, stats: &Stats, live: &Live) {
    let help =
        "Agents signed in, by state; queue=\"\" counts each once, a queue's name all who serve it (CBA-28).";
    page.family("hotline_agents", Kind::Gauge, help);
    let mut counts: BTreeMap<(&str, Activity), u64> = BTreeMap::new();
    let served = live.agent_queues.values().flatten().map(QueueId::as_str);
    for queue in std::iter::once("").chain(live.queues.iter().map(|q| q.queue.as_str())).chain(served) {
        for activity in Activity::ALL {
            counts.insert((queue, activity), 0);
        }
    }
    for (agent, activity) in stats.agents.doing() {
        let queues: BTreeSet<&str> =
            live.agent_queues.get(agent).into_iter().flatten().map(QueueId::as_str).collect();
        for queue in std::iter::once("").chain(queues) {
            *counts.entry((queue, activity)).or_default() += 1;
        }
    }
    for ((queue, activity), n) in counts {
        page.count(&[("state", activity.label()), ("queue", queue)], n);
    }
    let help = "Time of all agents in a state, finished spells only; occupancy follows from it (CBA-28).";
    page.family("hotline_agent_state_seconds_total", Kind::Counter, help);
    for activity in Activity::ALL {
        page.value(&[("state", activity.label())], seconds(stats.agents.spent_ms(activity)));
    }
    page.family(
        "hotline_sign_ins_refused_total",
        Kind::Counter,
        "Sign-ins of agents that were refused (CBA-35c).",
    );
    page.count(&[], stats.agents.sign_ins_refused());
    let help = "Talk and wrap-up of a call, by who ended the talk (CBA-17).";
    page.family("hotline_queue_handle_seconds", Kind::Histogram, help);
    for (queue, end, times) in stats.agents.handle_times() {
        page.histogram(&[("queue", queue.as_str()), ("outcome", end.label())], times);
    }
}

fn recordings(page: &mut Page, stats: &Stats) {
    let recordings = &stats.recordings;
    page.family("hotline_recordings_total", Kind::Counter, "Recordings finished (CBA-35a).");
    page.count(&[("result", "archived")], recordings.archived);
    page.count(&[("result", "failed")], recordings.failed);
    let help =
        "Sound missing in recordings: never received or lost, or masked as a secret (CBA-35a, CBA-35d).";
    page.family("hotline_recording_gap_seconds_total", Kind::Counter, help);
    page.value(&[("reason", "missing")], seconds(recordings.missing_ms));
    page.value(&[("reason", "masked")], seconds(recordings.masked_ms));
    page.family(
        "hotline_recording_queue",
        Kind::Gauge,
        "Ended calls whose recording is not archived yet (CBA-35a).",
    );
    page.count(&[], whole(recordings.queue()));
}

fn journal(page: &mut Page, stats: &Stats, live: &Live) {
    page.family("hotline_journal_seq", Kind::Gauge, "Number of the last event written (HB-trace).");
    page.count(&[], live.journal_seq.0);
    page.family(
        "hotline_view_as_of_seq",
        Kind::Gauge,
        "Last event that a view of the journal has taken in (HB-trace).",
    );
    page.count(&[("view", "statistics")], stats.as_of_seq.0);
    for (view, seq) in &live.views {
        page.count(&[("view", view)], seq.0);
    }
}

fn server(page: &mut Page, stats: &Stats) {
    let server = &stats.server;
    page.family("hotline_plan_active", Kind::Gauge, "Emergency plans: 1 while in force (CBA-24).");
    for (plan, active) in &server.plans {
        page.count(&[("plan", plan.as_str())], u64::from(*active));
    }
    page.family(
        "hotline_config_version_info",
        Kind::Gauge,
        "The published snapshot in force for new calls (HB-trace).",
    );
    page.count(&[("version", &server.config_version.0.to_string())], 1);
    page.family(
        "hotline_config_reloads_total",
        Kind::Counter,
        "Snapshots published, and drafts refused (HB-trace).",
    );
    page.count(&[("result", "published")], server.published);
    page.count(&[("result", "refused")], server.refused);
    page.family("hotline_build_info", Kind::Gauge, "The program's version (HB-trace).");
    page.count(&[("version", &server.version)], 1);
    page.family(
        "hotline_alarm",
        Kind::Gauge,
        "Conditions that stop new calls or endanger records: 1 while they last (CBA-31).",
    );
    for alarm in ALARMS {
        page.count(&[("alarm", alarm_label(alarm))], u64::from(server.alarms.contains(&alarm)));
    }
}

fn whole(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
