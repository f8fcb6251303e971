//! Keys of the installation: drawn at first start, kept in one directory, never shipped, never printed. Instances have
//! to have the same: what one signs another one believes.

use anyhow::{Context, Result, bail};
use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, fchown};
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
    /// Sign personal links.
    pub(crate) links: LinkSecrets,
}

impl Secrets {
    /// Those of a directory, which is made if it is not there; keys that are missing are drawn. For the server's start,
    /// and for who asks for new keys: anybody else would hold keys that nobody else has.
    pub(crate) fn load_or_create(keys: &Path) -> Result<Self> {
        make_private(keys)?;
        for name in Self::missing(keys) {
            draw_into(&keys.join(name))?;
        }
        Self::load(keys)
    }

    /// Those of a directory that has them all.
    pub(crate) fn load(keys: &Path) -> Result<Self> {
        let missing = Self::missing(keys);
        if !missing.is_empty() {
            bail!("{} is missing in {}", missing.join(", "), keys.display());
        }
        Ok(Self {
            signing: secret(&keys.join("signing.key"))?,
            turn: secret(&keys.join("turn.key"))?,
            audit: secret(&keys.join("audit.key"))?,
            links: LinkSecrets::load(&keys.join(LINKS_FILE))?,
        })
    }

    /// The files that are not there. What cannot be looked at is found when it is read.
    pub(crate) fn missing(keys: &Path) -> Vec<&'static str> {
        let is_missing = |name: &&str| matches!(keys.join(name).try_exists(), Ok(false));
        FILES.into_iter().filter(is_missing).collect()
    }

    /// What two instances have to have in common, told in a way that gives no key away. Keys of links are not in it:
    /// they are replaced one instance after the other.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let of = |secret: &Secret| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.bytes());
            let tag = hmac::sign(&key, b"visavis keys");
            let half = tag.as_ref().first_chunk().copied().unwrap_or_default();
            format!("{:032x}", u128::from_be_bytes(half))
        };
        Fingerprint { signing: of(&self.signing), turn: of(&self.turn), audit: of(&self.audit) }
    }
}

/// By which keys are compared without being shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    signing: String,
    turn: String,
    audit: String,
}

impl Fingerprint {
    /// The files in which the other one differs.
    pub(crate) fn other_than(&self, other: &Self) -> Vec<&'static str> {
        let pairs = [
            ("signing.key", self.signing == other.signing),
            ("turn.key", self.turn == other.turn),
            ("audit.key", self.audit == other.audit),
        ];
        pairs.into_iter().filter_map(|(name, same)| (!same).then_some(name)).collect()
    }
}

/// A directory that only its owner can look into, unless there is one.
pub(crate) fn make_private(directory: &Path) -> Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.with_context(|| format!("the directory {} cannot be made", directory.display()))
}

/// Keys of links lie one after another in one file, the newest first.
const LINKS_FILE: &str = "links.keys";
const KEY_BYTES: usize = 32;
const FILES: [&str; 4] = ["signing.key", "turn.key", "audit.key", LINKS_FILE];

/// The key that signs personal links, and those that did before and are still believed.
#[derive(Debug, Clone)]
pub(crate) struct LinkSecrets {
    pub(crate) newest: Secret,
    pub(crate) earlier: Vec<Secret>,
}

/// What becomes of the links that were given out with earlier keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// They hold.
    Kept,
    /// They are worth nothing any more.
    Forgotten,
}

impl LinkSecrets {
    fn load(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        Self::read(&bytes)
            .with_context(|| format!("{} does not consist of keys of {KEY_BYTES} bytes", path.display()))
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (keys, rest) = bytes.as_chunks::<KEY_BYTES>();
        let (newest, earlier) = keys.split_first()?;
        let earlier = earlier.iter().map(|key| Secret(*key)).collect();
        rest.is_empty().then_some(Self { newest: Secret(*newest), earlier })
    }

    /// Adds a key that signs from the next start on.
    pub(crate) fn rotate(keys: &Path, earlier: Earlier) -> Result<()> {
        let path = keys.join(LINKS_FILE);
        let mut bytes = draw::<KEY_BYTES>()?.to_vec();
        if earlier == Earlier::Kept {
            let before = Self::load(&path)?;
            bytes.extend_from_slice(before.newest.bytes());
            bytes.extend(before.earlier.iter().flat_map(Secret::bytes));
        }
        replace_private(&path, &bytes)
    }
}

/// Bytes that nobody can guess.
pub(crate) fn draw<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).context("the operating system gives no randomness")?;
    Ok(bytes)
}

/// Another instance on the same directory may be faster: what lies there then counts.
fn draw_into(path: &Path) -> Result<()> {
    write_private(path, &draw::<KEY_BYTES>()?).with_context(|| {
        format!("the key {} is missing; `visavis keys init` makes a folder with all of them", path.display())
    })
}

fn secret(path: &Path) -> Result<Secret> {
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let bytes = bytes.try_into().ok();
    bytes.map(Secret).with_context(|| format!("{} is not a key of {KEY_BYTES} bytes", path.display()))
}

/// Writes a file only its owner can read, complete or not at all; leaves one that is there already.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    through_draft(
        path,
        bytes,
        |_| Ok(()),
        |draft| match fs::hard_link(draft, path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        },
    )
}

/// Writes a file, complete or not at all, in place of one that is there already: whoever could read that can read it,
/// though somebody else, such as root, writes it.
fn replace_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let as_before = |file: &File| {
        let (before, now) = (fs::metadata(path)?, file.metadata()?);
        if (before.uid(), before.gid()) != (now.uid(), now.gid()) {
            fchown(file, Some(before.uid()), Some(before.gid()))?;
        }
        file.set_permissions(before.permissions())
    };
    through_draft(path, bytes, as_before, |draft| fs::rename(draft, path))
}

