//! Whom to seal to: the recipients manifest, a signed list of public keys.
//!
//! Invariant: a [`Manifest`] was signed by the pinned root key. Its serial only grows: a lower one is
//! refused here, an equal one must be byte-identical ([`Manifest::may_follow`]).
//! `docs/formats/seal.md`, "Manifest".

use crate::note::{NoteError, RootKey};
use crate::primitives::{sha256, unb64};
use crate::{Class, SUITE};
use chrono::DateTime;
use std::collections::{BTreeMap, BTreeSet};

const TITLE: &str = "greffier recipients v1";
const DAY_MS: i64 = 86_400_000;

/// Why a manifest is not accepted.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum ManifestError {
    /// The signature.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A line that is not what it should be.
    #[error("line {0} of the manifest is not what the format says")]
    Line(usize),
    /// An older manifest than one already used.
    #[error("the manifest has serial {serial}, but {seen} was already seen: it was rolled back")]
    RolledBack {
        /// Its serial.
        serial: u64,
        /// The highest one seen.
        seen: u64,
    },
}

/// Names one class key pair (L1): who, how long, what, when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ClassKey {
    /// A tenant, or `*`.
    pub(crate) label: String,
    /// Retention, days.
    pub(crate) ret: u16,
    /// Data class.
    pub(crate) class: Class,
    /// Week since 1970.
    pub(crate) epoch: u16,
}

/// A verified recipients manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    serial: u64,
    expires: i64,
    digest: [u8; 32],
    labels: BTreeSet<String>,
    keys: BTreeMap<ClassKey, [u8; 32]>,
}

impl Manifest {
    /// Reads a manifest that `root` has signed. Lines of suites this version does not know are passed over,
    /// so one manifest can serve old and new writers.
    ///
    /// # Errors
    /// When the signature, a line, or the serial (against the highest one seen) is wrong. Expiry is no
    /// error: ask [`Manifest::valid_at`].
    pub fn parse(
        text: &str,
        root: &RootKey,
        highest_serial_seen: Option<u64>,
    ) -> Result<Self, ManifestError> {
        let text = root.verify(text)?;
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n').zip(1..);
        let mut field = |number, prefix: &str| {
            let line = lines.next().and_then(|(line, _)| line.strip_prefix(prefix));
            line.ok_or(ManifestError::Line(number))
        };
        if !field(1, TITLE)?.is_empty() {
            return Err(ManifestError::Line(1));
        }
        let serial = decimal(field(2, "serial ")?).ok_or(ManifestError::Line(2))?;
        let expires = DateTime::parse_from_rfc3339(field(3, "expires ")?);
        let expires = expires.map_err(|_| ManifestError::Line(3))?.timestamp_millis();
        let mut keys = BTreeMap::new();
        for (line, number) in lines {
            let (name, suite, key) = recipient(line).ok_or(ManifestError::Line(number))?;
            if suite == SUITE && keys.insert(name, key).is_some() {
                return Err(ManifestError::Line(number));
            }
        }
        if let Some(seen) = highest_serial_seen.filter(|seen| serial < *seen) {
            return Err(ManifestError::RolledBack { serial, seen });
        }
        let labels = keys.keys().map(|key: &ClassKey| key.label.clone()).collect();
        Ok(Self { serial, expires, digest: sha256(&[text.as_bytes()]), labels, keys })
    }

    /// The serial: grows with every manifest of this root.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// When it stops being valid (ms since 1970).
    #[must_use]
    pub fn expires(&self) -> i64 {
        self.expires
    }

    /// SHA-256 of the signed text: an equal serial must have an equal digest.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// True unless a manifest with this serial and digest forbids this one: rolled back, or two different
    /// manifests under one serial.
    #[must_use]
    pub fn may_follow(&self, serial: u64, digest: &[u8; 32]) -> bool {
        self.serial > serial || self.serial == serial && self.digest == *digest
    }

    /// False once it has expired.
    #[must_use]
    pub fn valid_at(&self, now_ms: i64) -> bool {
        now_ms < self.expires
    }

