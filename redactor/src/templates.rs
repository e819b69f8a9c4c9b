//! Messages learned as templates: a word stays readable only where enough persons have had it.
//!
//! Invariant: a word that is in no shipped vocabulary stays only at a place of a template that has held it for
//! `after` different persons; everything else becomes `<…>`. What is not learned, forgotten or over a bound is
//! closed. Words and persons are kept as keyed hashes of this process only. Place on the path: the last step
//! on `msg` and `exc`, after the detector and the person's own names.
//!
//! As in Drain (P. He et al., Drain: An Online Log Parsing Approach with Fixed Depth Tree, ICWS 2017) a message
//! is sorted by its length, its fixed parts and its first word; what it leads to is a list of places. Drain merges
//! similar messages into one template; here they stay apart, which closes more and never less.

mod shapes;
mod tokens;
mod words;

use crate::owner::{Names, Person};
use crate::{detect, wipe};
use hashlink::LruCache;
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::ops::Range;
use tokens::{Kind, Token, clauses, split};

/// What stands in the place of a word that is not known.
const UNKNOWN: &str = "<…>";
/// Templates remembered.
const TEMPLATES: usize = 1 << 14;
/// Words and persons remembered, in all templates.
const ENTRIES: usize = 1 << 17;
/// Unknown tokens of one clause that have a place; the others stay closed.
const PLACES: usize = 64;
/// Different words a place may have had; one more, and it holds values: no other word becomes known there.
const WORDS: usize = 16;
/// The same for the first word of a clause, which tells messages apart.
const FIRST_WORDS: usize = 64;

/// A keyed hash of a person, a word or a template.
type Tag = u64;

/// What was learned so far.
pub(crate) struct Templates {
    hasher: SipHasher13,
    learned: LruCache<Tag, Template>,
    entries: usize,
    /// Most templates, and most entries of all.
    bounds: (usize, usize),
    after: usize,
}

/// A person as one who counts. It tells nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Voter(Tag);

/// The places of a template at which its words are not fixed.
#[derive(Default)]
struct Template(Vec<Place>);

/// A place and the words it has held.
#[derive(Default)]
struct Place {
    words: Vec<(Tag, Seen)>,
    /// It has held too many: only what is known already stays.
    full: bool,
}

/// By whom a word was seen.
enum Seen {
    /// By enough persons.
    Known,
    By(Vec<Tag>),
}

impl Templates {
    /// Nothing is learned yet. A word is known once `after` persons have had it.
    pub(crate) fn new(after: usize) -> Self {
        let mut key = [0; 16];
        getrandom::fill(&mut key).expect("the kernel's random source has been seeded");
        let hasher = SipHasher13::new_with_key(&key);
        let bounds = (TEMPLATES, ENTRIES);
        Self { hasher, learned: LruCache::new_unbounded(), entries: 0, bounds, after }
    }

    /// How many persons make a word known.
    pub(crate) fn after(&self) -> usize {
        self.after
    }

    /// The person as one who counts: by user id, else e-mail address, else login. Whoever has none of these, or
    /// only claims them, does not count: a name can be chosen.
    pub(crate) fn voter(&self, tenant: &str, person: &Person<'_>) -> Option<Voter> {
        let Names { uid, email, login, .. } = person.names;
        let id = [("uid", uid), ("email", email), ("login", login)];
        let (kind, id) = id.into_iter().find_map(|(kind, id)| Some((kind, id?)))?;
        // However it is written, an address is one person's.
        let voter = || Voter(self.tag(&[tenant, kind, &id.to_lowercase()]));
        (person.keyed && !person.claimed).then(voter)
    }

    /// Replaces what is not known in `text`, a clear form from `origin` (a channel, a route), and learns from it if
    /// there is a voter; true if anything was replaced.
    pub(crate) fn mask(&mut self, origin: &str, voter: Option<Voter>, text: &mut String) -> bool {
        let mut out = String::with_capacity(text.len());
        let (mut tokens, mut at, mut changed) = (Vec::new(), 0, false);
        for clause in clauses(text) {
            split(text, clause.clone(), detect::is_placeholder, &mut tokens);
            let stays = self.judge(origin, voter, text, &clause, &tokens);
            for (token, stays) in tokens.iter().zip(stays) {
                changed |= !stays;
                let (between, word) = (&text[at..token.range.start], &text[token.range.clone()]);
                push(&mut out, between, stays.then_some(word));
                at = token.range.end;
            }
        }
        out.push_str(&text[at..]);
        std::mem::swap(text, &mut out);
        wipe::text(&mut out);
        changed
    }

