//! Files of the secrets directory: readable by the server's user only, made at the first start.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::io::crypto;

/// A secret cannot be read or made; no secret stands in the text.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("{0}: {1}; check that the server's user owns the secrets directory")]
    Io(PathBuf, io::Error),
    #[error("{0} is not a key of 64 hexadecimal digits; restore it from the backup of the secrets")]
    NoKey(PathBuf),
    #[error(transparent)]
    Randomness(#[from] crypto::NoRandomness),
}

/// Makes the directory for its owner alone.
pub fn make_directory(directory: &Path) -> Result<(), SecretError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.map_err(|error| SecretError::Io(directory.to_owned(), error))
}

/// Writes a file that is not there yet, readable by its owner alone.
pub fn write_new(path: &Path, content: &str) -> Result<(), SecretError> {
    let fail = |error| SecretError::Io(path.to_owned(), error);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(fail)?;
    file.write_all(content.as_bytes()).and_then(|()| file.sync_all()).map_err(fail)
}

/// The text of a secret file, if there is one; warns of a file others may read.
pub fn read(path: &Path) -> Result<Option<String>, SecretError> {
    let fail = |error| SecretError::Io(path.to_owned(), error);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(error)),
    };
    if std::fs::metadata(path).map_err(fail)?.mode() & 0o077 != 0 {
        tracing::warn!(file = %path.display(), "others than the owner may read this secret; run chmod 600 on it");
    }
    Ok(Some(text))
}

/// The key in this file; made, with a word in the log, if there is none.
pub fn key(directory: &Path, name: &str) -> Result<[u8; 32], SecretError> {
    let path = directory.join(name);
    if let Some(text) = read(&path)? {
        let mut key = [0; 32];
        hex::decode_to_slice(text.trim(), &mut key).map_err(|_| SecretError::NoKey(path))?;
        return Ok(key);
    }
    make_directory(directory)?;
    let key = crypto::random()?;
    write_new(&path, &format!("{}\n", hex::encode(key)))?;
    tracing::warn!(file = %path.display(), "a new key was made; back it up apart from the storage");
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = dir.path().join("secrets");
        let first = key(&secrets, "people.key").unwrap();
        assert_eq!(key(&secrets, "people.key").unwrap(), first);
        let mode = std::fs::metadata(secrets.join("people.key")).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::metadata(&secrets).unwrap().mode() & 0o777, 0o700);
        std::fs::write(secrets.join("people.key"), "garbage").unwrap();
        assert!(matches!(key(&secrets, "people.key"), Err(SecretError::NoKey(_))));
    }
}
