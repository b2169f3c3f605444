//! Reading the journal without the lock: for the command line, the index and a rebuild.

use std::collections::VecDeque;
use std::path::Path;

use super::JournalError;
use super::line::Chain;
use super::segment::{self, Reader, Segment, Step};
use crate::event::{Event, SCHEMA};
use crate::ids::Seq;

/// Every event in order, chain and numbers checked; ends after the first error. A torn tail is
/// the end: a server may be writing it at this moment.
#[derive(Debug)]
pub struct Events {
    segments: VecDeque<Segment>,
    current: Option<(Reader, String)>,
    from: Seq,
    next: Option<Seq>,
    chain: Option<Chain>,
    done: bool,
}

/// All events under `directory`.
pub fn read_all(directory: &Path) -> Result<Events, JournalError> {
    read_from(directory, Seq(0))
}

/// The events from number `from` on; segments before it are not opened.
pub fn read_from(directory: &Path, from: Seq) -> Result<Events, JournalError> {
    let mut segments: VecDeque<Segment> = segment::list(directory)?.segments.into();
    while segments.get(1).is_some_and(|second| second.head.first_seq <= from) {
        segments.pop_front();
    }
    Ok(Events { segments, current: None, from, next: None, chain: None, done: false })
}

/// Number of the last event; `Seq(0)` for an empty journal.
pub fn last_seq(directory: &Path) -> Result<Seq, JournalError> {
    let Some(last) = segment::list(directory)?.segments.pop() else { return Ok(Seq(0)) };
    let mut reader = Reader::open(&last.path)?;
    reader.head()?;
    let mut seq = last.head.first_seq.0.saturating_sub(1);
    while reader.step()? == Step::Event {
        seq += 1;
    }
    Ok(Seq(seq))
}

/// An event of this or an earlier schema, brought to this one.
pub fn parse(json: &[u8]) -> Result<Event, ParseError> {
    #[derive(serde::Deserialize)]
    struct Version {
        schema: u16,
    }
    match serde_json::from_slice::<Event>(json) {
        Ok(event) if event.schema <= SCHEMA => Ok(event),
        Ok(event) => Err(ParseError::Newer(event.schema)),
        Err(_) => match serde_json::from_slice::<Version>(json) {
            Ok(v) if v.schema > SCHEMA => Err(ParseError::Newer(v.schema)),
            Ok(_) | Err(_) => Err(ParseError::Unreadable),
        },
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParseError {
    Newer(u16),
    Unreadable,
}

impl Events {
    fn next_segment(&mut self) -> Result<bool, JournalError> {
        let Some(segment) = self.segments.pop_front() else { return Ok(false) };
        let broken = |why| JournalError::Broken { file: segment.name(), line: 1, why };
        if self.chain.is_some_and(|chain| chain != segment.prev_chain) {
            return Err(broken("does not continue the segment before: one is missing or was altered"));
        }
        if self.next.is_some_and(|next| next != segment.head.first_seq) {
            return Err(broken("event numbers do not continue those of the segment before"));
        }
        self.next = Some(segment.head.first_seq);
        let mut reader = Reader::open(&segment.path)?;
        reader.head()?;
        self.current = Some((reader, segment.name()));
        Ok(true)
    }

    fn advance(&mut self) -> Result<Option<Event>, JournalError> {
        loop {
            let Some((reader, name)) = &mut self.current else {
                if self.next_segment()? {
                    continue;
                }
                return Ok(None);
            };
            let step = reader.step()?;
            let broken = |why| JournalError::Broken { file: name.clone(), line: reader.line(), why };
            match step {
                Step::Event => {
                    let event = parse(reader.json()).map_err(|e| match e {
                        ParseError::Newer(schema) => {
                            JournalError::Newer { file: name.clone(), line: reader.line(), schema }
                        }
                        ParseError::Unreadable => broken("not an event"),
                    })?;
                    if self.next != Some(event.seq) {
                        return Err(broken("event number out of order"));
                    }
                    self.next = Some(Seq(event.seq.0 + 1));
                    if event.seq >= self.from {
                        return Ok(Some(event));
                    }
                }
                Step::Broken { why } => return Err(broken(why)),
                Step::Torn { .. } if !self.segments.is_empty() => {
                    return Err(broken("cut short although a later segment exists"));
                }
                Step::End | Step::Torn { .. } => {
                    self.chain = Some(reader.chain());
                    self.current = None;
                }
            }
        }
    }
}

impl Iterator for Events {
    type Item = Result<Event, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let item = self.advance().transpose();
        self.done = !matches!(item, Some(Ok(_)));
        item
    }
}
