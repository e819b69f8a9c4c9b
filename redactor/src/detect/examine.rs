//! One pass over one view of a text: candidates by byte class, each checked by its own rule.
//!
//! Invariant: a detector is called only where its entity may begin, and costs at most a constant or
//! the length of what it finds; so the pass is linear whatever the text.

use super::focus::Focus;
use super::keyed::{self, Slot};
use super::literal::Literals;
use super::names::{Kind, Names};
use super::text::{Text, Work};
use super::value::value;
use super::{
    Entity, Finding, Rule, card, code, email, iban, ip, person, phone, place, prose, table, url,
};
use std::ops::Range;

/// What the pass needs to know.
pub(super) struct Knowledge {
    pub(super) names: Names,
    literals: Literals,
}

impl Knowledge {
    pub(super) fn new() -> Self {
        Self { names: Names::new(), literals: Literals::new() }
    }
}

/// Bytes at which something may begin: digits, and `@ : = > ; + " '`.
const TRIGGERS: [bool; 256] = {
    let mut triggers = [false; 256];
    let (bytes, mut n) = (b"0123456789@:=>;+\"'", 0);
    while n < bytes.len() {
        triggers[bytes[n] as usize] = true;
        n += 1;
    }
    triggers
};

/// Steps counted for a candidate: the greatest part have to look this far.
const CANDIDATE: usize = 8;

/// Letters in front of digits that are looked at: `password123`.
const LONGEST_LEAD: usize = 12;

/// Appends all findings of `text` that begin in `focus`, in no order, overlapping. Without `triggers`
/// there is none of [`TRIGGERS`] in it.
pub(super) fn examine(
    knowledge: &Knowledge,
    text: &str,
    focus: &Focus,
    triggers: bool,
    work: &mut Work,
    found: &mut Vec<Finding>,
) {
    let text = Text::new(text);
    let mut pass = Pass { knowledge, text, work, found, v6_done: 0, value_done: 0 };
    if memchr::memchr(b'\n', text.bytes()).is_some() {
        table::with_header(text, &knowledge.names, pass.found);
    }
    let mut at = 0;
    for window in focus.windows() {
        pass.work.spend(window.len());
        knowledge.literals.find(text, window.clone(), &knowledge.names, pass.found);
        at = at.max(window.start);
        while triggers && at < window.end {
            let Some(n) = next_trigger(&text.bytes()[at..window.end]) else { break };
            pass.work.spend(CANDIDATE);
            if pass.work.is_over() {
                return;
            }
            at = pass.candidate(at + n);
        }
    }
}

/// Place of the first trigger in `bytes`: eight at a time while there is none.
fn next_trigger(bytes: &[u8]) -> Option<usize> {
    let is = |byte: &u8| TRIGGERS[usize::from(*byte)];
    let eights = bytes.chunks_exact(8);
    let clear = eights.take_while(|eight| !eight.iter().fold(false, |any, byte| any | is(byte)));
    let at = 8 * clear.count();
    bytes[at..].iter().position(is).map(|n| at + n)
}

struct Pass<'p> {
    knowledge: &'p Knowledge,
    text: Text<'p>,
    work: &'p mut Work,
    found: &'p mut Vec<Finding>,
    /// Colons before this belong to a run already looked at.
    v6_done: usize,
    /// Personal values before this are part of one already found.
    value_done: usize,
}

