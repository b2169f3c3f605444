//! `ops/plans.toml`: emergency plans that can be put in force by one command (CBA-24).

use crate::ids::PlanId;

/// One plan as declared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanConfig {
    pub name: PlanId,
    /// It has an announcement, heard before the menu while it is in force.
    pub announcement: bool,
    /// While it is in force a callback or a message may stand in for a person.
    pub instead_of_people: bool,
}
