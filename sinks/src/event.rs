//! An event as a reader sees it: the clear fields, and which sealed blobs it carries.
//!
//! Invariant: a view that borrows from the event's bytes; those stay what they were. It is forgiving: an
//! absent or later field is no error, because old archives outlive the program that wrote them. Field names
//! and order: `docs/formats/events.md`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::Deref;

/// The id of a key row: whose key sealed a blob. New for every person, day, retention and writer.
pub type Kid = [u8; 16];

/// A JSON string, borrowed from the event unless it had to be unescaped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// In which role a key stands in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// `k`, `p`: the person the request belongs to.
    Subject = 0,
    /// `ka`, `pa`: who acted.
    Actor = 1,
    /// `kt`, `pt`: whom the action concerned.
    Target = 2,
    /// `ku`, `pu`: nobody known; expires with the tenant's hourly key.
    Unattributed = 3,
}

impl Role {
    /// The word for it in what people read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Actor => "actor",
            Self::Target => "target",
            Self::Unattributed => "unattributed",
        }
    }
}

/// The blobs of one role, base64url, by class.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Blobs<'a> {
    /// Identity (class 1).
    #[serde(borrow)]
    pub i: Option<Text<'a>>,
    /// Network (class 2).
    #[serde(borrow)]
    pub n: Option<Text<'a>>,
    /// Content (class 3).
    #[serde(borrow)]
    pub c: Option<Text<'a>>,
}

/// The fields of an event that a reader uses. Names are those on the wire.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the names are the wire's; docs/formats/events.md explains each")]
pub struct Event<'a> {
    pub v: u16,
    #[serde(borrow)]
    pub s: Option<Text<'a>>,
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    #[serde(borrow)]
    pub ts: Option<Text<'a>>,
    #[serde(borrow)]
    pub svc: Option<Text<'a>>,
    #[serde(borrow)]
    pub inst: Option<Text<'a>>,
    #[serde(borrow)]
    pub tenant: Option<Text<'a>>,
    #[serde(borrow)]
    pub src: Option<Text<'a>>,
    #[serde(borrow)]
    pub req: Option<Text<'a>>,
    #[serde(borrow)]
    pub ev: Option<Text<'a>>,
    #[serde(borrow)]
    pub method: Option<Text<'a>>,
    #[serde(borrow)]
    pub path: Option<Text<'a>>,
    #[serde(borrow)]
    pub query: Option<Text<'a>>,
    #[serde(borrow)]
    pub route: Option<Text<'a>>,
    pub status: Option<u16>,
    pub ms: Option<u64>,
    #[serde(borrow)]
    pub end: Option<Text<'a>>,
    #[serde(borrow)]
    pub exc: Option<Text<'a>>,
    #[serde(borrow)]
    pub roles: Vec<Text<'a>>,
    #[serde(borrow)]
    pub ip: Option<Text<'a>>,
    #[serde(borrow)]
    pub browser: Option<Text<'a>>,
    #[serde(borrow)]
    pub os: Option<Text<'a>>,
    pub imp: bool,
    #[serde(borrow)]
    pub lvl: Option<Text<'a>>,
    #[serde(borrow)]
    pub ch: Option<Text<'a>>,
    #[serde(borrow)]
    pub msg: Option<Text<'a>>,
    #[serde(borrow)]
    pub act: Option<Text<'a>>,
    #[serde(borrow)]
    pub obj: Option<Text<'a>>,
    #[serde(borrow)]
    pub post: Option<&'a RawValue>,
    #[serde(borrow)]
    pub x: Option<&'a RawValue>,
    #[serde(borrow)]
    pub err: Option<&'a RawValue>,
    pub cut: Option<u64>,
    #[serde(borrow)]
    pub px: Option<Text<'a>>,
    #[serde(borrow)]
    pub k: Option<Text<'a>>,
    #[serde(borrow)]
    pub p: Option<Blobs<'a>>,
    #[serde(borrow)]
    pub ka: Option<Text<'a>>,
    #[serde(borrow)]
    pub pa: Option<Blobs<'a>>,
    #[serde(borrow)]
    pub kt: Option<Text<'a>>,
    #[serde(borrow)]
    pub pt: Option<Blobs<'a>>,
    #[serde(borrow)]
    pub ku: Option<Text<'a>>,
    #[serde(borrow)]
    pub pu: Option<Blobs<'a>>,
}

impl<'a> Event<'a> {
    /// The view of one event; `None` when `json` is not an event at all.
    #[must_use]
    pub fn parse(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// When it happened, ms since 1970.
    #[must_use]
    pub fn ts_ms(&self) -> Option<i64> {
        Some(chrono::DateTime::parse_from_rfc3339(self.ts.as_deref()?).ok()?.timestamp_millis())
    }

    /// The keys that sealed something of this event, with the blobs of each, in the order of roles.
    pub fn keys(&self) -> impl Iterator<Item = (Role, Kid, Option<&Blobs<'a>>)> {
        [
            (Role::Subject, &self.k, &self.p),
            (Role::Actor, &self.ka, &self.pa),
            (Role::Target, &self.kt, &self.pt),
            (Role::Unattributed, &self.ku, &self.pu),
        ]
        .into_iter()
        .filter_map(|(role, kid, blobs)| Some((role, kid_of(kid.as_deref()?)?, blobs.as_ref())))
    }

    /// The key of the person this event is about: the subject, else the actor.
    #[must_use]
    pub fn person(&self) -> Option<Kid> {
        kid_of(self.k.as_deref().or(self.ka.as_deref())?)
    }
}

fn kid_of(text: &str) -> Option<Kid> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_with_their_blobs_and_a_damaged_key_id_is_left_out() {
        let json = r#"{"v":1,"ka":"AAECAwQFBgcICQoLDA0ODw","pa":{"i":"x"},"kt":"short","ku":"_____________________w"}"#;
        let event = Event::parse(json).unwrap();
        let keys: Vec<_> = event.keys().map(|(role, kid, _)| (role, kid[15])).collect();
        assert_eq!(keys, [(Role::Actor, 15), (Role::Unattributed, 255)]);
        assert_eq!(event.person().unwrap()[1], 1);
    }

    #[test]
    fn strings_borrow_and_unknown_fields_are_no_error() {
        let event = Event::parse(r#"{"path":"/page","msg":"a\nb","later":[1]}"#).unwrap();
        assert!(matches!(event.path, Some(Text(Cow::Borrowed("/page")))));
        assert_eq!(event.msg.as_deref(), Some("a\nb"));
        assert!(Event::parse("1").is_none());
    }
}
