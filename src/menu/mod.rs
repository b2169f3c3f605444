//! Menus as operations write them: parsed, checked against the standard, proved, interpreted.
//!
//! Does not know SIP, media, queues' state, files or clocks: texts come in as strings.

pub mod api;
