//! Keys of the installation: drawn at first start, kept in the data directory, never shipped, never printed.

use anyhow::{Context, Result};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// 256 bits.
#[derive(Clone)]
pub(crate) struct Secret([u8; 32]);

impl Secret {
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// All of them.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    /// Signs tickets and continuations.
    pub(crate) signing: Secret,
    /// TURN credentials come from it.
    pub(crate) turn: Secret,
    /// Binds the rows of the audit log to each other.
    pub(crate) audit: Secret,
}

impl Secrets {
    /// Those of the data directory, which is made if it is not there.
    pub(crate) fn load_or_create(data: &Path) -> Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(data)
            .with_context(|| format!("data: the directory {} cannot be made", data.display()))?;
        Ok(Self {
            signing: secret(&data.join("signing.key"))?,
            turn: secret(&data.join("turn.key"))?,
            audit: secret(&data.join("audit.key"))?,
        })
    }
}

fn secret(path: &Path) -> Result<Secret> {
    match fs::read(path) {
        Ok(bytes) => {
            let bytes = bytes.try_into().ok();
            bytes.map(Secret).with_context(|| format!("{} is not a key of 32 bytes", path.display()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut bytes = [0; 32];
            aws_lc_rs::rand::fill(&mut bytes).context("the operating system gives no randomness")?;
            write_private(path, &bytes)?;
            // Another instance on the same directory may have been faster: what lies there counts.
            secret(path)
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Writes a file only its owner can read, complete or not at all; leaves one that is there already.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut nonce = [0; 8];
    aws_lc_rs::rand::fill(&mut nonce).context("the operating system gives no randomness")?;
    let draft = path.with_extension(format!("{:016x}", u64::from_be_bytes(nonce)));
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    };
    let outcome = write();
    let _ = fs::remove_file(&draft);
    outcome.with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn keys_are_drawn_once_and_only_their_owner_reads_them() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let first = Secrets::load_or_create(&data).unwrap();
        let second = Secrets::load_or_create(&data).unwrap();
        assert_eq!(first.signing.bytes(), second.signing.bytes());
        assert_ne!(first.signing.bytes(), first.turn.bytes());
        for name in ["signing.key", "turn.key", "audit.key"] {
            assert_eq!(fs::metadata(data.join(name)).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(&data).unwrap().count(), 3, "no drafts are left");
        assert!(!format!("{first:?}").contains(char::is_numeric));
    }

    #[test]
    fn a_damaged_key_stops_the_start() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("signing.key"), b"short").unwrap();
        assert!(Secrets::load_or_create(dir.path()).is_err());
    }
}
