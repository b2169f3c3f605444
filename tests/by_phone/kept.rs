//! What a stopped server has kept of its calls: rows of the index, events, what was sealed, recordings.

use std::path::PathBuf;
use std::sync::Mutex;

use hotline::event::{Event, EventKind};
use hotline::ids::CallId;
use hotline::io::index::{Filter, Index};
use hotline::io::journal;
use hotline::io::keys::KeyTable;
use hotline::io::secrets::Secrets;
use hotline::record::row::{Archived, CallRow, RecordingState};
use hotline::sealed::{Personal, Sealed};

use super::server::Server;

/// More calls than any test makes.
const MANY: u32 = 10_000;

pub struct Kept {
    keys: Mutex<KeyTable>,
    rows: Vec<CallRow>,
    events: Vec<Event>,
    archive: PathBuf,
}

/// One call.
pub struct Visit<'k> {
    pub row: &'k CallRow,
    pub events: Vec<&'k EventKind>,
}

impl Kept {
    pub async fn load(server: &Server) -> Kept {
        let config = &server.config;
        let secrets = Secrets::open(&config.secrets).expect("the keys of the server");
        let keys = Mutex::new(KeyTable::open_read_only(&secrets).expect("the key table"));
        let index = Index::open_read_only(&config.storage.index).await.expect("the index");
        let rows = index.list(&Filter { limit: MANY, ..Filter::default() }).await.expect("rows");
        index.close().await;
        let events = journal::read_all(&config.storage.journal()).expect("the journal");
        let events = events.collect::<Result<_, _>>().expect("events");
        Kept { keys, rows, events, archive: config.storage.archive.clone() }
    }

    /// The one call from this number.
    pub fn call(&self, number: &str) -> Visit<'_> {
        let mut found = self.calls(number);
        assert_eq!(found.len(), 1, "calls from {number}");
        found.remove(0)
    }

    /// Every call from this number, in order.
    pub fn calls(&self, number: &str) -> Vec<Visit<'_>> {
        let mut found =
            self.keys.lock().expect("the key table").find(number).expect("the key table is searched");
        found.sort();
        let visit = |call: &CallId| {
            let row = self.rows.iter().find(|row| row.call == *call);
            let row = row.unwrap_or_else(|| panic!("the call from {number} is not in the index"));
            let of_call = self.events.iter().filter(|event| event.call == Some(*call));
            Visit { row, events: of_call.map(|event| &event.kind).collect() }
        };
        found.iter().map(visit).collect()
    }

    /// What was sealed under the key of a call.
    pub fn open<K: Personal>(&self, row: &CallRow, sealed: &Sealed<K>) -> String {
        let key = self
            .keys
            .lock()
            .expect("the key table")
            .get(row.call)
            .expect("it is read")
            .expect("the key of a call");
        sealed.open(&key).expect("it opens with its own key")
    }

    /// Both channels of a recording: the caller, and all that the caller heard.
    pub fn recording(&self, row: &CallRow) -> [Vec<i16>; 2] {
        let file = self.archive.join(&archived(row).file);
        let mut wave = hound::WavReader::open(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let samples: Vec<i16> = wave.samples().map(|sample| sample.expect("a sample")).collect();
        [0, 1].map(|channel| samples.iter().skip(channel).step_by(2).copied().collect())
    }
}

pub fn archived(row: &CallRow) -> &Archived {
    match &row.recording {
        RecordingState::Archived(archived) => archived,
        other => panic!("the recording of {} is {other:?}", row.call),
    }
}

impl Visit<'_> {
    /// The only event that `wanted` takes.
    pub fn one<T>(&self, what: &str, wanted: impl Fn(&EventKind) -> Option<T>) -> T {
        let mut found: Vec<T> = self.events.iter().filter_map(|kind| wanted(kind)).collect();
        assert_eq!(found.len(), 1, "events `{what}` of {}:\n{:#?}", self.row.call, self.events);
        found.remove(0)
    }

    pub fn has(&self, wanted: impl Fn(&EventKind) -> bool) -> bool {
        self.events.iter().any(|kind| wanted(kind))
    }
}
