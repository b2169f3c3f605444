//! The secrets directory (`var/secrets`): the master key, from which every other key is derived.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::{SecureRandom, SystemRandom};

use crate::io::append;

const MASTER: &str = "master.key";
/// Name of the key table within the secrets directory.
pub const KEY_TABLE: &str = "calls.keys";

/// The secrets directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error("secrets {path}: {source}")]
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
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Purpose::Spool => b"hotline spool 1",
            Purpose::KeyTable => b"hotline keys 1",
            Purpose::NumberHash => b"hotline number-hash 1",
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
        create(directory, &path).map_err(|source| SecretsError::Io { path: path.clone(), source })?;
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
        let failed = |source| SecretsError::Io { path: path.clone(), source };
        let mut file = File::open(&path).map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            tracing::warn!(file = %path.display(), "others may read the master key; do `chmod 600`");
        }
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(33).read_to_end(&mut bytes).map_err(failed)?;
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

fn create(directory: &Path, path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(random::<32>()?.as_slice())?;
    file.sync_all()?;
    append::sync_directory(directory)
}

/// Bytes nobody can guess, from the operating system.
pub fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| io::Error::other("the system's random source fails"))?;
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
