//! The menus by telephone: the real server process, real SIP and RTP, our second telephone, which knows
//! the prompts by ear. Everything a hotline promises its callers, heard; everything it keeps, looked at.
//!
//! Each test serves a hotline of its own and lets several people ring at once. `HOTLINE_KEEP=1` keeps
//! what a test has written.

#[path = "by_phone/bank.rs"]
mod bank;
#[path = "by_phone/caller.rs"]
mod caller;
#[path = "by_phone/elderly.rs"]
mod elderly;
#[path = "by_phone/hours.rs"]
mod hours;
#[path = "by_phone/kept.rs"]
mod kept;
#[path = "by_phone/language.rs"]
mod language;
#[path = "by_phone/messages.rs"]
mod messages;
#[path = "by_phone/money.rs"]
mod money;
#[path = "by_phone/numbers.rs"]
mod numbers;
#[path = "by_phone/promises.rs"]
mod promises;
#[path = "by_phone/secrecy.rs"]
mod secrecy;
#[path = "by_phone/secrets.rs"]
mod secrets;
#[path = "by_phone/server.rs"]
mod server;
#[path = "by_phone/stage.rs"]
mod stage;
#[path = "by_phone/transfer.rs"]
mod transfer;
#[path = "../examples/unseal/search.rs"]
mod unseal;
