//! Finds personal data and secrets in text.
//!
//! Invariant: what [`Scanner::mask`] and [`Scanner::scrub`] write holds nothing that the scanner
//! still finds; text that cannot be examined within its budget counts as found, whole. Place on the
//! path: called by the redactor for every text that may stay in clear, and for all that is sealed.
//!
//! A text is examined as it stands and in its decoded views: one level of all escapes undone at a
//! time, quoted-printable, the inside of base64. Each view is examined by the same pass, and what
//! is found there is mapped back, so the whole encoded run is replaced. Views nest three deep.

mod account;
mod beside;
mod bound;
mod called;
mod card;
mod checks;
mod code;
mod command;
mod cookie;
mod cue;
mod daemon;
mod date;
mod email;
mod entity;
mod examine;
mod focus;
mod form;
mod forms;
mod given;
mod hl7;
mod iban;
mod ip;
mod keyed;
mod link;
mod literal;
mod marks;
mod mime;
mod names;
mod nested;
mod operator;
mod packed;
mod pairs;
mod people;
mod person;
mod phone;
mod place;
mod prose;
mod several;
mod shape;
mod shell;
mod statement;
mod street;
mod swift;
mod table;
mod text;
mod through;
mod told;
mod town;
mod trace;
mod travel;
mod unescape;
mod unfit;
mod url;
mod validator;
mod value;
mod verdict;
mod view;
mod wordlist;

pub(crate) use entity::was_unscanned;
pub use entity::{Entity, Finding};
pub(crate) use forms::Forms;
pub use operator::{Check, EntityError, Misfit, Operator, OperatorEntity};
pub use several::Container;
pub(crate) use through::{is_plain, through_views, without_accent};
pub use trace::{Encoding, Rule, Trace};
pub use verdict::verdict;

use entity::resolve;
use examine::{Knowledge, examine};
use focus::Focus;
use shape::Shape;
use std::ops::Range;
use text::Work;
use view::View;

/// Views inside views.
const DEEPEST: u8 = 3;
/// Times a text is scanned at most until it is clean.
const ROUNDS: u8 = 4;

/// Is `text` what stands in the place of something found, by a detector or as the person's own?
pub(crate) fn is_placeholder(text: &str) -> bool {
    entity::is_placeholder(text) || operator::KNOWN.contains(&text)
}

/// Findings in no order, overlapping.
type Found = Vec<Finding>;
/// Tells which tokens were looked into before.
type Known<'k> = &'k dyn Fn(Range<usize>) -> bool;

