//! A line of callers in order that can tell anybody's position without counting everybody.
//!
//! Places are kept in sorted chunks: joining, leaving and asking for a position cost a chunk and
//! the number of chunks, far below the length of the line. Places need not join in order, so an
//! order by priority fits later.

use crate::ids::CallId;

/// Where somebody stands: the order of arrival at the router; lower is served first.
pub(super) type Place = u64;

/// Chunks are split at this length.
const CHUNK: usize = 512;

#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// None is empty; sorted within and across.
    chunks: Vec<Vec<(Place, CallId)>>,
    len: usize,
}

impl Line {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn first(&self) -> Option<(Place, CallId)> {
        self.chunks.first().and_then(|c| c.first()).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = (Place, CallId)> + '_ {
        self.chunks.iter().flatten().copied()
    }

    /// Somebody joins; a place already taken stays with whoever has it.
    pub fn join(&mut self, place: Place, call: CallId) {
        let at = self.chunk_of(place).min(self.chunks.len().saturating_sub(1));
        let Some(chunk) = self.chunks.get_mut(at) else {
            self.chunks.push(vec![(place, call)]);
            self.len = 1;
            return;
        };
        let Err(i) = chunk.binary_search_by_key(&place, |e| e.0) else { return };
        chunk.insert(i, (place, call));
        self.len += 1;
        if chunk.len() > CHUNK {
            let rest = chunk.split_off(CHUNK / 2);
            self.chunks.insert(at + 1, rest);
        }
    }

    /// Somebody leaves. Nothing happens if nobody stands there.
    pub fn leave(&mut self, place: Place) {
        let at = self.chunk_of(place);
        let Some(chunk) = self.chunks.get_mut(at) else { return };
        let Ok(i) = chunk.binary_search_by_key(&place, |e| e.0) else { return };
        chunk.remove(i);
        self.len -= 1;
        if chunk.is_empty() {
            self.chunks.remove(at);
        }
    }

    /// Position of whoever stands there: 1 = next.
    pub fn position(&self, place: Place) -> Option<u32> {
        let at = self.chunk_of(place);
        let i = self.chunks.get(at)?.binary_search_by_key(&place, |e| e.0).ok()?;
        let before: usize = self.chunks.get(..at)?.iter().map(Vec::len).sum();
        u32::try_from(before + i + 1).ok()
    }

    /// The first chunk that ends at or behind `place`.
    fn chunk_of(&self, place: Place) -> usize {
        self.chunks.partition_point(|c| c.last().is_some_and(|last| last.0 < place))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    use super::*;
    use crate::ids::{BootId, NodeId};

    fn call(n: u64) -> CallId {
        CallId { node: NodeId(1), boot: BootId(1), n: u32::try_from(n).unwrap() }
    }

    #[test]
    fn a_long_line_tells_every_position() {
        let mut line = Line::default();
        for n in 0..5_000 {
            line.join(n, call(n));
        }
        for n in (0..5_000).step_by(2) {
            line.leave(n);
        }
        assert_eq!(line.len(), 2_500);
        assert_eq!(line.first(), Some((1, call(1))));
        assert_eq!(line.position(4_999), Some(2_500));
        assert_eq!(line.position(0), None, "who left has no position");
    }

    proptest! {
        #[test]
        fn equals_a_sorted_map(steps in proptest::collection::vec((0u64..2_000, any::<bool>()), 0..3_000)) {
            let (mut line, mut model) = (Line::default(), BTreeMap::new());
            for (place, joins) in steps {
                if joins {
                    line.join(place, call(place));
                    model.entry(place).or_insert(call(place));
                } else {
                    line.leave(place);
                    model.remove(&place);
                }
            }
            prop_assert_eq!(line.len(), model.len());
            prop_assert_eq!(line.iter().collect::<Vec<_>>(), model.clone().into_iter().collect::<Vec<_>>());
            for (i, place) in model.keys().enumerate() {
                prop_assert_eq!(line.position(*place), Some(u32::try_from(i).unwrap() + 1));
            }
        }
    }
}
