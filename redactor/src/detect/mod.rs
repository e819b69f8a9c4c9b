//! Finds personal data and secrets in text.
//!
//! Invariant: what [`Scanner::mask`] and [`Scanner::scrub`] write holds nothing that the scanner
//! still finds; text that cannot be examined within its budget counts as found, whole. Place on the
//! path: called by the redactor for every text that may stay in clear, and for all that is sealed.
//!
//! A text is examined as it stands and in its decoded views: one level of all escapes undone at a
//! time, quoted-printable, the inside of base64. Each view is examined by the same pass, and what
//! is found there is mapped back, so the whole encoded run is replaced. Views nest three deep.

mod card;
mod email;
mod entity;
mod examine;
mod iban;
mod ip;
mod keyed;
mod literal;
mod names;
mod packed;
mod phone;
mod text;
mod unescape;
mod url;
mod value;
mod view;

pub use entity::{Entity, Finding};

use entity::resolve;
use examine::{Knowledge, examine};
use names::Names;
use text::Work;
use view::View;

/// Views inside views.
const DEEPEST: u8 = 3;
/// Times a text is rewritten until it is clean.
const ROUNDS: u8 = 4;

/// The detectors, built once and shared.
pub struct Scanner {
    knowledge: Knowledge,
    names: Names,
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scanner {
    /// Builds the searchers: once per process, not per text.
    #[must_use]
    pub fn new() -> Self {
        Self { knowledge: Knowledge::new(), names: Names::new() }
    }

    /// Puts all findings of `text` into `found`: sorted, without overlap, on character borders.
    pub fn scan(&self, text: &str, found: &mut Vec<Finding>) {
        found.clear();
        self.collect(text, found);
        resolve(found);
    }

    /// True if nothing is found in `text`.
    #[must_use]
    pub fn is_clean(&self, text: &str) -> bool {
        let mut found = Vec::new();
        self.collect(text, &mut found);
        found.is_empty()
    }

    /// Appends the clear form of `text`: a placeholder for each finding, its network for an IP.
    /// True if anything was replaced.
    pub fn mask(&self, text: &str, out: &mut String) -> bool {
        self.rewrite(text, out, |_| true)
    }

    /// Appends the form of `text` that may be sealed: without what must not exist anywhere, and
    /// without full IPs unless `keep_full_ip`; the rest is verbatim. True if anything was replaced.
    pub fn scrub(&self, text: &str, keep_full_ip: bool, out: &mut String) -> bool {
        self.rewrite(text, out, |entity| {
            entity.dropped() || (entity == Entity::Ip && !keep_full_ip)
        })
    }

    /// Is the value of a field of this name always dropped (a password, a token, a card number)?
    #[must_use]
    pub fn secret_name(&self, key: &str) -> bool {
        self.names.kind(key).is_some_and(names::Kind::is_secret)
    }

    /// Is the value of a field of this name personal (an e-mail address, a name, a birth date)?
    #[must_use]
    pub fn personal_name(&self, key: &str) -> bool {
        self.names.kind(key).is_some_and(|kind| !kind.is_secret())
    }

    /// Replaces the findings that `applies` selects, until none is left: what replacing brings
    /// together may be a finding of its own.
    fn rewrite(&self, text: &str, out: &mut String, applies: impl Fn(Entity) -> bool) -> bool {
        let mut found = Vec::new();
        let mut current = None::<String>;
        for _ in 0..ROUNDS {
            let text = current.as_deref().unwrap_or(text);
            found.clear();
            self.collect(text, &mut found);
            found.retain(|finding| applies(finding.entity));
            if found.is_empty() {
                out.push_str(text);
                return current.is_some();
            }
            resolve(&mut found);
            current = Some(replace(text, &found));
        }
        out.push_str(Entity::Unscanned.placeholder());
        true
    }

    /// Appends the findings of `text` and of its views, unsorted and overlapping.
    fn collect(&self, text: &str, found: &mut Vec<Finding>) {
        let mut work = Work::for_text(text);
        self.look(text, DEEPEST, &mut work, found);
        if work.is_over() {
            found.clear();
            found.push(Finding::new(Entity::Unscanned, 0..text.len()));
        }
    }

    /// Examines `text` and what is encoded in it, `deeper` views down.
    fn look(&self, text: &str, deeper: u8, work: &mut Work, found: &mut Vec<Finding>) {
        examine(&self.knowledge, text, work, found);
        packed::each_text(text, |token, inside| {
            let mut within = Vec::new();
            self.look_deeper(inside, deeper, work, &mut within);
            let whole = within.drain(..).map(|finding| Finding::new(finding.entity, token.clone()));
            found.extend(whole);
        });
        let quoted = if deeper > 0 { unescape::quoted_printable(text) } else { None };
        for view in [unescape::unescape(text), quoted].into_iter().flatten() {
            self.look_through(&view, deeper, work, found);
        }
    }

    /// Examines a view and maps what is found to its source.
    fn look_through(&self, view: &View, deeper: u8, work: &mut Work, found: &mut Vec<Finding>) {
        let first = found.len();
        self.look_deeper(view.text(), deeper, work, found);
        for finding in &mut found[first..] {
            finding.range = view.source(finding.range.clone());
        }
    }

    fn look_deeper(&self, text: &str, deeper: u8, work: &mut Work, found: &mut Vec<Finding>) {
        match deeper.checked_sub(1) {
            _ if work.is_over() => {}
            Some(deeper) => self.look(text, deeper, work, found),
            None => work.give_up(),
        }
    }
}

/// `text` with each finding replaced.
fn replace(text: &str, found: &[Finding]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for finding in found {
        out.push_str(&text[at..finding.range.start]);
        out.push_str(finding.truncated.as_deref().unwrap_or(finding.entity.placeholder()));
        at = finding.range.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests;
