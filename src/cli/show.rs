//! `hotline show`: the menus as a picture.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::cli::args::{Format, Shape, ShowArgs};
use crate::cli::check::CLEAN;
use crate::cli::{drafts, findings, output};
use crate::config::finding::Tongue;
use crate::io::control::FindingsFound;
use crate::io::versions::{Drafts, hours};
use crate::menu::draw::Picture;

pub fn command(config: Option<&Path>, args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let drafts = drafts::find(args.dir.as_deref(), config)?;
    output::print(|out| run(&drafts, args.shape, findings::tongue(args.lang), out))
}

/// What is wrong with the menus is told in the language given.
pub fn run(drafts: &Drafts, shape: Shape, tongue: Tongue, out: &mut dyn Write) -> io::Result<u8> {
    let loaded = match drafts::load(drafts, None) {
        Ok(loaded) => loaded,
        Err(found) => return findings::print_in(tongue, &found, Format::Text, out),
    };
    let compiled = loaded.compile();
    let (Some(program), Some(proof)) = (&compiled.program, &compiled.proof) else {
        return findings::print_in(tongue, &FindingsFound::new(&compiled.findings), Format::Text, out);
    };
    let picture = Picture::new(program, proof, &hours(loaded.around.calendar.as_deref()));
    let picture = match shape {
        Shape::Tree => picture.tree(),
        Shape::Mermaid => picture.mermaid(),
        Shape::Svg => picture.svg(),
        Shape::Json => format!("{:#}\n", picture.json()),
    };
    out.write_all(picture.as_bytes()).map(|()| CLEAN)
}
