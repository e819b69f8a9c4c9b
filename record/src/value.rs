//! A JSON value as it came: source order, number tokens and text untouched.

use crate::Hot;
use std::fmt;

/// A JSON value borrowed from its line. Numbers keep their token (`1.50` stays `1.50`).
// A tag as wide as a word: behind a shorter one, the byte of `Bool` would stand at an odd place, and every move of any
// value would be a copy of odd bytes, which waits for the stores before it.
#[derive(Clone)]
#[repr(u64)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// The number's own characters.
    Number(Hot<'a>),
    /// A string, unescaped.
    Text(Hot<'a>),
    /// An array, in order.
    Array(Vec<Value<'a>>),
    /// An object: members in source order, names unescaped.
    Object(Vec<(Hot<'a>, Value<'a>)>),
}

impl Value<'_> {
    /// The same value with a life of its own.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(b) => Value::Bool(b),
            Value::Number(n) => Value::Number(n.into_owned()),
            Value::Text(t) => Value::Text(t.into_owned()),
            Value::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Value::Object(members) => Value::Object(
                members.into_iter().map(|(k, v)| (k.into_owned(), v.into_owned())).collect(),
            ),
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(_) => f.write_str("[hot bool]"),
            Value::Number(_) => f.write_str("[hot number]"),
            Value::Text(t) => t.fmt(f),
            Value::Array(items) => write!(f, "[hot array of {}]", items.len()),
            Value::Object(members) => write!(f, "[hot object of {}]", members.len()),
        }
    }
}
