//! Text in, text with typed placeholders out: the scanner with the names of one record, for `greffier redact`.
//!
//! Invariant: nothing is sealed here and no key is needed; a value under a personal or secret name is replaced
//! whole, every other text is masked as the clear part of an event is. Place on the path: beside it.

use crate::detect::{Container, OperatorEntity, Scanner};
use crate::known::{self, Sought};
use crate::owner::Names;
use crate::{json, secrets};
use std::borrow::Cow;
use zeroize::Zeroizing;

/// Bytes of a key in a text: shorter than the detector looks back.
const LONGEST_KEY: usize = 48;

/// Redacts texts without keeping anything of them.
#[derive(Default)]
pub struct Filter {
    scanner: Scanner,
}

/// What one record says of its person.
#[derive(Default)]
pub struct Known {
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    login: Option<String>,
}

impl Known {
    /// Takes the value of the field `key` if it names the person.
    pub fn learn(&mut self, key: &str, value: &str) {
        let last = key.rsplit(['.', '_', '-']).next().unwrap_or(key).to_ascii_lowercase();
        let slot = match last.as_str() {
            "email" | "mail" | "courriel" => &mut self.email,
            "name" | "fullname" | "nom" | "nome" => &mut self.name,
            "phone" | "mobile" | "tel" => &mut self.phone,
            "login" | "username" | "identifier" => &mut self.login,
            _ => return,
        };
        if slot.is_none() {
            *slot = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
    }

    fn names(&self) -> Names<'_> {
        Names {
            email: self.email.as_deref(),
            name: self.name.as_deref(),
            phone: self.phone.as_deref(),
            login: self.login.as_deref(),
            ..Names::default()
        }
    }
}

impl Filter {
    /// A filter that finds what the operator defined, too.
    #[must_use]
    pub fn with(operator: &[OperatorEntity]) -> Self {
        Self { scanner: Scanner::with(operator) }
    }

    /// What stands instead of `value` where the name `key` is the cue of what the operator defined.
    #[must_use]
    pub fn cued(&self, key: &str, value: &str) -> Option<&'static str> {
        Some(self.scanner.operator_under(key, value)?.placeholder())
    }

    /// What stands instead of a value under the name `key`; `None` if the value itself decides.
    #[must_use]
    pub fn placeholder(&self, key: &str) -> Option<&'static str> {
        if key.to_ascii_lowercase().ends_with("cookie") {
            return None; // its pairs have names of their own
        }
        self.scanner.placeholder_of(key)
    }

    /// Is `value` none of what the dotted path `key` names, but what a text with the two would keep: a state, a sentence of a
    /// validator, a service's name (`{"name":"ledger-api"}`)?
    #[must_use]
    pub fn stays(&self, key: &str, value: &str) -> bool {
        let Some(name) = self.telling(key) else { return false };
        let mut pair = Zeroizing::new(Vec::with_capacity(name.len() + 2 * value.len() + 16));
        pair.push(b'{');
        json::text(name, &mut pair);
        pair.push(b':');
        json::text(value, &mut pair);
        pair.push(b'}');
        str::from_utf8(&pair).is_ok_and(|pair| self.scanner.is_clean(pair))
    }

    /// The end of the dotted path `key` that tells as much as all of it, if a text could have it as a key.
    fn telling<'k>(&self, key: &'k str) -> Option<&'k str> {
        let said = self.scanner.placeholder_of(key)?;
        let ends = key.rmatch_indices('.').map(|(at, _)| &key[at + 1..]).chain([key]);
        let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let mut telling = ends.filter(|end| self.scanner.placeholder_of(end) == Some(said));
        telling.next().filter(|end| end.len() <= LONGEST_KEY && end.bytes().all(part))
    }

    /// What a list or an object under the name `key` holds, if that is secrets (`auth`, `tokens`).
    #[must_use]
    pub fn container(&self, key: &str) -> Option<Container> {
        self.scanner.container(key)
    }

    /// What stands instead of `value` under `key`, in such a list or object; `None` if the value itself decides.
    #[must_use]
    pub fn contained(&self, container: Container, key: &str, value: &str) -> Option<&'static str> {
        self.scanner.placeholder_in(container, key, value)
    }

    /// Appends `text` with placeholders. True if anything was replaced.
    pub fn text(&self, text: &str, known: &Known, out: &mut String) -> bool {
        let text = secrets::without_path_keys(text);
        let mut masked = Zeroizing::new(String::with_capacity(text.len()));
        let changed = self.scanner.mask(&text, &mut masked) || matches!(text, Cow::Owned(_));
        let named = known::mask(&masked, &[Sought::new(known.names())]);
        out.push_str(named.as_ref().map_or(&masked, |named| named));
        changed || named.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_record_says_is_found_in_its_texts() {
        let (filter, mut known) = (Filter::default(), Known::default());
        known.learn("user.name", "Jürgen Müller");
        known.learn("user.email", "");
        let mut out = String::new();
        assert!(filter.text("J. MUELLER from 203.0.113.9", &known, &mut out));
        assert_eq!(out, "J. <name> from 203.0.113.0/24");
        assert_eq!(filter.placeholder("user_password"), Some("<secret>"));
        assert_eq!(filter.placeholder("firstName"), Some("<name>"));
        assert_eq!(filter.placeholder("client_ip"), None); // truncated by the scanner
        assert_eq!(filter.placeholder("set-cookie"), None);
    }

    #[test]
    fn what_a_text_keeps_stays_in_json() {
        let filter = Filter::default();
        for (key, value) in [
            ("name", "ledger-api"),
            ("errors.phone", "The phone field is required."),
            ("email", "required|email"),
            ("token", "expired"),
        ] {
            assert!(filter.stays(key, value), "{key}");
        }
        for (key, value) in [
            ("name", "Qwerto"),
            ("user.name", "Ilse Qwert"),
            ("user.name", "Nino Qwert"),
            ("phone", "06 12 34 56 78"),
            ("password", "changed"),
            ("password", "x\"y"),
            ("email", "qwert"),
            ("holder.doc.no", "180492310284"),
            (&format!("{}_email", "a".repeat(80)), "required"),
            ("note", "required"),
        ] {
            assert!(!filter.stays(key, value), "{key}");
        }
    }
}
