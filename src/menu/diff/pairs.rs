//! Which way of a place is which way of the same place later.

use crate::menu::outline::{By, Place, Way};

/// A way before and after; one side is missing where it is lost or gained.
pub type Pair<'w> = (Option<&'w Way>, Option<&'w Way>);

/// What is wholly equal first; then what has only one label (done, failed, otherwise); then the same
/// place under another key or condition; then the same key or condition to another place.
pub fn pairs<'w>(old: &[&'w Way], new: &[&'w Way]) -> Vec<Pair<'w>> {
    let mut left: (Vec<&Way>, Vec<&Way>) = (old.to_vec(), new.to_vec());
    let mut pairs = Vec::new();
    let mut join = |is_same: &dyn Fn(&Way, &Way) -> bool| {
        let mut at = 0;
        while let Some(was) = left.0.get(at).copied() {
            match left.1.iter().position(|is| is_same(was, is)) {
                Some(found) => {
                    left.0.remove(at);
                    pairs.push((Some(was), Some(left.1.remove(found))));
                }
                None => at += 1,
            }
        }
    };
    join(&|was, is| was.by == is.by && was.leads_to == is.leads_to);
    join(&|was, is| was.by == is.by && is_only(&was.by));
    join(&|was, is| {
        sort(&was.by) == sort(&is.by) && same_place(&was.leads_to, &is.leads_to) && was.says == is.says
    });
    join(&|was, is| sort(&was.by) == sort(&is.by) && same_place(&was.leads_to, &is.leads_to));
    join(&|was, is| was.by == is.by);
    pairs.extend(left.0.into_iter().map(|was| (Some(was), None)));
    pairs.extend(left.1.into_iter().map(|is| (None, Some(is))));
    pairs
}

fn same_place(was: &Place, is: &Place) -> bool {
    was == is
}

/// Can a place have but one way by it?
fn is_only(by: &By) -> bool {
    matches!(by, By::Otherwise | By::Done { .. } | By::Failed)
}

/// Ways move among their sort: a key never becomes a condition.
fn sort(by: &By) -> u8 {
    match by {
        By::Key { .. } => 0,
        By::Entering { .. } => 1,
        By::If { .. } => 2,
        By::Otherwise => 3,
        By::Done { .. } => 4,
        By::Failed => 5,
        By::Asks { .. } => 6,
    }
}
