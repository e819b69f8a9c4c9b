//! What can be found in text, and what stands in its place.
//!
//! Invariant: a placeholder is itself clean text, so masking twice changes nothing.

use super::operator::{self, Operator};
use super::text::Text;
use super::trace::{Rule, Trace};
use std::ops::Range;

/// A kind of personal or secret data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// The text could not be examined within the budget: all of it counts as found.
    Unscanned,
    /// Credentials of an `Authorization` header (RFC 9110 section 11.6).
    Authorization,
    /// `user:password@` of a URL (RFC 3986 section 3.2.1).
    UserInfo,
    /// A JSON Web Token (RFC 7519).
    Jwt,
    /// A payment card number (ISO/IEC 7812).
    Card,
    /// A password, token, session id or API key, by its name or by its shape.
    Secret,
    /// What the operator defined.
    Operator(Operator),
    /// An e-mail address.
    Email,
    /// An IP address, version 4 or 6.
    Ip,
    /// An IBAN (ISO 13616).
    Iban,
    /// A telephone number.
    Phone,
    /// The user in a home directory's path.
    HomePath,
    /// A date of birth, by its name.
    Birth,
    /// A number of an identity document, social security, tax, vehicle or the like, by its name.
    Identity,
    /// A postal address, by its name.
    Address,
    /// Geographic coordinates.
    Position,
    /// The hardware address of a device (IEEE 802).
    Hardware,
    /// The plate of a vehicle, by its name.
    Plate,
    /// A person's name or login, by its name.
    Name,
    /// A value that looks like a person's name under a name that says nothing.
    Unnamed,
}

impl Entity {
    /// Every entity greffier knows by itself, the one that wins an overlap first.
    pub(super) const ALL: [Self; 19] = [
        Self::Unscanned,
        Self::Authorization,
        Self::UserInfo,
        Self::Jwt,
        Self::Card,
        Self::Secret,
        Self::Email,
        Self::Ip,
        Self::Iban,
        Self::Phone,
        Self::HomePath,
        Self::Birth,
        Self::Identity,
        Self::Address,
        Self::Position,
        Self::Hardware,
        Self::Plate,
        Self::Name,
        Self::Unnamed,
    ];

    /// What stands in the clear text instead.
    #[must_use]
    pub const fn placeholder(self) -> &'static str {
        match self {
            Self::Unscanned => "<sealed>",
            Self::Authorization => "<authorization>",
            Self::UserInfo => "<userinfo>",
            Self::Jwt => "<jwt>",
            Self::Card => "<card>",
            Self::Secret => "<secret>",
            Self::Operator(operator) => operator.placeholder(),
            Self::Email => "<email>",
            Self::Ip => "<ip>",
            Self::Iban => "<iban>",
            Self::Phone => "<phone>",
            Self::HomePath => "<user>",
            Self::Birth => "<birthdate>",
            Self::Identity => "<id>",
            Self::Address => "<address>",
            Self::Position => "<position>",
            Self::Hardware => "<mac>",
            Self::Plate => "<plate>",
            Self::Name => "<name>",
            Self::Unnamed => "<value>",
        }
    }

    /// True for what must not even be sealed. Text that was not examined is among it: nobody can
    /// say that it holds no password.
    #[must_use]
    pub const fn dropped(self) -> bool {
        match self {
            Self::Unscanned
            | Self::Authorization
            | Self::UserInfo
            | Self::Jwt
            | Self::Card
            | Self::Secret => true,
            Self::Operator(operator) => operator.dropped(),
            Self::Email
            | Self::Ip
            | Self::Iban
            | Self::Phone
            | Self::HomePath
            | Self::Birth
            | Self::Identity
            | Self::Address
            | Self::Position
            | Self::Hardware
            | Self::Plate
            | Self::Name
            | Self::Unnamed => false,
        }
    }
}

/// Is `text` exactly one of the placeholders?
pub(super) fn is_placeholder(text: &str) -> bool {
    text.starts_with('<') && (is_built_in(text) || operator::is_placeholder(text))
}

/// Is `range` one of the placeholders, with its brackets or without?
pub(super) fn is_ours(text: Text<'_>, range: &Range<usize>) -> bool {
    let bracketed = text.before(range.start, 1) == b'<' && text.at(range.end) == b'>';
    is_placeholder(text.slice(range.clone()))
        || bracketed && is_placeholder(text.slice(range.start - 1..range.end + 1))
}

/// Is `text` the placeholder of an entity that greffier knows by itself?
pub(super) fn is_built_in(text: &str) -> bool {
    Entity::ALL.iter().any(|entity| entity.placeholder() == text)
}

