//! One pass over one view of a text: candidates by byte class, each checked by its own rule.
//!
//! Invariant: a detector is called only where its entity may begin, and costs at most a constant or
//! the length of what it finds; so the pass is linear whatever the text.

use super::entity::is_ours;
use super::focus::Focus;
use super::keyed::{self, Slot};
use super::literal::{self, Done, Literals};
use super::marks::{Beginnings, Marks};
use super::names::{self, Kind, Names};
use super::nested;
use super::shape::{self, Shape};
use super::text::{Text, Work, is_word};
use super::value::{self, value};
use super::{
    Entity, Finding, Rule, account, beside, called, card, code, cookie, cue, daemon, date, email,
    form, iban, ip, link, packed, pairs, people, person, phone, place, prose, several, shell,
    street, swift, table, town, travel, unfit, url,
};
use base64::Engine as _;
use std::ops::Range;

/// What the pass needs to know.
pub(super) struct Knowledge {
    pub(super) names: Names,
    literals: Literals,
    pub(super) beginnings: Beginnings,
}

impl Knowledge {
    pub(super) fn new() -> Self {
        let beginnings = Beginnings::new(
            literal::beginnings(),
            Names::vocabulary()
                .map(|(word, kind)| (word, prose::is_number(kind)))
                .chain(names::LINKS.words().map(|word| (word, false))),
            names::BORN.words(),
            names::PHONING.words(),
            street::words(),
            street::ENDINGS,
            Names::glued(),
        );
        Self { names: Names::new(), literals: Literals::new(), beginnings }
    }
}

/// Steps counted for a candidate: the greatest part have to look this far.
const CANDIDATE: usize = 8;

/// Bytes in which a detector looks for the name of a field, before the separator and in a start tag.
const NAME: usize = 160;
const TAG: usize = 240;
/// Bytes in which a detector looks for words about a number.
const TOLD_BEFORE: usize = 104;
const TOLD_BEHIND: usize = 88;

/// Bytes around a house number in which the word for its street stands.
const STREET: usize = 72;

/// Letters in front of digits that are looked at: `password123`.
const LONGEST_LEAD: usize = 12;

/// Appends all findings of `text`, which has this `shape`, that begin in `focus`: in no order, overlapping.
pub(super) fn examine(
    knowledge: &Knowledge,
    text: &str,
    focus: &Focus,
    shape: &Shape,
    work: &mut Work,
    found: &mut Vec<Finding>,
) {
    let text = Text::new(text);
    let marks = Marks::none(text.len());
    let mut pass = Pass {
        knowledge,
        text,
        marks,
        work,
        found,
        v6_done: 0,
        value_done: 0,
        secret_done: 0,
        listed_done: 0,
    };
    if shape.lines() {
        table::with_header(text, &knowledge.names, pass.found);
    }
    let mut at = 0;
    for window in focus.windows() {
        pass.work.spend(window.len());
        pass.mark(shape, window);
        if shape.has(shape::Kind::Capital) {
            pass.people(shape, window);
        }
        at = at.max(window.start);
        while let Some(trigger) = shape.next(shape::Kind::Trigger, at..window.end) {
            pass.work.spend(CANDIDATE);
            if pass.work.is_over() {
                return;
            }
            at = pass.candidate(trigger);
        }
    }
}

struct Pass<'p> {
    knowledge: &'p Knowledge,
    text: Text<'p>,
    marks: Marks,
    work: &'p mut Work,
    found: &'p mut Vec<Finding>,
    /// Colons before this belong to a run already looked at.
    v6_done: usize,
    /// Values before this are part of one already found, and secrets of one that is a secret.
    value_done: usize,
    secret_done: usize,
    /// Lists before this are part of one whose strings are all looked at.
    listed_done: usize,
}