/// The detectors, built once and shared.
pub struct Scanner {
    knowledge: Knowledge,
    operator: Vec<OperatorEntity>,
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
        Self::with(&[])
    }

    /// Builds the searchers, to find what the operator defined too.
    #[must_use]
    pub fn with(operator: &[OperatorEntity]) -> Self {
        Self { knowledge: Knowledge::new(), operator: operator.to_vec() }
    }

    /// Puts all findings of `text` into `found`: sorted, without overlap, on character borders.
    pub fn scan(&self, text: &str, found: &mut Vec<Finding>) {
        found.clear();
        self.collect(text, &Focus::all(text.len()), found);
        resolve(found);
    }

    /// True if nothing is found in `text`.
    #[must_use]
    pub fn is_clean(&self, text: &str) -> bool {
        let mut found = Vec::new();
        self.collect(text, &Focus::all(text.len()), &mut found);
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
        self.rewrite(text, out, |entity| forms::goes(entity, keep_full_ip))
    }

    /// Is the value of a field of this name always dropped (a password, a token, a card number)?
    #[must_use]
    pub fn secret_name(&self, key: &str) -> bool {
        self.knowledge.names.kind(key).is_some_and(names::Kind::is_secret)
    }

    /// Is the value of a field of this name personal (an e-mail address, a name, a birth date)?
    #[must_use]
    pub fn personal_name(&self, key: &str) -> bool {
        let kind = self.knowledge.names.kind(key);
        kind.is_some_and(|kind| !kind.is_secret() && kind.is_certain())
    }

    /// What stands for the value of a field of this name, if the name alone decides.
    pub(crate) fn placeholder_of(&self, key: &str) -> Option<&'static str> {
        let kind = self.knowledge.names.kind(key).filter(|kind| kind.is_certain())?;
        Some(examine::entity(kind)?.placeholder())
    }

    /// What a list or an object under `name` holds, if that is secrets.
    pub(crate) fn container(&self, name: &str) -> Option<Container> {
        Container::of(name, &self.knowledge.names)
    }

    /// What stands instead of `value` under `key` in a list or an object that holds secrets.
    pub(crate) fn placeholder_in(
        &self,
        container: Container,
        key: &str,
        value: &str,
    ) -> Option<&'static str> {
        container.placeholder(key, value, &self.knowledge.names)
    }

    /// May the value of a field of this name also be how many secrets there are (`tokens`)?
    pub(crate) fn counts_secrets(&self, key: &str) -> bool {
        self.knowledge.names.kind(key).is_some_and(names::Kind::is_several)
    }

    /// What a value is by the operator's word, where the field `key` is the cue for it.
    pub(crate) fn operator_under(&self, key: &str, value: &str) -> Option<Entity> {
        if self.operator.is_empty() { None } else { operator::under(&self.operator, key, value) }
    }

    /// Replaces the findings that `applies` selects, until none is left.
    fn rewrite(&self, text: &str, out: &mut String, applies: impl Fn(Entity) -> bool) -> bool {
        let mut found = Found::new();
        self.collect(text, &Focus::all(text.len()), &mut found);
        let rewritten = self.without(text, found, ROUNDS - 1, applies);
        out.push_str(rewritten.as_ref().map_or(text, |text| text));
        rewritten.is_some()
    }

    /// Appends the findings of `text` in `focus` and of its views, unsorted and overlapping.
    fn collect(&self, text: &str, focus: &Focus, found: &mut Vec<Finding>) {
        let mut work = Work::for_text(text);
        work.allow(operator::allowance(&self.operator, text));
        self.look(text, focus, DEEPEST, &|_| false, &mut work, found);
        if work.is_over() {
            found.clear();
            found.push(Finding::new(Entity::Unscanned, 0..text.len()));
        }
    }

    /// Examines `text` and what is encoded in it, `deeper` views down. Tokens that are `known` were
    /// looked into before.
    fn look(
        &self,
        text: &str,
        focus: &Focus,
        deeper: u8,
        known: Known<'_>,
        work: &mut Work,
        found: &mut Found,
    ) {
        let shape = Shape::of(text);
        examine(&self.knowledge, text, focus, &shape, work, found);
        operator::find(&self.operator, text, focus, work, found);
        if shape.packed(packed::SHORTEST) {
            self.look_inside((text, &shape), focus, deeper, known, work, found);
        }
        if shape.encoded()
            && let Some(view) = unescape::unescape(text)
        {
            match deeper.checked_sub(1) {
                Some(deeper) => self.look_through(text, focus, &view, deeper, work, found),
                None => work.give_up(),
            }
        }
        if shape.equals()
            && let Some(deeper) = deeper.checked_sub(1)
            && let Some(view) = unescape::quoted_printable(text)
        {
            self.look_through(text, focus, &view, deeper, work, found);
            if let Some(view) = unescape::quoted_values(text) {
                self.look_through(text, focus, &view, deeper, work, found);
            }
        }
        if shape.equals()
            && let Some(deeper) = deeper.checked_sub(1)
            && let Some(view) = mime::encoded_words(text)
        {
            self.look_through(text, focus, &view, deeper, work, found);
        }
    }

    /// Examines what is packed in base64 in `text`; the whole token is the finding.
    fn look_inside(
        &self,
        (text, shape): (&str, &Shape),
        focus: &Focus,
        deeper: u8,
        known: Known<'_>,
        work: &mut Work,
        found: &mut Found,
    ) {
        let known = |token: Range<usize>| !focus.touches(&token) || known(token);
        packed::each_text(text, shape, packed::SHORTEST, known, |token, inside| {
            let mut within = Vec::new();
            let all = Focus::all(inside.len());
            match deeper.checked_sub(1) {
                Some(deeper) => self.look(inside, &all, deeper, &|_| false, work, &mut within),
                None => within.push(Finding::new(Entity::Unscanned, 0..inside.len())),
            }
            found.extend(within.into_iter().map(|finding| Finding {
                trace: finding.trace.inside(Encoding::Base64),
                ..Finding::new(finding.entity, token.clone())
            }));
        });
    }

    /// Examines a view of `text` and maps what is found to it.
    fn look_through(
        &self,
        text: &str,
        focus: &Focus,
        view: &View,
        deeper: u8,
        work: &mut Work,
        found: &mut Found,
    ) {
        if work.is_over() {
            return;
        }
        let focus = view.focus(focus, text.len());
        let first = found.len();
        let known = |token| view.is_same_token(text, token, packed::is_base64);
        self.look(view.text(), &focus, deeper, &known, work, found);
        for finding in &mut found[first..] {
            finding.range = view.source(finding.range.clone());
            finding.trace = finding.trace.unescaped(text, &finding.range);
        }
    }
}

/// `text` with each finding replaced, and where the replacements stand.
fn replace(text: &str, found: &[Finding]) -> (String, Vec<Range<usize>>) {
    let mut out = String::with_capacity(text.len());
    let mut placeholders = Vec::with_capacity(found.len());
    let mut at = 0;
    for finding in found {
        out.push_str(&text[at..finding.range.start]);
        let start = out.len();
        out.push_str(finding.truncated.as_deref().unwrap_or(finding.entity.placeholder()));
        placeholders.push(start..out.len());
        at = finding.range.end;
    }
    out.push_str(&text[at..]);
    (out, placeholders)
}

#[cfg(test)]
mod tests;
