//! The plaintext of a blob: what must not exist is left out, and what is too long is cut.
//!
//! Invariant: every text passed [`Cleaner::scrub`], members with a secret's name are gone with everything below
//! them, and the result is one JSON object within its limit. Place on the path: the last step before sealing.

use crate::content::Item;
use crate::detect::{self, Scanner};
use crate::{json, secrets, wipe};
use greffier_record::Value;

/// Deeper values are cut; the collector refuses lines deeper than 128.
const DEEPEST: usize = 130;
/// When values have to be cut, none is cut shorter than this: then members fall away from the end.
const SHORTEST: usize = 256;

/// Takes out of a text what must not exist, sealed or not.
pub(crate) struct Cleaner<'s> {
    pub(crate) scanner: &'s Scanner,
    pub(crate) keep_ip: bool,
}

impl Cleaner<'_> {
    /// Appends `text` without it; true if it could not be examined.
    fn scrub(&self, text: &str, out: &mut String) -> bool {
        let text = secrets::without_path_keys(text);
        self.scanner.scrub(&text, self.keep_ip, out) && detect::was_unscanned(&text, out)
    }
}

/// What was taken away while writing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Loss {
    /// Bytes of text cut.
    pub(crate) cut: u64,
    /// Members with a secret's name.
    pub(crate) secrets: u64,
    /// Texts that could not be examined.
    pub(crate) unscanned: u64,
}

/// Memory for plaintext, kept from event to event and empty between them.
#[derive(Default)]
pub(crate) struct Scratch {
    /// The plaintexts of one event.
    pub(crate) plain: Vec<u8>,
    /// One text of them on its way through the detector.
    text: String,
}

impl Scratch {
    /// Forgets what was written, with zeros.
    pub(crate) fn clear(&mut self) {
        wipe::tail(&mut self.plain, 0);
        wipe::text(&mut self.text);
    }
}

/// Appends to `scratch` what `write` writes, in at most `limit` bytes: the longest texts are cut first.
pub(crate) fn fit(
    cleaner: &Cleaner<'_>,
    scratch: &mut Scratch,
    limit: usize,
    write: impl Fn(&mut Plain<'_, '_>),
) -> Loss {
    let start = scratch.plain.len();
    let mut plain = Plain::new(cleaner, scratch, usize::MAX, usize::MAX);
    write(&mut plain);
    let loss = plain.loss;
    let over = (scratch.plain.len() - start).saturating_sub(limit);
    if over == 0 {
        return loss;
    }
    wipe::tail(&mut scratch.plain, start);
    let mut plain = Plain::new(cleaner, scratch, usize::MAX, usize::MAX);
    plain.lengths = Some(Vec::new());
    write(&mut plain);
    let cap = level(&mut plain.lengths.take().unwrap_or_default(), over).max(SHORTEST);
    wipe::tail(&mut scratch.plain, start);
    let mut plain = Plain::new(cleaner, scratch, start + limit, cap);
    write(&mut plain);
    plain.loss
}

/// The length to which the longest texts must be cut so that `over` bytes fall away.
fn level(lengths: &mut [usize], over: usize) -> usize {
    lengths.sort_unstable_by(|a, b| b.cmp(a));
    let mut sum = 0usize;
    for (n, length) in lengths.iter().enumerate() {
        sum += length;
        let next = lengths.get(n + 1).copied().unwrap_or(0);
        let cap = sum.saturating_sub(over) / (n + 1);
        if sum > over && cap >= next {
            return cap;
        }
    }
    0
}

/// Writes one JSON value for sealing.
pub(crate) struct Plain<'s, 'o> {
    cleaner: &'s Cleaner<'s>,
    out: &'o mut Vec<u8>,
    scratch: &'o mut String,
    /// Where the value must have ended.
    end: usize,
    /// Longest text, in bytes as escaped.
    cap: usize,
    /// Brackets still to be closed.
    open: usize,
    /// Lengths of all texts as escaped, when somebody wants to know.
    lengths: Option<Vec<usize>>,
    loss: Loss,
}

