//! `hotline schema`: what may stand in a kind of file, for editors that complete and underline.
//!
//! An editor finds it by a first line such as `#:schema ./menu.schema.json`.

use std::process::ExitCode;

use crate::cli::args::{SchemaArgs, SchemaFile};
use crate::cli::output;
use crate::menu::schema;

pub fn command(args: SchemaArgs) -> anyhow::Result<ExitCode> {
    let schema = match args.file {
        SchemaFile::Menu => schema::menu(),
        SchemaFile::System => schema::system(),
    };
    output::json(&schema).map(|()| ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests;
