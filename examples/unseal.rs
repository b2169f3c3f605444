//! Opens everything a server has written with the server's own keys, and searches it for digits that
//! may be nowhere: spooled sound by ear and by frame, payloads, journal, sealed values.
//!
//! ```text
//! unseal STORAGE DIGITS...      exit code 1 if any is found; a line of JSON says what was looked at
//! ```

#[path = "unseal/search.rs"]
mod search;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((storage, digits)) = arguments.split_first().filter(|(_, digits)| !digits.is_empty()) else {
        eprintln!("see the head of examples/unseal.rs");
        return ExitCode::from(2);
    };
    match search::search(Path::new(storage), digits) {
        Ok(report) => {
            println!("{}", report.line());
            ExitCode::from(u8::from(!report.found.is_empty()))
        }
        Err(e) => {
            eprintln!("unseal: {e}");
            ExitCode::from(2)
        }
    }
}
