//! What to look for among events: conditions on what an event says in clear, and on the keys it names.
//!
//! Invariant: a query holds key ids, never a person's name or address; those were turned into key ids before,
//! by whoever holds the index. [`Query::matches`] is what a query means; a store that lets others choose (the
//! archive SQLite, CloudWatch its filter patterns) must come to the same answer.

use crate::{Event, Kid, Stored};
use greffier_spool::Stream;
use std::ops::RangeInclusive;

/// A search. All conditions must hold.
#[derive(Debug, Clone)]
pub struct Query {
    /// Streams to look into.
    pub streams: Vec<Stream>,
    /// Only events of this moment or later (`ts`, ms since 1970).
    pub since: Option<i64>,
    /// Only events before this moment.
    pub until: Option<i64>,
    /// Conditions.
    pub groups: Vec<Group>,
    /// Stop after having looked at so many events; the answer then says that it is not complete.
    pub max_scanned: u64,
}

/// One condition: any of the tests holds, or with `not` none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// None of them may hold.
    pub not: bool,
    /// Alternatives, all of the same kind.
    pub any: Vec<Test>,
}

/// A test of one event. Absent fields match nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// HTTP status within.
    Status(RangeInclusive<u16>),
    /// Duration in ms within.
    Took(RangeInclusive<u32>),
    /// Method, exactly.
    Method(String),
    /// Route name; `*` stands for any characters.
    Route(String),
    /// Clear path; `*` stands for any characters.
    Path(String),
    /// Tenant, exactly; `-` is none.
    Tenant(String),
    /// `app` or `proxy`.
    Src(String),
    /// Request id, exactly.
    Req(String),
    /// One of these levels.
    Level(Vec<&'static str>),
    /// `msg`, `exc` or `path` contains this, upper or lower case.
    Text(String),
    /// One of these keys sealed something of it.
    Keys(Vec<Kid>),
}

impl Query {
    /// Everything in these streams.
    #[must_use]
    pub fn new(streams: Vec<Stream>) -> Self {
        Self { streams, since: None, until: None, groups: Vec::new(), max_scanned: u64::MAX }
    }

    /// Whether an event is what the query asks for.
    #[must_use]
    pub fn matches(&self, stored: &Stored) -> bool {
        let in_time = self.since.is_none_or(|since| stored.ts >= since)
            && self.until.is_none_or(|until| stored.ts < until);
        in_time
            && self.streams.contains(&stored.stream)
            && self.hold(&stored.event(), &stored.tenant, |_| true)
    }

    /// Whether the groups that are chosen hold for an event of a tenant.
    pub(crate) fn hold(
        &self,
        event: &Event<'_>,
        tenant: &str,
        chosen: impl Fn(&Group) -> bool,
    ) -> bool {
        self.groups
            .iter()
            .filter(|group| chosen(group))
            .all(|group| group.any.iter().any(|test| test.matches(event, tenant)) != group.not)
    }
}

impl Test {
    fn matches(&self, event: &Event<'_>, tenant: &str) -> bool {
        let is = |field: Option<&str>, wanted: &str| field == Some(wanted);
        match self {
            Self::Status(range) => event.status.is_some_and(|status| range.contains(&status)),
            Self::Took(range) => {
                let (from, to) = (u64::from(*range.start()), u64::from(*range.end()));
                event.ms.is_some_and(|ms| (from..=to).contains(&ms))
            }
            Self::Method(method) => is(event.method.as_deref(), method),
            Self::Route(pattern) => event.route.as_deref().is_some_and(|text| glob(pattern, text)),
            Self::Path(pattern) => event.path.as_deref().is_some_and(|text| glob(pattern, text)),
            Self::Tenant(wanted) => tenant == wanted,
            Self::Src(src) => is(event.src.as_deref(), src),
            Self::Req(req) => is(event.req.as_deref(), req),
            Self::Level(levels) => event.lvl.as_deref().is_some_and(|lvl| levels.contains(&lvl)),
            Self::Text(needle) => {
                let needle = needle.to_lowercase();
                [&event.msg, &event.exc, &event.path]
                    .into_iter()
                    .flatten()
                    .any(|text| text.to_lowercase().contains(&needle))
            }
            Self::Keys(kids) => event.keys().any(|(_, kid, _)| kids.contains(&kid)),
        }
    }
}

/// Whether all of `text` is what `pattern` says; `*` stands for any characters, none included.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut pieces = rest.split('*').collect::<Vec<_>>();
    let tail = pieces.pop().unwrap_or_default();
    // Between the first and the last piece the earliest place is as good as any other.
    for piece in pieces {
        let Some(at) = text.find(piece) else { return false };
        text = &text[at + piece.len()..];
    }
    text.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_and_nothing_else_is_special() {
        for (pattern, text) in [
            ("admin_*", "admin_"),
            ("*", ""),
            ("/a/*/c", "/a/b/b/c"),
            ("*a*a*", "xaya"),
            ("é*", "été"),
            ("[a]?", "[a]?"),
            ("a**b", "ab"),
        ] {
            assert!(glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("a", "ab"), ("a*a", "a"), ("*a*a*", "a"), ("[a]", "a"), ("a?", "ab"), ("A*", "a")]
        {
            assert!(!glob(pattern, text), "{pattern} {text}");
        }
    }
}