    /// Whole days for which every tenant and retention in it still has all its keys, from `now_ms` on.
    #[must_use]
    pub fn days_left(&self, now_ms: i64) -> u32 {
        let mut last = BTreeMap::new();
        for ClassKey { label, ret, class, epoch } in self.keys.keys() {
            let latest = last.entry((label, ret, class)).or_insert(*epoch);
            *latest = (*latest).max(*epoch);
        }
        let keys_end =
            last.into_values().min().map_or(0, |week| (i64::from(week) + 1) * 7 * DAY_MS);
        let left = (keys_end.min(self.expires) - now_ms) / DAY_MS;
        u32::try_from(left).unwrap_or(0)
    }

    /// Whose keys seal for a tenant. One that has lines of its own never falls back to `*`: closing it
    /// destroys its own keys and must reach everything.
    pub(crate) fn label<'a>(&self, tenant: &'a str) -> &'a str {
        if self.labels.contains(tenant) { tenant } else { "*" }
    }

    /// The public key of this name.
    pub(crate) fn key(&self, name: &ClassKey) -> Option<&[u8; 32]> {
        self.keys.get(name)
    }

    /// Tenants with lines of their own, and `*`.
    pub(crate) fn labels(&self) -> &BTreeSet<String> {
        &self.labels
    }

    /// True when `key` is still the recipient of this name.
    pub(crate) fn still_has(&self, name: &ClassKey, key: &[u8; 32]) -> bool {
        self.keys.get(name) == Some(key)
    }

    /// The text of a manifest, to be signed. `expires` in seconds since 1970.
    #[cfg(any(test, feature = "open"))]
    pub(crate) fn render<'a>(
        serial: u64,
        expires: i64,
        keys: impl Iterator<Item = (&'a ClassKey, &'a [u8; 32])>,
    ) -> String {
        use std::fmt::Write as _;
        let expires = DateTime::from_timestamp(expires, 0).unwrap_or_default();
        let expires = expires.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let mut text = format!("{TITLE}\nserial {serial}\nexpires {expires}\n");
        for (ClassKey { label, ret, class, epoch }, key) in keys {
            let (class, key) = (class.number(), crate::primitives::b64(key));
            writeln!(text, "{label} {ret} {class} {epoch} {SUITE:#04x} {key}")
                .expect("a String takes any text");
        }
        text
    }
}

/// `tenant ret class epoch suite key`, single spaces.
fn recipient(line: &str) -> Option<(ClassKey, u8, [u8; 32])> {
    let [label, ret, class, epoch, suite, key] = line.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    let named = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_' || c == b'-';
    let tenant = (1..=64).contains(&label.len()) && label.bytes().all(named);
    if !tenant && label != "*" {
        return None;
    }
    let (ret, epoch) = (decimal(ret)?.try_into().ok()?, decimal(epoch)?.try_into().ok()?);
    let class = Class::from_number(decimal(class)?.try_into().ok()?)?;
    let suite = suite.strip_prefix("0x").filter(|digits| digits.len() == 2)?;
    let suite = u8::from_str_radix(suite, 16).ok()?;
    let name = ClassKey { label: label.to_owned(), ret, class, epoch };
    // The keys of other suites have other lengths.
    let key = if suite == SUITE { unb64(key)?.try_into().ok()? } else { [0; 32] };
    Some((name, suite, key))
}

