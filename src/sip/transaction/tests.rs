//! Each machine by itself: every arm of its table, and that no input at all upsets it.

use super::hits::{Hits, all};
use super::*;

/// Runs one script a row from a new machine; returns the arms taken.
fn scripts<K: Kind>(transport: Transport, rows: &[&[K::Input]]) -> Hits {
    let mut hits = Hits::default();
    for row in rows {
        let mut machine = Machine::<K>::new(transport);
        for (n, input) in row.iter().enumerate() {
            machine.handle(Mono::from_millis(n as u64), *input, &mut hits);
        }
    }
    hits
}

fn assert_all(hits: &Hits, names: &[&'static str]) {
    let missed: Vec<_> = names.iter().filter(|name| !hits.names().contains(**name)).collect();
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn invite_client_takes_every_arm() {
    use invite_client::Input::*;
    use invite_client::Timer::*;
    let hits = scripts::<invite_client::InviteClient>(
        Transport::Unreliable,
        &[
            &[Start, Timer(A), Timer(B)],
            &[Start, Provisional, Provisional, Success, Success, Timer(M)],
            &[Start, Provisional, Failure, Failure, Timer(D)],
            &[Start, Success],
            &[Start, Failure, TransportError],
            &[Start, TransportError],
            &[Start, Provisional, TransportError],
            &[Start, Provisional, Abandon],
        ],
    );
    assert_all(&hits, invite_client::Transition::NAMES);
}

#[test]
fn invite_server_takes_every_arm() {
    use invite_server::Input::*;
    use invite_server::Timer as T;
    let hits = scripts::<invite_server::InviteServer>(
        Transport::Unreliable,
        &[
            &[Provisional, Request, Success, Request, Ack, Success, Timer(T::L)],
            &[Failure, Request, Timer(T::G), Ack, Ack, Timer(T::I)],
            &[Failure, Timer(T::H)],
            &[Failure, TransportError],
            &[TransportError],
        ],
    );
    assert_all(&hits, invite_server::Transition::NAMES);
}

#[test]
fn non_invite_client_takes_every_arm() {
    use non_invite_client::Input::*;
    use non_invite_client::Timer::*;
    let hits = scripts::<non_invite_client::NonInviteClient>(
        Transport::Unreliable,
        &[
            &[Start, Timer(E), Timer(F)],
            &[Start, Final, Final, Timer(K)],
            &[Start, Provisional, Provisional, Timer(E), Timer(F)],
            &[Start, Provisional, Final],
            &[Start, TransportError],
            &[Start, Provisional, TransportError],
        ],
    );
    assert_all(&hits, non_invite_client::Transition::NAMES);
}

#[test]
fn non_invite_server_takes_every_arm() {
    use non_invite_server::Input::*;
    use non_invite_server::Timer::*;
    let hits = scripts::<non_invite_server::NonInviteServer>(
        Transport::Unreliable,
        &[
            &[Request, Provisional, Request, Provisional, Final, Request, Timer(J)],
            &[Final, TransportError],
            &[TransportError],
            &[Provisional, TransportError],
        ],
    );
    assert_all(&hits, non_invite_server::Transition::NAMES);
}

#[test]
fn names_of_arms_are_unique_and_complete() {
    let unique: std::collections::BTreeSet<_> = all().iter().collect();
    assert_eq!(unique.len(), all().len());
    assert!(all().iter().all(|name| name.contains(": ")));
    for (arm, name) in invite_client::Transition::ALL.iter().zip(invite_client::Transition::NAMES) {
        assert_eq!(arm.name(), *name);
    }
}

/// Times in milliseconds at which a machine left alone fires its timers, up to 40 s.
fn firings<K: Kind>(transport: Transport, inputs: &[K::Input]) -> Vec<u64> {
    let mut hits = Hits::default();
    let mut machine = Machine::<K>::new(transport);
    for input in inputs {
        machine.handle(Mono(0), *input, &mut hits);
    }
    let mut times = Vec::new();
    while let Some(at) = machine.next_deadline() {
        while let Some(input) = machine.due(at) {
            times.push(at.as_millis());
            machine.handle(at, input, &mut hits);
        }
    }
    times
}

#[test]
fn timers_run_as_the_rfc_says() {
    use invite_client::{Input as Ic, InviteClient};
    use invite_server::{Input as Is, InviteServer};
    use non_invite_client::{Input as Nc, NonInviteClient};
    use non_invite_server::{Input as Ns, NonInviteServer};
    let udp = Transport::Unreliable;
    let tcp = Transport::Reliable;
    assert_eq!(firings::<InviteClient>(udp, &[Ic::Start]), [500, 1500, 3500, 7500, 15500, 31500, 32000]);
    assert_eq!(firings::<InviteClient>(tcp, &[Ic::Start]), [32000]);
    assert_eq!(firings::<InviteClient>(udp, &[Ic::Start, Ic::Failure]), [32000]);
    assert_eq!(firings::<InviteClient>(tcp, &[Ic::Start, Ic::Failure]), [0]);
    assert_eq!(firings::<InviteClient>(tcp, &[Ic::Start, Ic::Success]), [32000]);
    let resent = [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000];
    assert_eq!(firings::<InviteServer>(udp, &[Is::Failure]), resent);
    assert_eq!(firings::<InviteServer>(tcp, &[Is::Failure]), [32000]);
    assert_eq!(firings::<InviteServer>(udp, &[Is::Failure, Is::Ack]), [5000]);
    assert_eq!(firings::<InviteServer>(udp, &[Is::Success]), [32000]);
    assert_eq!(firings::<NonInviteClient>(udp, &[Nc::Start]), resent);
    assert_eq!(firings::<NonInviteClient>(tcp, &[Nc::Start]), [32000]);
    assert_eq!(firings::<NonInviteClient>(udp, &[Nc::Start, Nc::Final]), [5000]);
    assert_eq!(firings::<NonInviteServer>(udp, &[Ns::Final]), [32000]);
    assert_eq!(firings::<NonInviteServer>(tcp, &[Ns::Final]), [0]);
}
