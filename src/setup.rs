//! Before anything is read: the data folder, the recipients, and what makes this process hard to spy on.
//!
//! Invariant: the writer opens public material only. Reading keys are made once, on the first start without
//! a configuration, and never opened again by a writer.

use anyhow::{Context as _, Result, bail};
use greffier_config::Plan;
use greffier_vault::{Manifest, RootKey};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Serial and digest of a manifest that was used.
type Seen = (u64, [u8; 32]);

/// The recipients file and how far it has been followed.
#[derive(Debug)]
pub(crate) struct Recipients {
    manifest: PathBuf,
    serial: PathBuf,
    root: RootKey,
}

impl Recipients {
    /// What the plan pins: the root key and the files.
    pub(crate) fn of(plan: &Plan) -> Result<Self> {
        let root = root_key(plan)?;
        Ok(Self { manifest: plan.keys.recipients.clone(), serial: plan.keys.serial.clone(), root })
    }

    /// Reads and verifies the manifest; remembers its serial, so that an older one is refused later.
    pub(crate) fn read(&self) -> Result<Manifest> {
        let (manifest, seen) = self.verify()?;
        let now = (manifest.serial(), manifest.digest());
        if seen != Some(now) {
            let line = format!("{} {}\n", now.0, hex(&now.1));
            replace_file(&self.serial, line.as_bytes())?;
        }
        Ok(manifest)
    }

    /// As [`read`](Self::read), without remembering anything: for `check`.
    pub(crate) fn verify(&self) -> Result<(Manifest, Option<Seen>)> {
        let text = fs::read_to_string(&self.manifest).with_context(|| {
            format!(
                "cannot read the recipients {}; `greffier keys init` makes them",
                self.manifest.display()
            )
        })?;
        let seen = self.seen()?;
        let manifest = Manifest::parse(&text, &self.root, seen.as_ref().map(|(serial, _)| *serial))
            .with_context(|| format!("recipients {}", self.manifest.display()))?;
        if let Some((serial, digest)) = &seen
            && !manifest.may_follow(*serial, digest)
        {
            bail!(
                "recipients {}: another manifest of serial {serial} was used before; publish a new one",
                self.manifest.display()
            );
        }
        Ok((manifest, seen))
    }

    /// Serial and digest of the newest manifest that was ever used here.
    fn seen(&self) -> Result<Option<Seen>> {
        let text = match fs::read_to_string(&self.serial) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context(self.serial.display().to_string()),
        };
        let parsed = text
            .trim_end()
            .split_once(' ')
            .and_then(|(serial, digest)| Some((serial.parse().ok()?, unhex(digest)?)));
        parsed.map(Some).with_context(|| {
            format!(
                "{} is damaged; remove it if you know that the recipients are the newest",
                self.serial.display()
            )
        })
    }
}

/// The key whose signature on the recipients counts.
pub(crate) fn root_key(plan: &Plan) -> Result<RootKey> {
    let text = plan.keys.root.read().context(
        "keys.root (`greffier keys init` makes it; --data and --config say where it is looked for)",
    )?;
    RootKey::parse(text.trim()).context("keys.root is not a verifier key")
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// Makes a folder that only this user can enter; one that exists keeps its mode.
pub(crate) fn private_dir(path: &Path) -> Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| {
        format!(
            "cannot make the folder {}; name another with --data or in the configuration",
            path.display()
        )
    })?;
    let mode = fs::metadata(path).with_context(|| path.display().to_string())?.permissions().mode();
    if mode & 0o022 != 0 {
        tracing::warn!(path = %path.display(), "others may write into this folder; run: chmod go-w");
    }
    let probe = path.join(format!(".writable-{}", std::process::id()));
    new_file(&probe).with_context(|| {
        format!(
            "the folder {} is not writable; change its owner, or name another with --data or in the configuration",
            path.display()
        )
    })?;
    fs::remove_file(&probe).context("cannot remove a probe file")
}

/// Writes a file whole or not at all: temporary name, fsync, rename, fsync of the folder.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = path.with_extension("tmp");
    let write = || -> std::io::Result<()> {
        let mut file = new_file(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// A file of its own, never what a link of that name leads to; what a crash left behind goes first.
fn new_file(path: &Path) -> std::io::Result<fs::File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// The local key of the position fingerprints, made on first use.
pub(crate) fn position_key(path: &Path) -> Result<[u8; 32]> {
    if !path.exists() {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
        replace_file(path, &key)?;
    }
    refuse_readable_by_others(path)?;
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    match bytes.try_into() {
        Ok(key) => Ok(key),
        Err(_) => bail!(
            "{} is not a key of 32 bytes; remove it: files are then read from their start",
            path.display()
        ),
    }
}

/// A key file that group or others may read is no secret.
pub(crate) fn refuse_readable_by_others(path: &Path) -> Result<()> {
    let mode = fs::metadata(path)
        .with_context(|| format!("cannot read {}", path.display()))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        bail!(
            "{} can be read by others (mode {:o}); run: chmod 600 {}",
            path.display(),
            mode & 0o777,
            path.display()
        );
    }
    Ok(())
}

/// No core dumps and no ptrace by other processes of this user: memory holds plaintext for a moment.
pub(crate) fn harden() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if setrlimit(Resource::Core, none).is_err()
        || set_dumpable_behavior(DumpableBehavior::NotDumpable).is_err()
    {
        tracing::warn!("core dumps could not be disabled; disable them for this service");
    }
}

/// A panic says where, never what: its message could hold a piece of a line.
pub(crate) fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
        tracing::error!(at = place.as_deref().unwrap_or("unknown"), "panic");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_in_the_place_of_a_file_is_not_followed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (victim, file) = (folder.path().join("victim"), folder.path().join("file"));
        fs::write(&victim, "precious").expect("a writable folder");
        std::os::unix::fs::symlink(&victim, file.with_extension("tmp")).expect("a link");
        replace_file(&file, b"new").expect("a writable folder");
        assert_eq!(fs::read_to_string(&victim).expect("still there"), "precious");
        assert_eq!(fs::read_to_string(&file).expect("written"), "new");
        assert!(fs::symlink_metadata(&file).expect("written").is_file());
        private_dir(folder.path()).expect("writable");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "no probe stays");
    }
}
