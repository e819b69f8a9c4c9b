//! Globs of the configuration, compiled once.
//!
//! `*` stands for any characters but `/`, `**` for any; a final `/**` also matches the folder itself, so
//! `/admin/**` covers `/admin`. Invariant: matching is linear in the text (it is a `regex`).

use crate::Matcher;
use regex::Regex;

/// One compiled glob.
#[derive(Debug, Clone)]
pub(crate) struct Glob {
    /// What stands before the first star: most texts are told apart by it.
    start: String,
    all: Regex,
}

impl Glob {
    pub(crate) fn new(pattern: &str) -> Self {
        let (start, end) = match pattern.strip_suffix("/**") {
            Some(folder) => (folder, "(?:/.*)?"),
            None => (pattern, ""),
        };
        let literal = start.split('*').next().unwrap_or_default().to_owned();
        let deep: Vec<String> = start
            .split("**")
            .map(|part| part.split('*').map(regex::escape).collect::<Vec<_>>().join("[^/]*"))
            .collect();
        let expression = format!("(?s)^(?:{}{end})$", deep.join(".*"));
        let all = Regex::new(&expression).expect("an escaped glob is a valid expression");
        Self { start: literal, all }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        text.starts_with(&self.start) && self.all.is_match(text)
    }
}

/// A compiled [`Matcher`].
#[derive(Debug, Clone)]
pub(crate) enum On {
    Route(Glob),
    Path(Glob),
}

impl On {
    pub(crate) fn new(matcher: &Matcher) -> Self {
        match matcher {
            Matcher::Route(glob) => Self::Route(Glob::new(glob)),
            Matcher::Path(glob) => Self::Path(Glob::new(glob)),
        }
    }

    pub(crate) fn matches(&self, route: Option<&str>, path: &str) -> bool {
        match self {
            Self::Route(glob) => route.is_some_and(|route| glob.matches(route)),
            Self::Path(glob) => glob.matches(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars() {
        for (glob, yes, no) in [
            ("/admin/**", "/admin/user/5", "/administrator"),
            ("/admin/**", "/admin", "/x/admin"),
            ("/a/*/c", "/a/b/c", "/a/b/b/c"),
            ("admin_user_*", "admin_user_edit", "admin_users"),
            ("**/edit", "/a/b/edit", "/a/b/edits"),
            ("/a.b", "/a.b", "/axb"),
            ("**", "/\n", ""),
        ] {
            assert!(Glob::new(glob).matches(yes), "{glob} {yes}");
            assert!(no.is_empty() || !Glob::new(glob).matches(no), "{glob} {no}");
        }
    }
}
