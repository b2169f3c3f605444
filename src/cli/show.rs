//! `hotline show`: the menus as a picture.

use std::io::Write;
use std::path::Path;

use crate::cli::check::{self, CLEAN, FINDINGS, UNREADABLE};
use crate::cli::drafts;
use crate::menu::{compile, draw};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum As {
    #[default]
    Tree,
    Mermaid,
}

pub fn run(dir: &Path, ops: Option<&Path>, as_: As, out: &mut dyn Write) -> i32 {
    let sources = match drafts::load(dir, ops, None) {
        Ok(sources) => sources,
        Err(error) => {
            let _ = writeln!(out, "{error}");
            return UNREADABLE;
        }
    };
    let compiled = compile(&sources);
    let (Some(program), Some(proof)) = (&compiled.program, &compiled.proof) else {
        let _ = check::print_findings(&sources.files, &compiled.findings, out);
        return FINDINGS;
    };
    let picture = match as_ {
        As::Tree => draw::tree(program, proof),
        As::Mermaid => draw::mermaid(program, proof),
    };
    match out.write_all(picture.as_bytes()) {
        Ok(()) => CLEAN,
        Err(_) => UNREADABLE,
    }
}