    /// Which of the tokens of a clause stay.
    fn judge(
        &mut self,
        origin: &str,
        voter: Option<Voter>,
        text: &str,
        clause: &Range<usize>,
        tokens: &[Token],
    ) -> Vec<bool> {
        let mut stays: Vec<_> = tokens.iter().map(|token| token.kind != Kind::Unknown).collect();
        let unknown = (0..tokens.len()).filter(|n| !stays[*n]).take(PLACES);
        let words: Vec<_> =
            unknown.map(|n| (n, self.tag(&["word", &text[tokens[n].range.clone()]]))).collect();
        let Some(((first, word), others)) = words.split_first() else { return stays };
        let fixed = self.fixed(origin, text, clause, tokens);
        stays[*first] = self.hold(fixed, &[*word], FIRST_WORDS, voter)[0];
        if !others.is_empty() {
            let mut hasher = self.hasher;
            [fixed, *word].into_iter().for_each(|tag| hasher.write_u64(tag));
            let tags: Vec<_> = others.iter().map(|(_, tag)| *tag).collect();
            let known = self.hold(hasher.finish(), &tags, WORDS, voter);
            others.iter().zip(known).for_each(|((n, _), known)| stays[*n] = known);
        }
        stays
    }

    /// The template of a clause by what is fixed in it: where it comes from, its length, punctuation, placeholders
    /// and the words of the vocabulary.
    fn fixed(&self, origin: &str, text: &str, clause: &Range<usize>, tokens: &[Token]) -> Tag {
        let (mut hasher, mut at) = (self.hasher, clause.start);
        write(&mut hasher, origin);
        for token in tokens {
            write(&mut hasher, &text[at..token.range.start]);
            let fixed = match token.kind {
                Kind::Placeholder | Kind::Known => &text[token.range.clone()],
                Kind::Shape => "~",
                Kind::Number => "#",
                Kind::Unknown => "*",
            };
            write(&mut hasher, fixed);
            at = token.range.end;
        }
        write(&mut hasher, &text[at..clause.end]);
        hasher.finish()
    }

    /// Which `words` are known at the places of a template, after they were counted for the voter.
    fn hold(
        &mut self,
        template: Tag,
        words: &[Tag],
        most: usize,
        voter: Option<Voter>,
    ) -> Vec<bool> {
        let Some(Voter(person)) = voter else {
            let learned = self.learned.get(&template);
            let knows = |(n, word): (usize, &Tag)| learned.is_some_and(|all| all.knows(n, *word));
            return words.iter().enumerate().map(knows).collect();
        };
        if !self.learned.contains_key(&template) {
            self.learned.insert(template, Template::default());
        }
        let learned = self.learned.get_mut(&template).expect("inserted above, unless it was there");
        let before = learned.entries();
        learned.0.resize_with(words.len().max(learned.0.len()), Place::default);
        let count = |(place, word): (&mut Place, &Tag)| place.see(*word, person, most, self.after);
        let known = learned.0.iter_mut().zip(words).map(count).collect();
        self.entries = self.entries + learned.entries() - before;
        while self.entries > self.bounds.1 || self.learned.len() > self.bounds.0 {
            let Some((_, forgotten)) = self.learned.remove_lru() else { break };
            self.entries -= forgotten.entries();
        }
        known
    }

    fn tag(&self, parts: &[&str]) -> Tag {
        let mut hasher = self.hasher;
        parts.iter().for_each(|part| write(&mut hasher, part));
        hasher.finish()
    }
}

impl Template {
    fn knows(&self, place: usize, word: Tag) -> bool {
        let words = self.0.get(place).map_or(&[][..], |place| &place.words);
        words.iter().any(|(known, seen)| *known == word && matches!(seen, Seen::Known))
    }

    /// What it takes of the bound: a place, a word and a person count alike.
    fn entries(&self) -> usize {
        let persons = |(_, seen): &(Tag, Seen)| match seen {
            Seen::Known => 0,
            Seen::By(persons) => persons.len(),
        };
        let place =
            |place: &Place| 1 + place.words.len() + place.words.iter().map(persons).sum::<usize>();
        self.0.iter().map(place).sum()
    }
}

impl Place {
    /// Counts a word for a person; true if it is known.
    fn see(&mut self, word: Tag, person: Tag, most: usize, after: usize) -> bool {
        if let Some((_, seen)) = self.words.iter_mut().find(|(known, _)| *known == word) {
            return seen.by(person, after);
        }
        if !self.full && self.words.len() < most {
            let mut seen = Seen::By(Vec::new());
            let known = seen.by(person, after);
            self.words.push((word, seen));
            return known;
        }
        self.full = true;
        self.words.retain(|(_, seen)| matches!(seen, Seen::Known));
        self.words.shrink_to_fit();
        false
    }
}

impl Seen {
    fn by(&mut self, person: Tag, after: usize) -> bool {
        if let Self::By(persons) = self {
            if !persons.contains(&person) {
                persons.push(person);
            }
            if persons.len() < after {
                return false;
            }
            *self = Self::Known;
        }
        true
    }
}

fn write(hasher: &mut SipHasher13, text: &str) {
    hasher.write_usize(text.len());
    hasher.write(text.as_bytes());
}

/// Appends what stands between two words, and a word that stays. Of words next to each other that do not stay, one
/// sign tells.
fn push(out: &mut String, between: &str, word: Option<&str>) {
    const JOINED: [&str; 7] = ["", " ", "-", ".", "_", "'", "’"];
    if word.is_none() && out.ends_with(UNKNOWN) && JOINED.contains(&between) {
        return;
    }
    out.push_str(between);
    out.push_str(word.unwrap_or(UNKNOWN));
}

#[cfg(test)]
mod tests;