impl Pass<'_> {
    /// Marks the words that may tell something, and finds what is known by its beginning.
    fn mark(&mut self, shape: &Shape, window: &Range<usize>) {
        let Knowledge { names, literals, beginnings } = self.knowledge;
        let (text, work, found) = (self.text, &mut *self.work, &mut *self.found);
        let mut done = Done::default();
        beginnings.mark(text, shape, window, &mut self.marks, |at| {
            literals.find(text, at, &mut done, names, work, found);
        });
    }

    /// Finds names by their own words.
    fn people(&mut self, shape: &Shape, window: &Range<usize>) {
        let (text, names) = (self.text, &self.knowledge.names);
        let (mut next, mut done) = (window.start, 0);
        while let Some(at) = shape.next(shape::Kind::Capital, next..window.end) {
            next = at + 1;
            let before = text.before(at, 1);
            let first =
                (!is_word(before) || before == b'_') && (before < 0x80 || text.is_mark_before(at));
            if first && at >= done && people::may_begin(text, at) {
                self.work.spend(CANDIDATE);
                if let Some(range) = people::named(text, at, names) {
                    done = range.end;
                    self.add(Entity::Name, Some(range));
                }
            }
        }
    }

    /// May the name of a field stand in the `reach` bytes before `at`?
    fn named(&self, at: usize, reach: usize) -> bool {
        self.marks.names.any(at.saturating_sub(reach)..at)
    }

    /// May a word before the number at `at` tell what it is?
    fn told(&self, at: usize) -> bool {
        self.marks.numbers.any(at.saturating_sub(TOLD_BEFORE)..at)
    }

    /// May a word near the number at `at` tell that it is a date of birth?
    fn born(&self, at: usize) -> bool {
        self.marks.births.any(at.saturating_sub(TOLD_BEFORE)..at + TOLD_BEHIND)
    }

    /// May any word tell something of the number at `at`?
    fn cued(&self, at: usize) -> bool {
        self.named(at, TAG) || self.phoned(at) || self.born(at)
    }

    /// May a word near the number at `at` tell that it is for telephoning?
    fn phoned(&self, at: usize) -> bool {
        self.marks.numbers.any(at.saturating_sub(TOLD_BEFORE)..at + TOLD_BEHIND)
            || self.named(at, NAME)
    }

    /// Checks what may begin at `at`; the place to go on from.
    fn candidate(&mut self, at: usize) -> usize {
        let (text, names) = (self.text, &self.knowledge.names);
        match text.at(at) {
            b'0'..=b'9' => return self.digits(at),
            b'@' => {
                let email = email::email(text, at);
                if email.is_none() {
                    let login = person::login_at(text, at).or_else(|| account::mention(text, at));
                    let login = login.or_else(|| shell::login(text, at));
                    let login = login.or_else(|| daemon::of_database(text, at));
                    self.add(Entity::Name, login);
                }
                if let Some(range) = email.filter(|range| !email::is_no_mailbox(text, range)) {
                    self.work.spend(range.len());
                    self.add(Entity::Name, person::display_name(self.text, range.start));
                    self.add(Entity::Name, beside::before_bracket(self.text, range.start));
                    beside::row(self.text, &range, self.found);
                    self.add(Entity::Name, person::comment(self.text, range.end));
                    self.found.push(match email::number(text, &range) {
                        Some(number) => Finding::new(Entity::Phone, number),
                        None => Finding::new(Entity::Email, range),
                    });
                }
            }
            b'+' => {
                if let Some(range) = phone::international(text, at) {
                    self.add(Entity::Name, person::called(text, range.start));
                    self.found.push(Finding::new(Entity::Phone, range));
                }
            }
            b':' => return self.colon(at),
            _ if !self.named(at, TAG) => {}
            b'=' => self.keyed(keyed::after_separator(text, at, names)),
            b'>' => self.keyed(keyed::after_tag(text, at, names)),
            b';' => self.keyed(keyed::after_serialized_key(text, at, names)),
            _ => {
                let slot = keyed::after_comma(text, at, names);
                self.keyed(slot.or_else(|| keyed::after_space(text, at, names)));
            }
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
            let pairs = self.text.at(at + 3) == b':' || self.text.before(at, 3) == b':';
            if finding.is_none() && pairs {
                self.add(Entity::Hardware, place::hardware(self.text, at));
            }
            self.work.spend(end - at);
            if let Some(address) = finding {
                self.visitor(address);
            }
            self.v6_done = end;
        }
        let names = &self.knowledge.names;
        let named = self.named(at, NAME);
        let slot = if named { keyed::after_separator(self.text, at, names) } else { None };
        let slot = slot.or_else(|| pairs::named_beside(self.text, at, names));
        if slot.is_none() {
            self.add(Entity::Unnamed, person::unnamed(self.text, at, names));
        }
        self.keyed(slot);
        at + 1
    }

    /// Adds an IP address, and the login that servers write beside it.
    fn visitor(&mut self, address: Finding) {
        self.add(Entity::Name, person::login_beside(self.text, &address.range));
        self.found.push(address);
    }

    /// A run of digits from `at` on.
    fn digits(&mut self, at: usize) -> usize {
        let (text, names) = (self.text, &self.knowledge.names);
        let end = text.digits(at);
        self.work.spend(end - at);
        let (before, next) = (text.before(at, 1), text.at(end));
        if before == b'%' {
            return end; // part of an escape: the decoded view tells
        }
        let lead = if before.is_ascii_alphabetic() {
            at - text.run_back(at, LONGEST_LEAD, |byte| byte.is_ascii_alphabetic())
        } else {
            0
        };
        let inside = text.before(at - lead, 1).is_ascii_alphanumeric()
            && !(lead > 0 && swift::begins(text, at - lead));
        if inside && next.is_ascii_alphabetic() {
            return end; // letters and digits on both sides: most of an id
        }
        if end - at <= 8 && code::is_uuid(text, at) {
            return at + code::UUID;
        }
        if end - at == 4
            && next == b'-'
            && let Some(end) = date::moment(text, at)
            && !self.cued(at)
        {
            return end; // when something happened
        }
        if end - at <= 3 && matches!(next, b'.' | b'-') {
            let second = text.run_within(end + 1, 4, |byte| byte.is_ascii_digit());
            if second > end + 1
                && text.at(second) == next
                && let Some(address) = ip::v4(text, at)
            {
                let end = address.range.end;
                self.visitor(address);
                return end;
            }
            if next == b'.' && second == end + 5 {
                self.add(Entity::Position, place::position(text, at));
            }
        }
        if before == b'?' && matches!(text.slice(at..end), "32" | "33") {
            self.add(Entity::Name, cue::full(text, end)); // the payer of a bank statement (MT940, field 86)
        }
        if end - at <= 4
            && !is_word(before)
            && !(before == b':' && text.before(at, 2).is_ascii_digit()) // 10:30
            && self.marks.streets.any(at.saturating_sub(STREET)..at + STREET)
        {
            self.add(Entity::Address, street::street(text, at..end));
        }
        if next == 0xc2 {
            self.add(Entity::Position, place::sexagesimal(text, at, end));
        }
        if next == b'.' && end - at <= 2 {
            self.add(Entity::Name, travel::passenger(text, end));
        }
        if next == b'.' && text.slice(at..end) == "756" {
            self.add(Entity::Identity, code::swiss(text, at));
        }
        if before == b'$' && end == at + 1 {
            let first = self.found.len();
            account::with_hash(text, at - 1, self.found);
            let len = self.found.get(first).map_or(0, |hash| hash.range.len());
            self.work.spend(len);
        }
        if place::may_be_hardware(text, at) {
            self.add(Entity::Hardware, place::dashed(text, at));
        }
        if inside || end - at == 12 && before == b'-' && code::ends_uuid(text, end) {
            return end; // the middle of a word, not its beginning
        }
        let before = (text.before(at, 1), text.before(at, 2));
        let plate = matches!(before, (b' ' | b'-' | b'+', b'A'..=b'Z'));
        if let Some(range) = prose::french_plate(text, at..end) {
            self.add(Entity::Plate, Some(range));
        } else if lead > 0
            || plate
            || is_document(text, at)
            || matches!(end - at, 4 | 5) && self.told(at) && prose::is_behind_code(text, at)
        {
            self.number(at, lead, end);
        } else if end - at <= 2 && matches!(next, b' ' | b'.' | b',') && self.born(at) {
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
                let cued = || self.phoned(at);
                // A card's number is whole or begins with a group of four.
                let may_be_card = end - at == 4 || end - at >= 13;
                let card = || {
                    may_be_card.then(|| card::card(text, at))?.map(|range| (Entity::Card, range))
                };
                let code = || code::numbered(text, at, end).map(identity);
                let spaced = || code::spaced(text, at).map(identity);
                let phone =
                    || phone::national(text, at, names, cued).map(|range| (Entity::Phone, range));
                card().or_else(code).or_else(spaced).or_else(phone)
            }
            2..=6 => {
                let iban = iban::iban(text, at).map(|range| (Entity::Iban, range));
                iban.or_else(|| code::lettered(text, at).map(identity))
            }
            _ => None,
        };
        let told = || {
            let (told, born) = (self.told(at), self.born(at));
            if told || born { prose::number(text, at, names, told, born) } else { None }
        };
        let (number, rule) = match number {
            Some(number) => (Some(number), None),
            None => (told(), Some(Rule::Cue)),
        };
        if let Some((entity, range)) = number {
            if entity == Entity::Phone {
                self.add(Entity::Name, person::called(text, range.start));
            }
            let found = Finding::new(entity, range);
            self.found.push(match rule {
                Some(rule) => found.by(rule),
                None => found,
            });
        }
    }

    fn add(&mut self, entity: Entity, range: Option<Range<usize>>) {
        let range = range.filter(|range| !is_ours(self.text, range));
        self.found.extend(range.map(|range| Finding::new(entity, range)));
    }

    /// Adds the value of `slot`, if there is one to hide. What else begins in it is looked at all the same: it may
    /// reach farther.
    fn keyed(&mut self, slot: Option<Slot>) {
        let Some(slot) = slot else { return };
        let secret = slot.kind.is_secret();
        let done = if secret { self.secret_done } else { self.value_done };
        if slot.start < done {
            return;
        }
        let Some(entity) = entity(slot.kind) else { return };
        let mut looked = 0;
        let list = value::list(self.text, slot, &mut looked);
        self.work.spend(looked);
        if let Some(list) = list {
            if form::is_masked(self.text.slice(list.clone())) {
                return;
            }
            return self.listed(list, slot.kind, entity);
        }
        if self.text.at(slot.start) == b'\n' {
            self.block(slot, entity);
        }
        let range = value(self.text, slot);
        let mention = slot.kind == Kind::Login && self.text.at(range.start) == b'@';
        let range = range.start + usize::from(mention)..range.end;
        let bare = !matches!(self.text.before(range.start, 1), b'"' | b'\'' | b'>');
        let range =
            if bare && slot.kind == Kind::Email { email::whole(self.text, range) } else { range };
        self.work.spend(range.len());
        if !keyed::is_value(self.text, &range, slot.kind)
            || !looks_like(self.text, &range, slot.kind)
            || bare && !secret && unfit::is_pair(self.text, &range, &self.knowledge.names)
        {
            return;
        }
        self.value_done = self.value_done.max(range.end);
        if secret {
            self.secret_done = range.end;
        }
        hide(self.text, range, (slot.kind, entity), self.found);
    }

    /// Adds the items of the list of YAML below the key of `slot`.
    fn block(&mut self, slot: Slot, entity: Entity) {
        let (text, work, found) = (self.text, &mut *self.work, &mut *self.found);
        several::each_in_block(text, slot.start, |range| {
            work.spend(range.len());
            let kind = if slot.kind == Kind::Name { Kind::Person } else { slot.kind };
            if keyed::is_value(text, &range, kind) && looks_like(text, &range, kind) {
                hide(text, range, (slot.kind, entity), found);
            }
        });
    }

    /// Adds the values in `list`, which is the value of a key that tells.
    fn listed(&mut self, list: Range<usize>, kind: Kind, entity: Entity) {
        if list.start < self.listed_done {
            return;
        }
        let (text, names) = (self.text, &self.knowledge.names);
        let (found, done) = (&mut *self.found, &mut self.secret_done);
        self.work.spend(2 * list.len());
        if kind.is_secret() && kind != Kind::Session {
            self.listed_done = list.end;
        }
        nested::each(text, list, |key, range| {
            let hidden = nested::is_hidden(kind, key, text.slice(range.clone()), names)
                && keyed::is_value(text, &range, kind)
                && looks_like(text, &range, kind);
            if hidden {
                if kind.is_secret() {
                    *done = range.end;
                }
                hide(text, range, (kind, entity), found);
            }
        });
    }
}

