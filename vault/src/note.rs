//! Signed notes (C2SP signed-note), Ed25519 only: how the recipients manifest is signed.
//!
//! Invariant: text comes out of [`RootKey::verify`] only when the pinned key has signed every byte of it.
//! Specification: <https://c2sp.org/signed-note>.

use crate::primitives::{first, sha256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};

const ED25519: u8 = 0x01;
const MAX_SIGNATURES: usize = 100;

/// Why a note or a verifier key is not accepted.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum NoteError {
    /// Not `name+hex+base64`, or its id does not fit its key.
    #[error("not a verifier key (expected name+8 hex digits+base64 of an Ed25519 key)")]
    VerifierKey,
    /// Not a note: no blank line before the signatures, a control character, a broken signature line.
    #[error("not a signed note")]
    Format,
    /// The pinned key has not signed it.
    #[error("the note carries no signature of the expected key")]
    Unsigned,
    /// A signature that names the pinned key is wrong.
    #[error(
        "the note's signature is wrong: it was altered, or signed by another key of the same name"
    )]
    Signature,
}

/// The Ed25519 key that signs manifests, pinned by the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootKey {
    name: String,
    key: VerifyingKey,
}

impl RootKey {
    /// Reads a verifier key string: `name+hex+base64`.
    ///
    /// # Errors
    /// [`NoteError::VerifierKey`] for anything else, another algorithm, or an id that does not fit.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let error = NoteError::VerifierKey;
        let [name, id, key] = text.trim().splitn(3, '+').collect::<Vec<_>>()[..] else {
            return Err(error);
        };
        let key = STANDARD.decode(key).map_err(|_| error)?;
        let (&ED25519, key) = key.split_first().ok_or(error)? else {
            return Err(error);
        };
        let key: [u8; 32] = key.try_into().map_err(|_| error)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| error)?;
        let root = Self::new(name, key)?;
        if id == hex(&root.id()) { Ok(root) } else { Err(error) }
    }

    pub(crate) fn new(name: &str, key: VerifyingKey) -> Result<Self, NoteError> {
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
        if name.is_empty() || !name.chars().all(plain) || key.is_weak() {
            return Err(NoteError::VerifierKey);
        }
        Ok(Self { name: name.to_owned(), key })
    }

    /// The verifier key string, for the configuration.
    #[must_use]
    pub fn to_text(&self) -> String {
        let key = [&[ED25519][..], self.key.as_bytes()].concat();
        format!("{}+{}+{}", self.name, hex(&self.id()), STANDARD.encode(key))
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256(name ‖ 0x0A ‖ algorithm ‖ key)[0..4].
    fn id(&self) -> [u8; 4] {
        first(&sha256(&[self.name.as_bytes(), b"\n", &[ED25519], self.key.as_bytes()]))
    }

    /// The text of a note that this key has signed, with its last newline. Signatures of other keys are
    /// passed over.
    ///
    /// # Errors
    /// When it is no note, is not signed by this key, or a signature of this key is wrong.
    pub fn verify<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Format);
        }
        let end = note.rfind("\n\n").ok_or(NoteError::Format)? + 1;
        let (text, signatures) = (&note[..end], &note[end + 1..]);
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Format)?;
        if lines.split('\n').count() > MAX_SIGNATURES {
            return Err(NoteError::Format);
        }
        let mut signed = false;
        for line in lines.split('\n') {
            signed |= self.verify_line(line, text)?;
        }
        if signed { Ok(text) } else { Err(NoteError::Unsigned) }
    }

    /// True for a good signature of this key, false for one of another key.
    fn verify_line(&self, line: &str, text: &str) -> Result<bool, NoteError> {
        let (name, signature) = line
            .strip_prefix("\u{2014} ")
            .and_then(|rest| rest.split_once(' '))
            .ok_or(NoteError::Format)?;
        let signature = STANDARD.decode(signature).map_err(|_| NoteError::Format)?;
        let (id, signature) = signature.split_first_chunk::<4>().ok_or(NoteError::Format)?;
        if name != self.name || *id != self.id() {
            return Ok(false);
        }
        let signature = Signature::from_slice(signature).map_err(|_| NoteError::Format)?;
        let verified = self.key.verify_strict(text.as_bytes(), &signature);
        verified.map(|()| true).map_err(|_| NoteError::Signature)
    }

    /// A note of `text` (which ends in a newline) signed by the private half of this key.
    #[cfg(any(test, feature = "open"))]
    pub(crate) fn sign(&self, text: &str, key: &ed25519_dalek::SigningKey) -> String {
        use ed25519_dalek::Signer as _;
        let signature = key.sign(text.as_bytes()).to_bytes();
        let signature = STANDARD.encode([&self.id()[..], &signature].concat());
        format!("{text}\n\u{2014} {} {signature}\n", self.name)
    }
}

