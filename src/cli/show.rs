//! `hotline show`: the menus as a picture.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::cli::args::{Format, Shape, ShowArgs};
use crate::cli::check::CLEAN;
use crate::cli::{drafts, findings, output};
use crate::io::control::FindingsFound;
use crate::io::versions::Drafts;
use crate::menu::draw;

pub fn command(config: Option<&Path>, args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let drafts = drafts::find(args.dir.as_deref(), config)?;
    output::print(|out| run(&drafts, args.shape, out))
}

pub fn run(drafts: &Drafts, shape: Shape, out: &mut dyn Write) -> io::Result<u8> {
    let loaded = match drafts::load(drafts, None) {
        Ok(loaded) => loaded,
        Err(found) => return findings::print(&found, Format::Text, out),
    };
    let compiled = loaded.compile();
    let (Some(program), Some(proof)) = (&compiled.program, &compiled.proof) else {
        return findings::print(&FindingsFound::new(&compiled.findings), Format::Text, out);
    };
    let picture = match shape {
        Shape::Tree => draw::tree(program, proof),
        Shape::Mermaid => draw::mermaid(program, proof),
        Shape::Svg => draw::svg(program, proof),
    };
    out.write_all(picture.as_bytes()).map(|()| CLEAN)
}