/// Adds the value of a key: of a cookie what may not stay, else all of it.
fn hide(
    text: Text<'_>,
    range: Range<usize>,
    (kind, entity): (Kind, Entity),
    found: &mut Vec<Finding>,
) {
    let mut add = |range| found.push(Finding::new(entity, range).by(Rule::Key));
    if kind == Kind::Cookie {
        cookie::each_hidden(text, range, add);
    } else {
        add(range);
    }
}

/// Some words name other things too: their values must look like what is meant.
pub(super) fn looks_like(text: Text<'_>, range: &Range<usize>, kind: Kind) -> bool {
    let value = &text.bytes()[range.clone()];
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    let digits = || count(u8::is_ascii_digit);
    let whole = || text.slice(range.clone());
    if form::is_schema(whole()) || !unfit::fits(text, range, kind) {
        return false;
    }
    match kind {
        Kind::Tax => digits() >= 7,
        Kind::Part => person::is_part(text, range),
        Kind::Name => {
            !cue::is_everywhere(whole())
                && !form::is_name_of_software(whole())
                && !date::is_moment(text, range)
                && !form::is_label(whole())
        }
        Kind::Phone => form::is_phone(whole()),
        Kind::Identity => digits() > 0 || !unfit::is_prose(text, range),
        Kind::Email => {
            let port = || value.len() <= 5 && value.iter().all(u8::is_ascii_digit); // `mail.example.org:587`
            !(whole().contains(' ') && called::is_phrase(whole()) || port())
        }
        Kind::Iban => digits() >= 2 || !whole().is_ascii(),
        Kind::Authorization => !form::is_said(whole()),
        Kind::Address => !form::is_socket(whole()),
        Kind::Town => town::is_beside_street(text, range),
        Kind::Secret => !matches!(value, b"0" | b"1"),
        Kind::Secrets | Kind::Tokens => several::is_one(text, range, kind),
        Kind::Session => form::is_session(text, range),
        Kind::Person => person::is_written(text.slice(range.clone())),
        Kind::Login => {
            let value = text.slice(range.clone());
            person::is_written(value) || person::is_user(value) && !form::is_service(value)
        }
        Kind::Nonce => is_random(value),
        Kind::Link => link::is_key(text, range),
        Kind::Plate => value.len() <= 20 && digits() >= 1 && count(u8::is_ascii_alphabetic) >= 1,
        Kind::Position => value.len() <= 64 && digits() >= 4 && value.contains(&b'.'),
        _ => true,
    }
}

