//! Stand-in for the detector: the interface of the real one, with two expressions behind it.
//!
//! Invariant: never shipped; the real detector replaces this folder.

use regex::Regex;
use std::ops::Range;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "stand-in")]
pub enum Entity {
    Email,
    Ip,
    Card,
}

impl Entity {
    /// The placeholder.
    #[must_use]
    pub const fn placeholder(self) -> &'static str {
        match self {
            Self::Email => "<email>",
            Self::Ip => "<ip>",
            Self::Card => "<card>",
        }
    }

    /// Never sealed.
    #[must_use]
    pub const fn dropped(self) -> bool {
        matches!(self, Self::Card)
    }
}

/// One place.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "stand-in")]
pub struct Finding {
    pub range: Range<usize>,
    pub entity: Entity,
    pub truncated: Option<String>,
}

/// Finds personal data in text.
#[derive(Debug)]
pub struct Scanner {
    all: Regex,
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scanner {
    /// Built once.
    #[must_use]
    pub fn new() -> Self {
        let all =
            r"(?P<e>[^\s@<>]+@[^\s@<>]+\.\w+)|(?P<i>\b\d+\.\d+\.\d+\.\d+\b)|(?P<c>\b4\d{15}\b)";
        Self { all: Regex::new(all).expect("a fixed expression") }
    }

    /// Everything found.
    pub fn scan(&self, text: &str, found: &mut Vec<Finding>) {
        for hit in self.all.captures_iter(text) {
            let whole = hit.get(0).expect("group 0");
            let (entity, truncated) = if hit.name("e").is_some() {
                (Entity::Email, None)
            } else if hit.name("c").is_some() {
                (Entity::Card, None)
            } else {
                let three = whole.as_str().rsplit_once('.').map_or("", |parts| parts.0);
                (Entity::Ip, Some(format!("{three}.0/24")))
            };
            if truncated.is_some() && text[whole.end()..].starts_with("/24") {
                continue;
            }
            found.push(Finding { range: whole.range(), entity, truncated });
        }
    }

    /// Nothing found.
    #[must_use]
    pub fn is_clean(&self, text: &str) -> bool {
        let mut found = Vec::new();
        self.scan(text, &mut found);
        found.is_empty()
    }

    /// Clear form.
    pub fn mask(&self, text: &str, out: &mut String) -> bool {
        self.replace(text, out, |_| true)
    }

    /// What may be sealed.
    pub fn scrub(&self, text: &str, keep_full_ip: bool, out: &mut String) -> bool {
        self.replace(text, out, |entity| entity.dropped() || entity == Entity::Ip && !keep_full_ip)
    }

    fn replace(&self, text: &str, out: &mut String, which: impl Fn(Entity) -> bool) -> bool {
        let mut found = Vec::new();
        self.scan(text, &mut found);
        found.retain(|finding| which(finding.entity));
        let mut from = 0;
        for finding in &found {
            out.push_str(&text[from..finding.range.start]);
            match &finding.truncated {
                Some(network) => out.push_str(network),
                None => out.push_str(finding.entity.placeholder()),
            }
            from = finding.range.end;
        }
        out.push_str(&text[from..]);
        !found.is_empty()
    }

    /// A key whose value is dropped.
    #[must_use]
    pub fn secret_name(&self, key: &str) -> bool {
        let key = key.to_ascii_lowercase();
        ["password", "passwd", "token", "csrf", "secret", "cvv", "phpsessid", "plainpassword"]
            .iter()
            .any(|word| key == *word || key.ends_with(&format!("_{word}")))
    }

    /// A key whose value is personal.
    #[must_use]
    pub fn personal_name(&self, key: &str) -> bool {
        let key = key.to_ascii_lowercase();
        ["email", "phone", "name", "firstname", "lastname", "address"].contains(&key.as_str())
    }
}
