//! The plaintext of a blob: what must not exist is left out, and what is too long is cut.
//!
//! Invariant: every text passed [`Cleaner::scrub`] or is a [`Clean`] one, members with a
//! secret's name are gone with everything below them, and the result is one JSON object within its limit. Place on
//! the path: the last step before sealing.

use crate::content::{Clean, Item};
use crate::detect::{Entity, Scanner, was_unscanned};
use crate::judge::Judge;
use crate::rules::scalar;
use crate::{json, secrets, wipe};
use greffier_record::Value;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// Deeper values are cut; the collector refuses lines deeper than 128.
const DEEPEST: usize = 130;
/// When values have to be cut, none is cut shorter than this: then members fall away from the end.
const SHORTEST: usize = 256;

/// Takes out of a text what must not exist, sealed or not.
pub(crate) struct Cleaner<'s> {
    pub(crate) judge: &'s mut Judge,
    pub(crate) keep_ip: bool,
}

impl Cleaner<'_> {
    fn scrub<'t>(&self, text: &'t str) -> Clean<'t> {
        let text = secrets::without_path_keys(text);
        match (self.judge.scanner.scrubbed(&text, self.keep_ip), text) {
            (Some(scrubbed), _) => Clean::Rewritten(scrubbed),
            (None, Cow::Owned(text)) => Clean::Rewritten(Zeroizing::new(text)),
            (None, Cow::Borrowed(text)) => Clean::Received(text),
        }
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

/// Appends to `out` what `write` writes, in at most `limit` bytes: the longest texts are cut first.
pub(crate) fn fit(
    cleaner: &mut Cleaner<'_>,
    out: &mut Vec<u8>,
    limit: usize,
    write: impl Fn(&mut Plain<'_, '_>),
) -> Loss {
    let start = out.len();
    let mut plain = Plain::new(cleaner, out, usize::MAX, usize::MAX);
    write(&mut plain);
    let loss = plain.loss;
    let over = (out.len() - start).saturating_sub(limit);
    if over == 0 {
        return loss;
    }
    wipe::tail(out, start);
    let mut plain = Plain::new(cleaner, out, usize::MAX, usize::MAX);
    plain.lengths = Some(Vec::new());
    write(&mut plain);
    let cap = level(&mut plain.lengths.take().unwrap_or_default(), over).max(SHORTEST);
    wipe::tail(out, start);
    let mut plain = Plain::new(cleaner, out, start + limit, cap);
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
    cleaner: &'o mut Cleaner<'s>,
    out: &'o mut Vec<u8>,
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
    fn new(cleaner: &'o mut Cleaner<'s>, out: &'o mut Vec<u8>, end: usize, cap: usize) -> Self {
        Self { cleaner, out, end, cap, open: 0, lengths: None, loss: Loss::default() }
    }

    fn push(&mut self, bytes: &[u8]) {
        wipe::reserve(self.out, bytes.len());
        self.out.extend_from_slice(bytes);
    }

    pub(crate) fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.bracket(b'{', b'}', members);
    }

    fn bracket(&mut self, open: u8, close: u8, inside: impl FnOnce(&mut Self)) {
        self.push(&[open]);
        self.open += 1;
        inside(self);
        self.open -= 1;
        self.push(&[close]);
    }

    /// A member whose name is ours: it needs no escaping.
    pub(crate) fn member(&mut self, key: &str, value: impl FnOnce(&mut Self)) {
        self.element(|plain| {
            wipe::reserve(plain.out, key.len() + 3);
            plain.out.push(b'"');
            plain.out.extend_from_slice(key.as_bytes());
            plain.out.extend_from_slice(b"\":");
            value(plain);
        });
    }

    /// A member whose name came with the line.
    pub(crate) fn scrubbed_member(&mut self, key: &str, value: impl FnOnce(&mut Self)) {
        self.element(|plain| {
            if plain.cleaner.judge.of(key).stays_as_name {
                plain.verbatim(key); // nothing is found in it
            } else {
                plain.text(key);
            }
            plain.push(b":");
            value(plain);
        });
    }

    /// Writes one element of an object or array, and takes it back when it does not fit.
    fn element(&mut self, write: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.push(b",");
        }
        write(self);
        if self.out.len() + self.open > self.end {
            self.loss.cut += (self.out.len() - start) as u64;
            wipe::tail(self.out, start);
        }
    }

    /// A text without what must not exist; one that cannot be examined is counted.
    fn scrubbed<'t>(&mut self, text: &'t str) -> Clean<'t> {
        let clean = self.cleaner.scrub(text);
        if let Clean::Rewritten(clean) = &clean {
            self.loss.unscanned += u64::from(was_unscanned(text, clean));
        }
        clean
    }

    pub(crate) fn text(&mut self, text: &str) {
        let clean = self.scrubbed(text);
        self.verbatim(&clean);
    }

    /// A text that must stay as it is: an identifier, or one that was cleaned before.
    pub(crate) fn verbatim(&mut self, text: &str) {
        if let Some(lengths) = &mut self.lengths {
            lengths.push(json::escaped_len(text));
        }
        let kept = if self.cap == usize::MAX { text } else { json::prefix(text, self.cap) };
        self.loss.cut += (text.len() - kept.len()) as u64;
        let room = self.out.capacity() - self.out.len();
        if room < json::most(kept) {
            wipe::reserve(self.out, json::escaped_len(kept) + 2);
        }
        json::text(kept, self.out);
    }

    fn number(&mut self, token: &str) {
        let clean = self.scrubbed(token);
        if *clean == *token && json::is_number(token) {
            self.push(token.as_bytes());
        } else {
            self.verbatim(&clean);
        }
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
            Item::Clean(text) => self.verbatim(text),
            Item::List(texts) => self.list(texts),
        }
    }

    /// A value as it came: source order, number tokens, but nothing under a secret's name.
    pub(crate) fn value(&mut self, value: &Value<'_>) {
        match value {
            _ if self.open > DEEPEST => self.push(b"null"),
            Value::Null => self.push(b"null"),
            Value::Bool(true) => self.push(b"true"),
            Value::Bool(false) => self.push(b"false"),
            Value::Number(token) => self.number(token.expose()),
            Value::Text(text) => self.text(text.expose()),
            Value::Array(items) => self.bracket(b'[', b']', |plain| {
                for item in items {
                    plain.element(|plain| plain.value(item));
                }
            }),
            Value::Object(members) => self.object(|plain| {
                for (key, value) in members {
                    let judge = &mut *plain.cleaner.judge;
                    let secret = judge.of(key.expose()).secret
                        && !is_number_of(key.expose(), value, &judge.scanner);
                    if secret || is_dropped(key.expose(), value, &judge.scanner) {
                        plain.loss.secrets += 1;
                    } else {
                        plain.scrubbed_member(key.expose(), |plain| plain.value(value));
                    }
                }
            }),
        }
    }
}