fn hex(id: &[u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(*id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;
    use proptest::prelude::*;
    use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList};

    fn pair() -> (RootKey, SigningKey) {
        let key = SigningKey::from_bytes(&[0x51; 32]);
        (RootKey::new("greffier-root", key.verifying_key()).unwrap(), key)
    }

    #[test]
    fn the_reference_implementation_accepts_our_notes() {
        let (root, key) = pair();
        let note = root.sign("one\n\ntwo\n", &key);
        let verifier = StandardVerifier::new(&root.to_text()).unwrap();
        let read = Note::from_bytes(note.as_bytes()).unwrap();
        let (good, unknown) = read.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
        assert_eq!((good.len(), unknown.len()), (1, 0));
        assert_eq!(read.text(), b"one\n\ntwo\n");
    }

    #[test]
    fn we_accept_notes_of_the_reference_implementation() {
        let skey = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
        let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let mut note = Note::new(b"text\n", &[]).unwrap();
        note.add_sigs(&[&StandardSigner::new(skey).unwrap()]).unwrap();
        let note = String::from_utf8(note.to_bytes()).unwrap();
        let root = RootKey::parse(vkey).unwrap();
        assert_eq!(root.to_text(), vkey);
        assert_eq!(root.verify(&note), Ok("text\n"));
        assert_eq!(pair().0.verify(&note), Err(NoteError::Unsigned));
        assert_eq!(root.verify(&note.replace("text", "Text")), Err(NoteError::Signature));
    }

    #[test]
    fn other_signatures_are_passed_over() {
        let (root, key) = pair();
        let note = root.sign("text\n", &key);
        let other = SigningKey::from_bytes(&[0x52; 32]);
        let witness = RootKey::new("witness", other.verifying_key()).unwrap();
        let line = witness.sign("text\n", &other)["text\n\n".len()..].to_owned();
        assert_eq!(root.verify(&(note.clone() + &line)), Ok("text\n"));
        let same_name = RootKey::new("greffier-root", other.verifying_key()).unwrap();
        assert_eq!(same_name.verify(&note), Err(NoteError::Unsigned));
    }

    #[test]
    fn what_is_no_verifier_key_is_refused() {
        let good = pair().0.to_text();
        assert!(RootKey::parse(&good).is_ok());
        for wrong in
            ["", "a+b", "a+00000000+AQ==", &good.replace("root", "r00t"), &good.replace('+', " ")]
        {
            assert_eq!(RootKey::parse(wrong), Err(NoteError::VerifierKey));
        }
    }

    proptest! {
        #[test]
        fn no_altered_byte_passes(at: proptest::sample::Index, to: u8) {
            let (root, key) = pair();
            let note = root.sign("greffier recipients v1\nserial 3\n", &key);
            let mut bytes = note.clone().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = to;
            if let Ok(altered) = String::from_utf8(bytes) && altered != note {
                prop_assert!(root.verify(&altered).is_err());
            }
        }
    }
}