/// Decimal digits without sign or leading zero.
fn decimal(digits: &str) -> Option<u64> {
    let canonical = digits == "0" || digits.starts_with(|c: char| ('1'..='9').contains(&c));
    let digits = Some(digits).filter(|_| canonical)?;
    digits.parse().ok().filter(|_| digits.bytes().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::b64;
    use ed25519_dalek::SigningKey;
    use proptest::prelude::*;

    fn root() -> (RootKey, SigningKey) {
        let key = SigningKey::from_bytes(&[0x51; 32]);
        (RootKey::new("greffier-root", key.verifying_key()).unwrap(), key)
    }

    fn signed(body: &str) -> Result<Manifest, ManifestError> {
        let (root, key) = root();
        Manifest::parse(&root.sign(body, &key), &root, Some(2))
    }

    fn key(label: &str, class: Class, epoch: u16) -> ClassKey {
        ClassKey { label: label.into(), ret: 90, class, epoch }
    }

    #[test]
    fn reads_what_it_renders() {
        let public = [7; 32];
        let all = [
            key("*", Class::Identity, 10),
            key("*", Class::Identity, 11),
            key("acme", Class::Index, 10),
        ];
        let text = Manifest::render(3, 1_000_000, all.iter().map(|name| (name, &public)));
        assert!(text.contains("\nexpires 1970-01-12T13:46:40Z\n* 90 1 10 0x11 BwcH"), "{text}");
        let manifest = signed(&text).unwrap();
        assert_eq!((manifest.serial(), manifest.expires()), (3, 1_000_000_000));
        assert!(manifest.valid_at(999_999_999) && !manifest.valid_at(1_000_000_000));
        assert_eq!((manifest.label("other"), manifest.label("acme")), ("*", "acme"));
        assert!(all.iter().all(|name| manifest.key(name) == Some(&public)));
        let longer = ClassKey { ret: 91, ..key("*", Class::Identity, 11) };
        assert_eq!(manifest.key(&longer), None);
        assert_eq!(manifest.key(&key("acme", Class::Identity, 10)), None, "never falls back");
    }

    #[test]
    fn days_left_is_the_shortest_of_keys_and_expiry() {
        let names = [
            key("*", Class::Identity, 1),
            key("*", Class::Identity, 9),
            key("*", Class::Content, 4),
        ];
        let days = |expires| {
            let text = Manifest::render(3, expires, names.iter().map(|name| (name, &[7; 32])));
            signed(&text).unwrap().days_left(5 * DAY_MS)
        };
        assert_eq!(days(1_000 * 86_400), 30);
        assert_eq!(days(12 * 86_400), 7);
        assert_eq!(days(4 * 86_400), 0);
    }

    #[test]
    fn a_serial_never_goes_back_or_means_two_things() {
        let text = |serial, expires| Manifest::render(serial, expires, std::iter::empty());
        let rolled_back = ManifestError::RolledBack { serial: 1, seen: 2 };
        assert_eq!(signed(&text(1, 9)), Err(rolled_back));
        let (first, twin) = (signed(&text(2, 9)).unwrap(), signed(&text(2, 8)).unwrap());
        assert!(first.may_follow(first.serial(), &first.digest()));
        assert!(!twin.may_follow(first.serial(), &first.digest()));
        assert!(signed(&text(3, 8)).unwrap().may_follow(first.serial(), &first.digest()));
    }

    #[test]
    fn a_wrong_line_is_named() {
        let good = format!("* 90 1 10 0x11 {}", b64([7; 32]));
        let body =
            |line: &str| format!("{TITLE}\nserial 2\nexpires 2027-01-01T00:00:00Z\n{line}\n");
        assert!(signed(&body(&good)).is_ok());
        assert!(signed(&body("* 90 1 10 0x12 longer-keys-of-a-later-suite")).is_ok());
        for wrong in [
            format!("{good}\n{good}"),
            good.replace("* ", "Acme "),
            good.replace(" 1 ", " 4 "),
            good.replace("0x11", "17"),
            good.replace("90", "090"),
            good.replace("90", "+90"),
            good.replace("90", "65536"),
            good.replace(' ', "  "),
            format!("{good}\n"),
            "".into(),
        ] {
            assert!(matches!(signed(&body(&wrong)), Err(ManifestError::Line(4 | 5))), "{wrong}");
        }
        assert_eq!(signed("greffier recipients v2\n"), Err(ManifestError::Line(1)));
        assert_eq!(signed(&format!("{TITLE}\nserial -1\n")), Err(ManifestError::Line(2)));
        assert_eq!(signed(&format!("{TITLE}\nserial 2\n")), Err(ManifestError::Line(3)));
    }

    proptest! {
        #[test]
        fn reading_never_panics(body in "\\PC{0,40}\n(\\PC{0,40}\n){0,4}") {
            assert!(signed(&body).is_err());
        }
    }
}
