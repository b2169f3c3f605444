//! Lists of people taken in from CSV files: into the database, then in force at once.

use crate::event::Actor;
use crate::io::gate::Operations;
use crate::io::people::{ImportMode, Imported, People, PeopleError};

/// What a file lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Agents,
    Devices,
    Callers,
}

/// A file to be taken in.
#[derive(Clone, Copy)]
pub struct Import<'a> {
    pub kind: Kind,
    /// Its name, for findings.
    pub file: &'a str,
    pub csv: &'a str,
    pub mode: ImportMode,
}

/// All rows or none. Rights have been checked.
pub async fn import(
    people: &People,
    operations: &dyn Operations,
    import: Import<'_>,
    actor: Actor,
) -> Result<Imported, PeopleError> {
    let Import { kind, file, csv, mode } = import;
    let imported = match kind {
        Kind::Agents => people.import_agents(file, csv, mode).await?,
        Kind::Devices => people.import_devices(file, csv, mode).await?,
        Kind::Callers => people.import_callers(file, csv, mode).await?,
    };
    match kind {
        Kind::Agents | Kind::Devices => operations.directory_changed(people.directory().await?, actor).await,
        Kind::Callers => {
            let mut book = people.caller_book().await?;
            book.imported = true;
            operations.callers_changed(book, actor).await;
        }
    }
    Ok(imported)
}