/// Does the value say how many secrets there are: `"tokens":1532`?
fn is_number_of(key: &str, value: &Value<'_>, scanner: &Scanner) -> bool {
    matches!(value, Value::Number(_) | Value::Bool(_) | Value::Null) && scanner.counts_secrets(key)
}

/// Is the value, by the name of its field, something that the operator wants dropped, or does it hold that?
pub(crate) fn is_dropped(key: &str, value: &Value<'_>, scanner: &Scanner) -> bool {
    if let Value::Array(items) = value {
        return items.iter().any(|item| is_dropped(key, item, scanner));
    }
    let entity = scalar(value).and_then(|text| scanner.operator_under(key, text));
    entity.is_some_and(Entity::dropped)
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
        let mut cleaner = Cleaner { judge: &mut Judge::new(), keep_ip: false };
        let mut out = b"kept".to_vec();
        let loss = fit(&mut cleaner, &mut out, limit, |plain| plain.value(value));
        assert!(out.starts_with(b"kept") && out.len() <= limit + 4);
        (String::from_utf8(out.split_off(4)).unwrap(), loss)
    }

    #[test]
    fn values_keep_order_and_tokens_and_lose_secrets() {
        let members = [
            ("b", Value::Number(Hot::new("1.50"))),
            ("password", text("x")),
            ("tokens", Value::Array(vec![text("x")])),
            ("max_tokens", Value::Number(Hot::new("1532"))),
            ("a", Value::Array(vec![Value::Null, Value::Bool(true), text("from 203.0.113.7")])),
            ("card", Value::Number(Hot::new("4111111111111111"))),
            ("bad", Value::Number(Hot::new("1}"))),
        ];
        let object = Value::Object(members.map(|(k, v)| (Hot::new(k), v)).to_vec());
        let expected = r#"{"b":1.50,"max_tokens":1532,"a":[null,true,"from 203.0.113.0/24"],"card":"<card>","bad":"1}"}"#;
        let loss = Loss { secrets: 2, ..Loss::default() };
        assert_eq!(written(&object, 1000), (expected.to_owned(), loss));
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