impl<'s, 'o> Plain<'s, 'o> {
    fn new(cleaner: &'s Cleaner<'s>, scratch: &'o mut Scratch, end: usize, cap: usize) -> Self {
        let Scratch { plain: out, text: scratch } = scratch;
        Self { cleaner, out, scratch, end, cap, open: 0, lengths: None, loss: Loss::default() }
    }

    pub(crate) fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.bracket(b'{', b'}', members);
    }

    fn bracket(&mut self, open: u8, close: u8, inside: impl FnOnce(&mut Self)) {
        self.out.push(open);
        self.open += 1;
        inside(self);
        self.open -= 1;
        self.out.push(close);
    }

    /// A member whose name is ours: it needs no escaping.
    pub(crate) fn member(&mut self, key: &str, value: impl FnOnce(&mut Self)) {
        self.element(|plain| {
            plain.out.push(b'"');
            plain.out.extend_from_slice(key.as_bytes());
            plain.out.extend_from_slice(b"\":");
            value(plain);
        });
    }

    /// A member whose name came with the line.
    pub(crate) fn scrubbed_member(&mut self, key: &str, value: impl FnOnce(&mut Self)) {
        self.element(|plain| {
            plain.text(key);
            plain.out.push(b':');
            value(plain);
        });
    }

    /// Writes one element of an object or array, and takes it back when it does not fit.
    fn element(&mut self, write: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
        write(self);
        if self.out.len() + self.open > self.end {
            self.loss.cut += (self.out.len() - start) as u64;
            wipe::tail(self.out, start);
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.cleaned(text, |plain, clean| plain.verbatim(clean));
    }

    /// A text that must stay as it is: an identifier, or one that was cleaned before.
    pub(crate) fn verbatim(&mut self, text: &str) {
        if let Some(lengths) = &mut self.lengths {
            lengths.push(json::escaped_len(text));
        }
        let kept = if self.cap == usize::MAX { text } else { json::prefix(text, self.cap) };
        self.loss.cut += (text.len() - kept.len()) as u64;
        json::text(kept, self.out);
    }

    fn number(&mut self, token: &str) {
        self.cleaned(token, |plain, clean| {
            if clean == token && json::is_number(token) {
                plain.out.extend_from_slice(token.as_bytes());
            } else {
                plain.verbatim(clean);
            }
        });
    }

    /// Gives `write` the text without what must not exist.
    fn cleaned(&mut self, text: &str, write: impl FnOnce(&mut Self, &str)) {
        let mut clean = std::mem::take(self.scratch);
        self.loss.unscanned += u64::from(self.cleaner.scrub(text, &mut clean));
        write(self, &clean);
        wipe::text(&mut clean);
        *self.scratch = clean;
    }

    pub(crate) fn list(&mut self, texts: &[&str]) {
        self.bracket(b'[', b']', |plain| {
            for text in texts {
                plain.element(|plain| plain.text(text));
            }
        });
    }

    pub(crate) fn item(&mut self, item: &Item<'_>) {
        match item {
            Item::Value(value) => self.value(value),
            Item::Text(text) => self.text(text),
            Item::List(texts) => self.list(texts),
        }
    }

    /// A value as it came: source order, number tokens, but nothing under a secret's name.
    pub(crate) fn value(&mut self, value: &Value<'_>) {
        match value {
            _ if self.open > DEEPEST => self.out.extend_from_slice(b"null"),
            Value::Null => self.out.extend_from_slice(b"null"),
            Value::Bool(true) => self.out.extend_from_slice(b"true"),
            Value::Bool(false) => self.out.extend_from_slice(b"false"),
            Value::Number(token) => self.number(token.expose()),
            Value::Text(text) => self.text(text.expose()),
            Value::Array(items) => self.bracket(b'[', b']', |plain| {
                for item in items {
                    plain.element(|plain| plain.value(item));
                }
            }),
            Value::Object(members) => self.object(|plain| {
                for (key, value) in members {
                    if secrets::is_name(key.expose(), plain.cleaner.scanner) {
                        plain.loss.secrets += 1;
                    } else {
                        plain.scrubbed_member(key.expose(), |plain| plain.value(value));
                    }
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use greffier_record::Hot;
    use proptest::prelude::*;

    fn text(value: &str) -> Value<'_> {
        Value::Text(Hot::new(value))
    }

    fn written(value: &Value<'_>, limit: usize) -> (String, Loss) {
        let scanner = Scanner::new();
        let cleaner = Cleaner { scanner: &scanner, keep_ip: false };
        let mut scratch = Scratch { plain: b"kept".to_vec(), text: String::new() };
        let loss = fit(&cleaner, &mut scratch, limit, |plain| plain.value(value));
        let mut out = scratch.plain;
        assert!(out.starts_with(b"kept") && out.len() <= limit + 4);
        (String::from_utf8(out.split_off(4)).unwrap(), loss)
    }

    #[test]
    fn values_keep_order_and_tokens_and_lose_secrets() {
        let members = [
            ("b", Value::Number(Hot::new("1.50"))),
            ("password", text("x")),
            ("a", Value::Array(vec![Value::Null, Value::Bool(true), text("from 203.0.113.7")])),
            ("card", Value::Number(Hot::new("4111111111111111"))),
            ("bad", Value::Number(Hot::new("1}"))),
        ];
        let object = Value::Object(members.map(|(k, v)| (Hot::new(k), v)).to_vec());
        let expected =
            r#"{"b":1.50,"a":[null,true,"from 203.0.113.0/24"],"card":"<card>","bad":"1}"}"#;
        assert_eq!(
            written(&object, 1000),
            (expected.to_owned(), Loss { secrets: 1, ..Loss::default() })
        );
    }

    #[test]
    fn what_could_not_be_examined_is_gone_and_counted() {
        let deep = "password=x %252525252540";
        let object =
            Value::Object(vec![(Hot::new("a"), text(deep)), (Hot::new("b"), text("<sealed>"))]);
        let (out, loss) = written(&object, 1000);
        assert_eq!(out, r#"{"a":"<sealed>","b":"<sealed>"}"#);
        assert_eq!(loss, Loss { unscanned: 1, ..Loss::default() });
    }

    #[test]
    fn the_longest_texts_are_cut_first() {
        let (long, short) = ("l".repeat(5000), "s".repeat(300));
        let object =
            Value::Object(vec![(Hot::new("a"), text(&long)), (Hot::new("b"), text(&short))]);
        let (out, loss) = written(&object, 2000);
        assert_eq!(out.len(), 2000);
        assert!(out.contains(&short));
        assert_eq!(loss.cut, (5000 + 300 + 15 - 2000) as u64);
    }

    #[test]
    fn members_fall_away_when_cutting_texts_is_not_enough() {
        let names: Vec<String> = (0..20_000).map(|n| format!("name{n}")).collect();
        let object =
            Value::Object(names.iter().map(|n| (Hot::new(n.as_str()), text("v"))).collect());
        let (out, loss) = written(&object, 10_000);
        assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok() && loss.cut > 0);
    }

    fn any_value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<i64>().prop_map(Into::into),
            "\\PC{0,400}".prop_map(Into::into),
            "[\\x00-\\x1f]{0,400}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
                prop::collection::hash_map("[a-z]{1,9}", inner, 0..8)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn hot(value: &serde_json::Value) -> Value<'static> {
        match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(b) => Value::Bool(*b),
            serde_json::Value::Number(n) => Value::Number(Hot::new(n.to_string())),
            serde_json::Value::String(s) => Value::Text(Hot::new(s.clone())),
            serde_json::Value::Array(items) => Value::Array(items.iter().map(hot).collect()),
            serde_json::Value::Object(members) => {
                Value::Object(members.iter().map(|(k, v)| (Hot::new(k.clone()), hot(v))).collect())
            }
        }
    }

    proptest! {
        #[test]
        fn any_value_fits_any_limit(value in any_value(), limit in 2usize..3000) {
            let object = Value::Object(vec![(Hot::new("v"), hot(&value))]);
            let (out, _) = written(&object, limit);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok());
        }
    }
}
