//! What a bank hotline owes its callers, a test for each requirement id: the sample keeps it, and a
//! hotline that does not is refused, at a line, for that requirement.
//!
//! Metrics, records and people have tests elsewhere; here is the voice menu.

#[path = "mutants/around.rs"]
mod around;
#[path = "standard/bench.rs"]
mod bench;
#[path = "mutants/edit.rs"]
#[allow(dead_code, reason = "the mutants use more of it")]
mod edit;
#[path = "mutants/hotline.rs"]
#[allow(dead_code, reason = "the mutants use more of it")]
mod hotline;
#[path = "mutants/oracle/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the mutants use more of it")]
mod oracle;

#[path = "standard/cba_10a.rs"]
mod cba_10a;
#[path = "standard/cba_10b.rs"]
mod cba_10b;
#[path = "standard/cba_10c.rs"]
mod cba_10c;
#[path = "standard/cba_10d.rs"]
mod cba_10d;
#[path = "standard/cba_25.rs"]
mod cba_25;
#[path = "standard/cba_32.rs"]
mod cba_32;
#[path = "standard/cba_38.rs"]
mod cba_38;
#[path = "standard/cba_6.rs"]
mod cba_6;
#[path = "standard/cba_8.rs"]
mod cba_8;
#[path = "standard/cba_9.rs"]
mod cba_9;
#[path = "standard/hb_elder.rs"]
mod hb_elder;
#[path = "standard/hb_hold.rs"]
mod hb_hold;
#[path = "standard/hb_notice.rs"]
mod hb_notice;
