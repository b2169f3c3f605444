//! The secrets directory (`var/secrets`): the master key, from which every other key is derived, and
//! files that only the server's user may read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

use crate::io::{append, crypto};

const MASTER: &str = "master.key";
/// Name of the key table within the secrets directory.
pub const KEY_TABLE: &str = "calls.keys";

/// The secrets directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error("{path}: {source}; check that the server's user owns the secrets directory")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} is missing, but data sealed under it exists; restore it from your backup")]
    MasterMissing { path: PathBuf },
    #[error("{path} is not 32 bytes long; restore it from your backup")]
    MasterDamaged { path: PathBuf },
}

/// What a derived key is for; each has its own label, so that none stands for another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    Spool,
    KeyTable,
    NumberHash,
    /// Credentials of telephones.
    People,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Purpose::Spool => b"hotline spool 1",
            Purpose::KeyTable => b"hotline keys 1",
            Purpose::NumberHash => b"hotline number-hash 1",
            Purpose::People => b"hotline people 1",
        }
    }
}

/// 32 secret bytes, shown by nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        SecretKey(bytes)
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Another key out of this one, its own for each `salt` and `label` (HKDF-SHA256, RFC 5869).
    pub fn derive(&self, salt: &[u8], label: &[u8]) -> SecretKey {
        struct Length;
        impl KeyType for Length {
            fn len(&self) -> usize {
                32
            }
        }
        let prk: Prk = Salt::new(HKDF_SHA256, salt).extract(&self.0);
        let mut bytes = [0; 32];
        prk.expand(&[label], Length)
            .and_then(|okm| okm.fill(&mut bytes))
            .expect("HKDF-SHA256 always yields 32 bytes");
        SecretKey(bytes)
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey")
    }
}

/// The opened secrets directory.
#[derive(Clone, Debug)]
pub struct Secrets {
    directory: PathBuf,
    master: SecretKey,
}

impl Secrets {
    /// Opens the directory; at the very first start makes it and its master key.
    pub fn open_or_create(directory: &Path) -> Result<Secrets, SecretsError> {
        let path = directory.join(MASTER);
        match Self::open(directory) {
            Err(SecretsError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            other => return other,
        }
        let table = fs::metadata(directory.join(KEY_TABLE)).map_or(0, |m| m.len());
        if table > 0 {
            return Err(SecretsError::MasterMissing { path });
        }
        let random = crypto::random::<32>().map_err(|error| failed(&path)(error.into()))?;
        make_directory(directory)?;
        write_new(&path, &random)?;
        tracing::warn!(
            file = %path.display(),
            "made a new master key: back it up apart from the recordings; without it no recording \
             under way, caller number or note can be read"
        );
        Self::open(directory)
    }

    /// Opens an existing directory and writes nothing (command line).
    pub fn open(directory: &Path) -> Result<Secrets, SecretsError> {
        let path = directory.join(MASTER);
        let bytes = read(&path, 33)?;
        let Ok(master) = <[u8; 32]>::try_from(bytes) else {
            return Err(SecretsError::MasterDamaged { path });
        };
        Ok(Secrets { directory: directory.to_owned(), master: SecretKey(master) })
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub fn key(&self, purpose: Purpose) -> SecretKey {
        self.master.derive(b"", purpose.label())
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> SecretsError {
    move |source| SecretsError::Io { path: path.to_owned(), source }
}

/// Makes the directory for its owner alone.
pub fn make_directory(directory: &Path) -> Result<(), SecretsError> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed(directory))
}

/// Writes a file that is not there yet, readable by its owner alone, safe against a power cut.
pub fn write_new(path: &Path, content: &[u8]) -> Result<(), SecretsError> {
    let written = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(content)?;
        file.sync_all()?;
        append::sync_directory(path.parent().unwrap_or(Path::new(".")))
    };
    written().map_err(failed(path))
}

/// At most `longest` bytes of a file; warns of one that others may read.
pub fn read(path: &Path, longest: u64) -> Result<Vec<u8>, SecretsError> {
    let file = File::open(path).map_err(failed(path))?;
    if file.metadata().map_err(failed(path))?.permissions().mode() & 0o077 != 0 {
        tracing::warn!(file = %path.display(), "others than the owner may read this secret; run chmod 600 on it");
    }
    let mut bytes = Vec::new();
    file.take(longest).read_to_end(&mut bytes).map_err(failed(path))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_master_key_is_made_once_and_kept_private() {
        let dir = tempfile::tempdir().unwrap();
        let directory = dir.path().join("secrets");
        assert!(Secrets::open(&directory).is_err(), "reading makes nothing");
        let first = Secrets::open_or_create(&directory).unwrap();
        let again = Secrets::open_or_create(&directory).unwrap();
        assert_eq!(first.key(Purpose::Spool), again.key(Purpose::Spool));
        assert_ne!(first.key(Purpose::Spool), first.key(Purpose::KeyTable));
        assert_eq!(fs::metadata(directory.join(MASTER)).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(!format!("{first:?}").contains(&hex::encode(first.master.0)));
    }

    #[test]
    fn a_lost_or_damaged_master_key_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(MASTER), b"short").unwrap();
        assert!(matches!(Secrets::open_or_create(dir.path()), Err(SecretsError::MasterDamaged { .. })));
        fs::remove_file(dir.path().join(MASTER)).unwrap();
        fs::write(dir.path().join(KEY_TABLE), b"x").unwrap();
        assert!(matches!(Secrets::open_or_create(dir.path()), Err(SecretsError::MasterMissing { .. })));
    }
}