/// Is `shown`, what was written for `text`, without something that could not be examined?
pub(crate) fn was_unscanned(text: &str, shown: &str) -> bool {
    let sealed = Entity::Unscanned.placeholder();
    shown.contains(sealed) && !text.contains(sealed)
}

/// Something found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Bytes of the text as given, whatever encoding the finding was made in.
    pub range: Range<usize>,
    /// What it is.
    pub entity: Entity,
    /// For an IP that stands alone: its network, `203.0.113.0/24` or `2001:db8::/48`.
    pub truncated: Option<String>,
    /// How it was made.
    pub trace: Trace,
}

impl Finding {
    /// A finding that is replaced by its placeholder.
    pub(super) fn new(entity: Entity, range: Range<usize>) -> Self {
        Self { range, entity, truncated: None, trace: Trace::of(entity) }
    }

    /// The same, made by `rule`.
    pub(super) fn by(mut self, rule: Rule) -> Self {
        self.trace.rule = rule;
        self
    }
}

/// Sorts the findings and joins those that overlap; the joined one is what ranks first: what is
/// dropped before what is sealed, then the longer, then the order of [`Entity`].
pub(super) fn resolve(found: &mut Vec<Finding>) {
    if found.len() < 2 {
        return;
    }
    found.sort_unstable_by(|a, b| {
        let place = (a.range.start, b.range.end, a.entity);
        let other = (b.range.start, a.range.end, b.entity);
        // What needs neither decoding nor a key explains itself best.
        place.cmp(&other).then_with(|| a.trace.plainness().cmp(&b.trace.plainness()))
    });
    let mut joined: Vec<(Finding, usize)> = Vec::with_capacity(found.len());
    for finding in found.drain(..) {
        match joined.last_mut() {
            Some((last, size)) if finding.range.start < last.range.end => {
                join(last, size, finding);
            }
            _ => {
                let size = finding.range.len();
                joined.push((finding, size));
            }
        }
    }
    found.extend(joined.into_iter().map(|(finding, _)| finding));
}

/// Joins `next` into `last`, whose entity was found on `size` bytes.
fn join(last: &mut Finding, size: &mut usize, next: Finding) {
    let rank = |entity: Entity, size: usize| {
        let place = if entity.dropped() { 0 } else { usize::MAX - size };
        (!entity.dropped(), place, entity)
    };
    let whole = last.range.start..last.range.end.max(next.range.end);
    let own = next.range.len();
    if rank(next.entity, own) < rank(last.entity, *size) {
        *size = own;
        last.entity = next.entity;
        last.truncated = next.truncated;
        last.trace = next.trace;
    }
    if *size != whole.len() {
        last.truncated = None; // the network of a part does not stand for the whole
    }
    last.range = whole;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(found: &[(Entity, Range<usize>)]) -> Vec<(Entity, Range<usize>)> {
        let mut found: Vec<_> =
            found.iter().map(|(entity, range)| Finding::new(*entity, range.clone())).collect();
        resolve(&mut found);
        found.into_iter().map(|finding| (finding.entity, finding.range)).collect()
    }

    #[test]
    fn what_is_dropped_wins_then_the_longer() {
        let found = [(Entity::Name, 0..9), (Entity::Secret, 5..12), (Entity::Email, 20..30)];
        assert_eq!(resolved(&found), [(Entity::Secret, 0..12), (Entity::Email, 20..30)]);
        let found = [(Entity::Email, 3..9), (Entity::Address, 0..20), (Entity::Email, 12..18)];
        assert_eq!(resolved(&found), [(Entity::Address, 0..20)]);
        let found = [(Entity::Name, 0..9), (Entity::Email, 0..9)];
        assert_eq!(resolved(&found), [(Entity::Email, 0..9)]);
    }

    #[test]
    fn touching_findings_stay_apart() {
        let found = [(Entity::Email, 4..8), (Entity::Ip, 0..4)];
        assert_eq!(resolved(&found), [(Entity::Ip, 0..4), (Entity::Email, 4..8)]);
    }

    #[test]
    fn a_network_survives_only_where_it_is_the_whole() {
        let ip = |range| Finding {
            truncated: Some("203.0.113.0/24".into()),
            ..Finding::new(Entity::Ip, range)
        };
        let mut found = vec![ip(0..11), ip(0..11)];
        resolve(&mut found);
        assert!(found.len() == 1 && found[0].truncated.is_some());
        let mut found = vec![ip(0..11), ip(5..20)];
        resolve(&mut found);
        assert!(found.len() == 1 && found[0].truncated.is_none());
    }
}
