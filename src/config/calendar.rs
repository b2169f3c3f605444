//! Hours, holidays and make-up working days.

use std::collections::BTreeSet;

use crate::now::Wall;

/// Which schedules are open when.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Calendar {
    open: BTreeSet<String>,
}

impl Calendar {
    /// Whether the schedule is open at this moment; a schedule that does not exist never is.
    pub fn is_open(&self, schedule: &str, _at: Wall) -> bool {
        self.open.contains(schedule)
    }

    /// Whether the day is a public holiday; weekends alone are none.
    pub fn is_holiday(&self, _at: Wall) -> bool {
        false
    }
}