fn through_draft(
    path: &Path,
    bytes: &[u8],
    prepare: impl Fn(&File) -> std::io::Result<()>,
    place: impl Fn(&Path) -> std::io::Result<()>,
) -> Result<()> {
    let draft = path.with_extension(format!("{:016x}", u64::from_be_bytes(draw()?)));
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        prepare(&file)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        place(&draft)
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
        for name in ["signing.key", "turn.key", "audit.key", "links.keys"] {
            assert_eq!(fs::metadata(data.join(name)).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(&data).unwrap().count(), 4, "no drafts are left");
        assert!(!format!("{first:?}").contains(char::is_numeric));
    }

    #[test]
    fn nothing_is_written_where_no_key_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        let keys = dir.path().join("keys");
        let first = Secrets::load_or_create(&keys).unwrap();
        let times = || -> Vec<_> {
            let entries = fs::read_dir(&keys).unwrap().map(|entry| entry.unwrap().metadata().unwrap());
            entries.map(|file| (file.ino(), file.mtime_nsec())).collect()
        };
        let (before, folder) = (times(), fs::metadata(&keys).unwrap().mtime_nsec());
        assert_eq!(Secrets::load_or_create(&keys).unwrap().fingerprint(), first.fingerprint());
        assert_eq!((times(), fs::metadata(&keys).unwrap().mtime_nsec()), (before, folder));
    }

    #[test]
    fn keys_that_are_missing_are_drawn_for_nobody_who_only_uses_them() {
        let dir = tempfile::tempdir().unwrap();
        let keys = dir.path().join("keys");
        assert!(Secrets::load(&keys).is_err() && !keys.exists());
        Secrets::load_or_create(&keys).unwrap();
        for name in FILES {
            let before = fs::read(keys.join(name)).unwrap();
            fs::remove_file(keys.join(name)).unwrap();
            let text = format!("{:#}", Secrets::load(&keys).unwrap_err());
            assert!(text.contains(name), "{text}");
            assert_eq!(Secrets::missing(&keys), [name]);
            assert_eq!(fs::read_dir(&keys).unwrap().count(), 3);
            fs::write(keys.join(name), before).unwrap();
        }
        Secrets::load(&keys).unwrap();
    }

    #[test]
    fn a_key_that_is_missing_and_cannot_be_drawn_is_named() {
        let dir = tempfile::tempdir().unwrap();
        // A folder that nobody can write to, root neither: a file is in its place.
        fs::write(dir.path().join("keys"), b"").unwrap();
        let error = draw_into(&dir.path().join("keys/turn.key")).unwrap_err();
        let text = format!("{error:#}");
        assert!(text.contains("keys/turn.key is missing") && text.contains("keys init"), "{text}");
    }

    #[test]
    fn fingerprints_tell_keys_apart_and_give_none_away() {
        let dir = tempfile::tempdir().unwrap();
        let one = Secrets::load_or_create(&dir.path().join("one")).unwrap();
        let mut other = one.clone();
        assert_eq!(one.fingerprint().other_than(&other.fingerprint()), Vec::<&str>::new());
        other.turn = one.audit.clone();
        assert_eq!(one.fingerprint().other_than(&other.fingerprint()), ["turn.key"]);
        other = Secrets::load_or_create(&dir.path().join("other")).unwrap();
        let all = ["signing.key", "turn.key", "audit.key"];
        assert_eq!(one.fingerprint().other_than(&other.fingerprint()), all);
        let start = format!("{:02x}{:02x}", one.signing.bytes()[0], one.signing.bytes()[1]);
        assert!(!one.fingerprint().signing.starts_with(&start));
    }

    #[test]
    fn a_damaged_key_stops_the_start() {
        for (name, bytes) in [
            ("signing.key", &b"short"[..]),
            ("links.keys", b""),
            ("links.keys", b"short"),
            ("links.keys", &[1; 63]),
        ] {
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join(name), bytes).unwrap();
            assert!(Secrets::load_or_create(dir.path()).is_err(), "{name} of {} bytes", bytes.len());
        }
    }

    #[test]
    fn a_new_key_for_links_signs_and_the_earlier_ones_are_kept_or_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let links = || Secrets::load_or_create(dir.path()).unwrap().links;
        let all = |of: &LinkSecrets| -> Vec<[u8; 32]> {
            std::iter::once(&of.newest).chain(&of.earlier).map(|key| *key.bytes()).collect()
        };
        let first = links();
        assert!(first.earlier.is_empty());
        LinkSecrets::rotate(dir.path(), Earlier::Kept).unwrap();
        let second = links();
        assert_eq!(all(&second)[1..], all(&first));
        LinkSecrets::rotate(dir.path(), Earlier::Kept).unwrap();
        let third = links();
        assert_eq!(all(&third)[1..], all(&second));
        LinkSecrets::rotate(dir.path(), Earlier::Forgotten).unwrap();
        let last = links();
        assert!(last.earlier.is_empty() && !all(&third).contains(last.newest.bytes()));
        let file = dir.path().join("links.keys");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        // A group that may read it may read the next one; so may its owner, when root writes it.
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let given_away = std::os::unix::fs::chown(&file, Some(65_532), Some(65_532)).is_ok();
        LinkSecrets::rotate(dir.path(), Earlier::Kept).unwrap();
        let after = fs::metadata(&file).unwrap();
        assert_eq!(after.permissions().mode() & 0o777, 0o640);
        assert!(!given_away || (after.uid(), after.gid()) == (65_532, 65_532));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4, "no drafts are left");
    }
}
