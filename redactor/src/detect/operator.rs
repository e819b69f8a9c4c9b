//! Kinds of personal data that only the operator knows: customer numbers, badge numbers, file references.
//!
//! Invariant: a pattern has a longest match, so one search costs what it passes over and a constant for each
//! candidate; every search counts its steps in the budget of the text. An entity that exists has passed its own
//! checks: it compiles within its size and finds no placeholder. Place on the path: after the detectors of one
//! view; without entities it costs one comparison.

mod check;

pub use check::Check;

use super::focus::Focus;
use super::text::Work;
use super::{Entity, Finding, Found, through_views};
use regex::{Regex, RegexBuilder};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

/// Bytes a match may have at least: less would be everywhere.
const SHORTEST: usize = 3;
/// Bytes a match may have at most. Less than what a [`Focus`] looks at beside a change.
const LONGEST: usize = 128;
/// Bytes of a compiled pattern.
const SIZE: usize = 256 * 1024;
/// Bytes before a match in which a cue counts.
const REACH: usize = 64;
/// Bytes that pass under a search for the price of one step.
const QUICK: usize = 8;
/// Placeholders that stand for what a record says of its own person.
pub(super) const KNOWN: [&str; 3] = ["<login>", "<uid>", "<fid>"];

/// The name of an operator's entity, and what becomes of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    placeholder: &'static str,
    dropped: bool,
}

impl Operator {
    pub(super) const fn placeholder(self) -> &'static str {
        self.placeholder
    }

    pub(super) const fn dropped(self) -> bool {
        self.dropped
    }
}

/// Why a pattern cannot be an entity's. It never holds the pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntityError {
    /// No regular expression: what is wrong, and the byte from 1 at which it stands.
    #[error("not a regular expression: {0}, at byte {1}")]
    Syntax(String, usize),
    /// Larger than 256 KiB when compiled.
    #[error("too large when compiled")]
    Size,
    /// A match can be shorter than three bytes.
    #[error("can match fewer than {SHORTEST} bytes")]
    Short,
    /// A match can be longer than 128 bytes, or of any length.
    #[error("can match more than {LONGEST} bytes")]
    Long,
    /// It matches what stands in the place of something found.
    #[error("matches a placeholder")]
    Placeholder,
}

/// Why an example of an entity is not found whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// The pattern matches nothing in it.
    Pattern,
    /// The pattern matches, the check fails.
    Check,
    /// A part of it is found.
    Part,
}

/// One kind of data that the operator defines: a pattern, and what must hold besides.
#[derive(Debug, Clone)]
pub struct OperatorEntity(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    entity: Entity,
    pattern: Regex,
    longest: usize,
    check: Option<Check>,
    cues: Vec<String>,
    cue: Option<Regex>,
}

impl OperatorEntity {
    /// Compiles an entity. `name` is what stands in the clear text between `<` and `>`. With `cues`, one of them
    /// must stand shortly before a match, or be the name of the field. What is `dropped` is not even sealed.
    ///
    /// # Errors
    /// What is wrong with the pattern.
    pub fn new(
        name: &str,
        pattern: &str,
        check: Option<Check>,
        cues: &[String],
        dropped: bool,
    ) -> Result<Self, EntityError> {
        let longest = bounded(pattern)?;
        let regex = RegexBuilder::new(pattern).size_limit(SIZE).build();
        let regex = regex.map_err(|_| EntityError::Size)?;
        let own = interned(name);
        if placeholders().chain([own]).any(|placeholder| regex.is_match(placeholder)) {
            return Err(EntityError::Placeholder);
        }
        let entity = Entity::Operator(Operator { placeholder: own, dropped });
        let (cue, cues) = (cue_pattern(cues), cues.to_vec());
        Ok(Self(Arc::new(Compiled { entity, pattern: regex, longest, check, cues, cue })))
    }

    /// Is `name` the name of something that greffier finds by itself?
    #[must_use]
    pub fn is_reserved(name: &str) -> bool {
        let placeholder = format!("<{name}>");
        super::entity::is_built_in(&placeholder) || KNOWN.contains(&placeholder.as_str())
    }

    /// Whether the placeholder of the entity `name` could be taken for a value: then a text would be replaced for ever.
    #[must_use]
    pub fn matches_placeholder_of(&self, name: &str) -> bool {
        self.0.pattern.is_match(&format!("<{name}>"))
    }

    /// Whether the whole of `example` is found, behind each of the cues if there are any.
    ///
    /// # Errors
    /// Why it is not.
    pub fn finds_whole(&self, example: &str) -> Result<(), Misfit> {
        let cues = self.0.cues.iter().map(|cue| format!("{cue}: "));
        let bare = self.0.cue.is_none().then(String::new);
        for before in cues.chain(bare) {
            let text = format!("{before}{example}");
            let found = self.ranges(&text);
            if !found.contains(&(before.len()..text.len())) {
                return Err(match found.is_empty() {
                    false => Misfit::Part,
                    true if self.0.pattern.is_match(example) => Misfit::Check,
                    true => Misfit::Pattern,
                });
            }
        }
        Ok(())
    }

    /// Whether anything is found in `text` as it stands.
    #[must_use]
    pub fn finds(&self, text: &str) -> bool {
        !self.ranges(text).is_empty()
    }

    fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let (mut found, mut work) = (Vec::new(), Work::for_text(text));
        self.find(text, 0..text.len(), &mut work, &mut found);
        found.into_iter().map(|finding| finding.range).collect()
    }

    /// Appends the findings of `text` that begin in `window`.
    fn find(&self, text: &str, window: Range<usize>, work: &mut Work, found: &mut Found) {
        // One character more than any match needs: what stands behind it decides about `\b` and `$`.
        let end = text.ceil_char_boundary((window.end + self.0.longest + 1).min(text.len()));
        let (text, mut at) = (&text[..end], text.ceil_char_boundary(window.start));
        while at < window.end && !work.is_over() {
            let hit = self.0.pattern.find_at(text, at).map(|hit| hit.range());
            let passed = hit.as_ref().map_or(end, |hit| hit.start) - at;
            work.spend(passed / QUICK + 1);
            let Some(range) = hit.filter(|hit| hit.start < window.end) else { return };
            work.spend(self.0.longest);
            at = if self.holds(text, &range) {
                found.push(Finding::new(self.0.entity, range.clone()));
                range.end
            } else {
                text.ceil_char_boundary(range.start + 1)
            };
        }
    }

    /// Do check and cue hold for a match?
    fn holds(&self, text: &str, range: &Range<usize>) -> bool {
        let from = text.floor_char_boundary(range.start.saturating_sub(REACH));
        let before = &text[from..range.start];
        self.checks(text, range) && self.0.cue.as_ref().is_none_or(|cue| cue.is_match(before))
    }

    /// Does the check hold for the first group of a match, or for all of it?
    fn checks(&self, text: &str, range: &Range<usize>) -> bool {
        let Compiled { pattern, check, .. } = &*self.0;
        check.is_none_or(|check| {
            let group = pattern.captures_at(text, range.start).and_then(|groups| groups.get(1));
            check.holds(group.map_or(&text[range.clone()], |group| group.as_str()))
        })
    }
}

/// Appends what `entities` find in one view of a text.
pub(super) fn find(
    entities: &[OperatorEntity],
    text: &str,
    focus: &Focus,
    work: &mut Work,
    found: &mut Found,
) {
    for entity in entities {
        for window in focus.windows() {
            entity.find(text, window.clone(), work, found);
        }
    }
}

/// What the value of the field `key` is, if `key` is the cue of an entity that stands in the value, encoded or not.
pub(super) fn under(entities: &[OperatorEntity], key: &str, value: &str) -> Option<Entity> {
    let cued =
        |entity: &&OperatorEntity| entity.0.cue.as_ref().is_some_and(|cue| cue.is_match(key));
    let stands = |entity: &OperatorEntity| {
        let hits = through_views(value, &|view, found| {
            let hits = entity.0.pattern.find_iter(view).map(|hit| hit.range());
            found.extend(hits.filter(|hit| entity.checks(view, hit)).map(|hit| (hit, ())));
        });
        !hits.is_empty()
    };
    let found = entities.iter().filter(cued).find(|entity| stands(entity))?;
    Some(found.0.entity)
}

/// Steps a search of all `entities` through `text` and its views may take beyond those of the detectors.
pub(super) const fn allowance(entities: &[OperatorEntity], text: &str) -> usize {
    entities.len().saturating_mul(text.len()).saturating_mul(4)
}

/// The longest match of `pattern` in bytes, if all its matches are neither too short nor too long.
fn bounded(pattern: &str) -> Result<usize, EntityError> {
    let hir = regex_syntax::parse(pattern).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => {
            EntityError::Syntax(error.kind().to_string(), error.span().start.offset + 1)
        }
        regex_syntax::Error::Translate(error) => {
            EntityError::Syntax(error.kind().to_string(), error.span().start.offset + 1)
        }
        _ => EntityError::Syntax("not understood".into(), 1),
    })?;
    let longest = hir.properties().maximum_len().filter(|longest| *longest <= LONGEST);
    let longest = longest.ok_or(EntityError::Long)?;
    let shortest = hir.properties().minimum_len().unwrap_or(0);
    if shortest < SHORTEST { Err(EntityError::Short) } else { Ok(longest) }
}

/// The cues as one pattern: whole words in any case, however their parts are joined.
fn cue_pattern(cues: &[String]) -> Option<Regex> {
    if cues.is_empty() {
        return None;
    }
    let mut pattern = String::from(r"(?i)(?:^|[^\p{L}\p{N}])(?:");
    for (n, cue) in cues.iter().enumerate() {
        let parts: Vec<_> = cue.split([' ', '_', '-', '.']).map(regex::escape).collect();
        let or = if n > 0 { "|" } else { "" };
        write!(pattern, "{or}{}", parts.join(r"[\s_.-]*")).expect("a string takes all");
    }
    pattern.push_str(r")(?:[^\p{L}\p{N}]|$)");
    Some(Regex::new(&pattern).expect("escaped words and fixed parts, within the size of a file"))
}

/// Placeholders of all operators' entities there ever were: a few short names, which therefore may stay for the
/// life of the process. So an [`Entity`] is copied and compared like a number.
static PLACEHOLDERS: RwLock<Vec<&'static str>> = RwLock::new(Vec::new());

fn interned(name: &str) -> &'static str {
    let placeholder = format!("<{name}>");
    let mut all = PLACEHOLDERS.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.iter().find(|known| **known == placeholder) {
        return known;
    }
    all.push(Box::leak(placeholder.into_boxed_str()));
    all.last().expect("pushed above")
}

/// Is `text` the placeholder of an operator's entity?
pub(super) fn is_placeholder(text: &str) -> bool {
    PLACEHOLDERS.read().unwrap_or_else(PoisonError::into_inner).contains(&text)
}

fn placeholders() -> impl Iterator<Item = &'static str> {
    Entity::ALL.iter().map(|entity| entity.placeholder()).chain(KNOWN)
}

#[cfg(test)]
mod tests;