impl Pass<'_> {
    /// Checks what may begin at `at`; the place to go on from.
    fn candidate(&mut self, at: usize) -> usize {
        let (text, names) = (self.text, &self.knowledge.names);
        match text.at(at) {
            b'0'..=b'9' => return self.digits(at),
            b'@' => {
                if let Some(range) = email::email(text, at) {
                    self.work.spend(range.len());
                    self.add(Entity::Name, person::display_name(self.text, range.start));
                    self.found.push(Finding::new(Entity::Email, range));
                }
            }
            b'+' => {
                if let Some(range) = phone::international(text, at) {
                    self.found.push(Finding::new(Entity::Phone, range));
                }
            }
            b':' => return self.colon(at),
            b'=' => return self.keyed(at, keyed::after_separator(text, at, names)),
            b'>' => return self.keyed(at, keyed::after_tag(text, at, names)),
            b';' => return self.keyed(at, keyed::after_serialized_key(text, at, names)),
            _ => return self.keyed(at, keyed::after_space(text, at, names)),
        }
        at + 1
    }

    fn colon(&mut self, at: usize) -> usize {
        if let Some(range) = url::userinfo(self.text, at) {
            let end = range.end;
            self.work.spend(range.len());
            self.found.push(Finding::new(Entity::UserInfo, range));
            return end + 1; // the `@` belongs to it
        }
        if at >= self.v6_done {
            let (finding, end) = ip::v6(self.text, at);
            if finding.is_none() {
                self.add(Entity::Hardware, place::hardware(self.text, at));
            }
            self.work.spend(end - at);
            self.found.extend(finding);
            self.v6_done = end;
        }
        let names = &self.knowledge.names;
        let slot = keyed::after_separator(self.text, at, names);
        if slot.is_none() {
            self.add(Entity::Unnamed, person::unnamed(self.text, at, names));
        }
        self.keyed(at, slot)
    }

    /// A run of digits from `at` on.
    fn digits(&mut self, at: usize) -> usize {
        let (text, names) = (self.text, &self.knowledge.names);
        let end = text.digits(at);
        self.work.spend(end - at);
        let next = text.at(end);
        if text.before(at, 1) == b'%' {
            return end; // part of an escape: the decoded view tells
        }
        if end - at <= 3 && matches!(next, b'.' | b'-') {
            self.found.extend(ip::v4(text, at));
            if next == b'.' {
                self.add(Entity::Position, place::position(text, at));
            }
        }
        if place::may_be_hardware(text, at) {
            self.add(Entity::Hardware, place::dashed(text, at));
        }
        let lead = at - text.run_back(at, LONGEST_LEAD, |byte| byte.is_ascii_alphabetic());
        if text.before(at - lead, 1).is_ascii_alphanumeric() {
            return end; // the middle of a word, not its beginning
        }
        let before = (text.before(at, 1), text.before(at, 2));
        let plate = matches!(before, (b' ' | b'-', b'A'..=b'Z'));
        if lead > 0 || plate || is_document(text, at) {
            self.number(at, lead, end);
        } else if end - at <= 2 && matches!(next, b' ' | b'.') {
            self.add(Entity::Birth, prose::birth(text, at, names));
        }
        end
    }

    /// A number that may be long enough to be somebody's: `lead` letters, then digits from `at` to `end`.
    fn number(&mut self, at: usize, lead: usize, end: usize) {
        let (text, names) = (self.text, &self.knowledge.names);
        let identity = |range| (Entity::Identity, range);
        let number = match lead {
            0 => {
                let card = || card::card(text, at).map(|range| (Entity::Card, range));
                let code = || code::numbered(text, at, end).map(identity);
                let spaced = || code::spaced(text, at).map(identity);
                let phone = || phone::national(text, at, names).map(|range| (Entity::Phone, range));
                card().or_else(code).or_else(spaced).or_else(phone)
            }
            2..=6 => {
                let iban = iban::iban(text, at).map(|range| (Entity::Iban, range));
                iban.or_else(|| code::lettered(text, at).map(identity))
            }
            _ => None,
        };
        if let Some((entity, range)) = number {
            self.found.push(Finding::new(entity, range));
        } else if let Some((entity, range)) = prose::number(text, at, names) {
            self.found.push(Finding::new(entity, range).by(Rule::Cue));
        }
    }

    fn add(&mut self, entity: Entity, range: Option<Range<usize>>) {
        self.found.extend(range.map(|range| Finding::new(entity, range)));
    }

    /// Adds the value of `slot`, if there is one to hide; the place to go on from.
    fn keyed(&mut self, at: usize, slot: Option<Slot>) -> usize {
        let Some(slot) = slot else { return at + 1 };
        let secret = slot.kind.is_secret();
        if !secret && slot.start < self.value_done {
            return at + 1;
        }
        let Some(entity) = entity(slot.kind) else { return at + 1 };
        let range = value(self.text, slot);
        self.work.spend(range.len());
        if !keyed::is_value(self.text, &range) || !looks_like(self.text, &range, slot.kind) {
            return at + 1;
        }
        self.value_done = range.end;
        let next = if secret { range.end.max(at + 1) } else { at + 1 };
        self.found.push(Finding::new(entity, range).by(Rule::Key));
        next
    }
}

/// Some words name other things too: their values must look like what is meant.
fn looks_like(text: Text<'_>, range: &Range<usize>, kind: Kind) -> bool {
    let value = &text.bytes()[range.clone()];
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    let digits = || count(u8::is_ascii_digit);
    match kind {
        Kind::Tax => digits() >= 7,
        Kind::Plate => value.len() <= 20 && digits() >= 1 && count(u8::is_ascii_alphabetic) >= 1,
        Kind::Position => value.len() <= 64 && digits() >= 4 && value.contains(&b'.'),
        _ => true,
    }
}

/// Could a date or the number of a document begin at `at`? Most runs of digits fail here.
fn is_document(text: Text<'_>, at: usize) -> bool {
    let part = |byte: u8| {
        byte.is_ascii_digit()
            || byte.is_ascii_uppercase()
            || matches!(byte, b' ' | b'.' | b'-' | b'/' | b'+')
    };
    text.run_within(at, 6, part) == at + 6
}

/// What a keyed value is found as.
pub(super) const fn entity(kind: Kind) -> Option<Entity> {
    Some(match kind {
        Kind::Secret | Kind::Cookie => Entity::Secret,
        Kind::Authorization => Entity::Authorization,
        Kind::Email => Entity::Email,
        Kind::Phone => Entity::Phone,
        Kind::Name => Entity::Name,
        Kind::Address => Entity::Address,
        Kind::Birth => Entity::Birth,
        Kind::Iban => Entity::Iban,
        Kind::Identity | Kind::Tax => Entity::Identity,
        Kind::Plate => Entity::Plate,
        Kind::Position => Entity::Position,
        Kind::Network => return None,
    })
}