/// Letters and digits mixed, longer than any word, no UUID or hash, and no text in base64: that is looked into.
fn is_random(value: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    let token = |byte: &u8| {
        is_word(*byte) || matches!(byte, b'-' | b'.' | b'~' | b'/' | b'+' | b'=' | b'%')
    };
    value.len() >= 24
        && count(u8::is_ascii_digit) >= 3
        && count(u8::is_ascii_uppercase) >= 3
        && value.iter().all(token)
        && !packed::LENIENT.decode(value).is_ok_and(|text| std::str::from_utf8(&text).is_ok())
}

/// Could a date or the number of a document begin at `at`? Most runs of digits fail here.
fn is_document(text: Text<'_>, at: usize) -> bool {
    let part = |byte: u8| {
        byte.is_ascii_digit()
            || byte.is_ascii_uppercase()
            || matches!(byte, b' ' | b'.' | b'-' | b'/' | b'+' | b')')
    };
    text.run_within(at, 6, part) == at + 6
}

/// What a keyed value is found as.
pub(super) const fn entity(kind: Kind) -> Option<Entity> {
    Some(match kind {
        Kind::Secret | Kind::Secrets | Kind::Tokens => Entity::Secret,
        Kind::Cookie | Kind::Session | Kind::Nonce | Kind::Link => Entity::Secret,
        Kind::Authorization => Entity::Authorization,
        Kind::Email => Entity::Email,
        Kind::Phone => Entity::Phone,
        Kind::Name | Kind::Person | Kind::Login | Kind::Part => Entity::Name,
        Kind::Address | Kind::Town => Entity::Address,
        Kind::Birth => Entity::Birth,
        Kind::Iban => Entity::Iban,
        Kind::Identity | Kind::Tax => Entity::Identity,
        Kind::Plate => Entity::Plate,
        Kind::Position => Entity::Position,
        Kind::Network => return None,
    })
}
