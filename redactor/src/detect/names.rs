//! Names of fields whose values are secret or personal, in English, French, Italian and German.
//!
//! Invariant: a name is judged by its words, however they are joined (snake, kebab, camel, dotted,
//! bracketed, accented), so that `user[plainPassword][first]` is a password and `keyboard` no key.

mod europe;
mod further;
mod words;

use super::wordlist::WordList;
use europe::EUROPE;
use further::FURTHER;
pub(super) use further::LINKS;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
pub(super) use words::{BORN, PHONING, THINGS};
use words::{COUNTING, GLUED, HANDING, MACHINES, NUMBERS, PERSONS, PLACES, TECHNICAL, WORDS};

/// What a field's value is, judged by the field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Never to be sealed.
    Secret,
    /// More than one [`Kind::Secret`], or how many there are.
    Secrets,
    /// As [`Kind::Secrets`]; a parser and a model of language have tokens too, so a value must look like one.
    Tokens,
    /// As [`Kind::Secret`], with a scheme in front.
    Authorization,
    /// As [`Kind::Secret`], pairs with semicolons between them.
    Cookie,
    /// As [`Kind::Secret`]; the same words name parts of software (`session`, `auth`), which have fields of their own.
    Session,
    Email,
    Phone,
    Name,
    /// Who takes a part (`patient`, `driver`): the same words name other things, so the value must look like a name.
    Person,
    /// Who does something (`account`, `moderator`): as [`Kind::Person`], and a login too.
    Login,
    /// A part of a name (`family`, `given`): beside others only.
    Part,
    Address,
    /// A town: beside a street only.
    Town,
    Birth,
    Iban,
    Identity,
    /// A tax number; the same words name rates (`vat=20`), so the value must look like one.
    Tax,
    /// A code or state of a login flow (RFC 6749 section 4.1): a value as random as a token.
    Nonce,
    /// What may be the key of a link (`?t=…`, `&invite=…`): a parameter with a random value.
    Link,
    /// The plate of a vehicle: a value with letters and digits.
    Plate,
    /// Coordinates: a value with decimals.
    Position,
    /// An IP address: found by its shape, the name only tells that it is personal.
    Network,
}

impl Kind {
    /// Does the name alone decide, whatever the value looks like?
    pub(super) const fn is_certain(self) -> bool {
        let unsure = matches!(
            self,
            Self::Person | Self::Login | Self::Part | Self::Town | Self::Nonce | Self::Link
        );
        !unsure && !self.is_several()
    }

    /// Do lists and objects hold the values, and numbers say how many there are?
    pub(super) const fn is_several(self) -> bool {
        matches!(self, Self::Secrets | Self::Tokens)
    }

    pub(super) const fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::Authorization | Self::Cookie | Self::Session)
            || self.is_several()
    }
}

/// Where in a name the word must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere, unless a word of [`TECHNICAL`] follows.
    Any,
    /// Last, but for a word of [`COUNTING`].
    Last,
    /// As last, and nothing but a word of [`PERSONS`] before it.
    OfPerson,
    /// As last, and no word of [`MACHINES`] before it.
    NotOfMachine,
    /// As the whole name.
    Alone,
}

/// Words that may stand between a cue and its number.
const FARTHEST: usize = 5;

/// The lists of the vocabulary.
fn all_words() -> impl Iterator<Item = (Kind, Place, &'static str)> {
    WORDS.into_iter().chain(NUMBERS).chain(PLACES).chain(FURTHER).chain(EUROPE)
}

/// The vocabulary, ready to be asked.
pub(super) struct Names {
    words: HashMap<&'static [u8], (Kind, Place), BuildHasherDefault<Fnv>>,
    /// Which lengths and first two letters the words have: most others fail here.
    heads: [u64; 64],
    /// Which first three letters they have: nothing begins at a word that fails here.
    starts: Box<[u64; 512]>,
    glued: Vec<&'static str>,
    /// Which last two letters the glued words have.
    tails: [u32; 32],
}

impl Names {
    pub(super) fn new() -> Self {
        let mut names = Self {
            words: HashMap::default(),
            heads: [0; 64],
            starts: Box::new([0; 512]),
            glued: GLUED.split_ascii_whitespace().collect(),
            tails: [0; 32],
        };
        for word in &names.glued {
            let (last, before) = tail(word.as_bytes());
            names.tails[last] |= 1 << before;
        }
        for (kind, place, words) in all_words() {
            for word in words.split_ascii_whitespace() {
                let bit = head(word.as_bytes());
                names.heads[bit / 64] |= 1 << (bit % 64);
                let first = start(word.as_bytes());
                let alike = if word.len() < 3 { first..first + 32 } else { first..first + 1 };
                alike.for_each(|start| names.starts[start / 64] |= 1 << (start % 64));
                names.words.insert(word.as_bytes(), (kind, place));
            }
        }
        names
    }

    /// Every word, joined, with its kind.
    pub(super) fn vocabulary() -> impl Iterator<Item = (&'static str, Kind)> {
        let lists = all_words();
        lists.flat_map(|(kind, _, words)| {
            words.split_ascii_whitespace().map(move |word| (word, kind))
        })
    }

    /// Every word that counts at the end of another.
    pub(super) fn glued() -> impl Iterator<Item = &'static str> {
        GLUED.split_ascii_whitespace()
    }

    /// What the value of the field `key` is.
    pub(super) fn kind(&self, key: &str) -> Option<Kind> {
        self.judge(&Words::of(key))
    }

    /// As [`kind`](Self::kind) for a key in a sentence: only what ends with its last word counts,
    /// and what stands before says little about it.
    pub(super) fn kind_at_end(&self, sentence: &str) -> Option<Kind> {
        let words = Words::of(sentence);
        let first = words.count.saturating_sub(4);
        (first..words.count).find_map(|from| self.matches(&words, from, words.count, true))
    }

    /// What the number behind `sentence` is, by the nearest words that say so, and how many words stand between.
    /// Only kinds that it can be are `wanted`.
    pub(super) fn kind_before(
        &self,
        sentence: &str,
        wanted: fn(Kind) -> bool,
    ) -> Option<(Kind, usize)> {
        let words = Words::of(sentence);
        let first = words.count.saturating_sub(FARTHEST);
        let ending = |to: usize| {
            let mut starts = to.saturating_sub(4)..to;
            starts
                .find_map(|from| self.matches(&words, from, to, true).filter(|kind| wanted(*kind)))
        };
        (first..=words.count).rev().find_map(|to| Some((ending(to)?, words.count - to)))
    }

    /// Is one of the last words of `sentence` in `list` (`né le`, `call me on`)?
    pub(super) fn tells<const N: usize>(&self, sentence: &str, list: &WordList<N>) -> bool {
        let words = Words::of(sentence);
        let first = words.count.saturating_sub(FARTHEST);
        (first..words.count).any(|n| list.has(words.join(n, n + 1)))
    }

    /// Is the last word of `key` in `list`?
    pub(super) fn last_is_in<const N: usize>(&self, key: &str, list: &WordList<N>) -> bool {
        let words = Words::of(key);
        words.count.checked_sub(1).is_some_and(|last| list.has(words.join(last, last + 1)))
    }

    /// The longest entries in `words`, from the left: a secret if there is one, else the last.
    fn judge(&self, words: &Words) -> Option<Kind> {
        let (mut best, mut from) = (None, 0);
        while from < words.count {
            let farthest = if self.begins(words, from) { from + 4 } else { from + 1 };
            let ends = (from + 1..=words.count.min(farthest)).rev();
            let longest = ends
                .map(|to| (to, self.matches(words, from, to, false)))
                .find(|hit| hit.1.is_some());
            match longest {
                Some((_, Some(kind))) if kind.is_secret() => return Some(kind),
                Some((to, kind)) => {
                    let weaker =
                        kind.is_some_and(|kind: Kind| !kind.is_certain()) && best.is_some();
                    (best, from) = (if weaker { best } else { kind }, to);
                }
                None => from += 1,
            }
        }
        match best {
            // `customer.last`, `passenger_first`
            Some(Kind::Person | Kind::Login) if self.is_half(words) => Some(Kind::Name),
            _ => best,
        }
    }

    /// Is the last of two words or more a half of a name?
    fn is_half(&self, words: &Words) -> bool {
        let last = words.count.checked_sub(1).filter(|last| *last > 0);
        last.is_some_and(|last| matches!(words.join(last, last + 1), b"first" | b"last"))
    }

    /// May an entry of more than one word begin with the word `from`?
    fn begins(&self, words: &Words, from: usize) -> bool {
        let start = start(&words.letters[words.end(from)..words.len]);
        self.starts[start / 64] >> (start % 64) & 1 != 0
    }

    /// Do the words `from..to` say what the value is, given those around them?
    fn matches(&self, words: &Words, from: usize, to: usize, sentence: bool) -> Option<Kind> {
        let joined = words.join(from, to);
        let known = if self.begins(words, from) { self.lookup(joined) } else { None };
        let (kind, place) = match known {
            Some(known) => known,
            None if to == from + 1 => (self.lookup(self.ending(joined)?.as_bytes())?.0, Place::Any),
            None => return None,
        };
        let mut after = (to..words.count).map(|n| words.join(n, n + 1));
        let mut before = (0..from).map(|n| words.join(n, n + 1));
        let mut is_last = || after.all(|word| COUNTING.has(word));
        let fits = match place {
            Place::Any => {
                let technical = (to..words.count).any(|n| TECHNICAL.has(words.join(n, n + 1)));
                let last = || words.join(words.count - 1, words.count);
                !technical || (sentence && HANDING.has(last()))
            }
            // `appDisplayName`
            Place::Last if joined == b"displayname" => {
                is_last()
                    && !before
                        .next_back()
                        .is_some_and(|word| THINGS.has(word) && word != b"account")
            }
            Place::Last => is_last(),
            Place::OfPerson if sentence => !before.next_back().is_some_and(|word| THINGS.has(word)),
            Place::OfPerson => is_last() && before.all(|word| PERSONS.has(word)),
            Place::Alone => from == 0 && is_last(),
            Place::NotOfMachine => is_last() && !before.any(|word| MACHINES.has(word)),
        };
        fits.then_some(kind)
    }

    fn lookup(&self, word: &[u8]) -> Option<(Kind, Place)> {
        let bit = head(word);
        if self.heads[bit / 64] >> (bit % 64) & 1 == 0 {
            return None;
        }
        self.words.get(word).copied()
    }

    /// The glued word that `word` begins or ends with.
    fn ending(&self, word: &[u8]) -> Option<&'static str> {
        if word.len() < 6 {
            return None;
        }
        let (last, before) = tail(word);
        if self.tails[last] >> before & 1 == 0 && !word.starts_with(b"pass") {
            return None;
        }
        let begins = |glued: &str| word.starts_with(glued.as_bytes()) && glued.starts_with("pass");
        self.glued.iter().copied().find(|glued| word.ends_with(glued.as_bytes()) || begins(glued))
    }
}

fn head(word: &[u8]) -> usize {
    let letter = |n: usize| usize::from(word.get(n).copied().unwrap_or(0) & 31);
    letter(0) << 7 | letter(1) << 2 | word.len() & 3
}

/// The first three letters, each as one of 32.
fn start(word: &[u8]) -> usize {
    word.iter().chain(&[0, 0, 0]).take(3).fold(0, |start, byte| start << 5 | usize::from(byte & 31))
}

/// The last two letters, the last first, each as one of 32.
fn tail(word: &[u8]) -> (usize, usize) {
    let letter =
        |back: usize| word.len().checked_sub(back).map_or(0, |at| usize::from(word[at] & 31));
    (letter(1), letter(2))
}

/// Fowler–Noll–Vo 1a, 64 bits: for tables whose keys are all our own.
#[derive(Default)]
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The words of a name: lower case, accents folded, digits left out. Lives on the stack: names are
/// judged at every separator.
struct Words {
    letters: [u8; Words::LONGEST],
    len: usize,
    ends: [usize; Words::MOST],
    count: usize,
}

impl Words {
    const MOST: usize = 12;
    /// Bytes of a longer name that are looked at, from its end.
    const LONGEST: usize = 96;

    fn of(name: &str) -> Self {
        let name = &name[name.ceil_char_boundary(name.len().saturating_sub(Self::LONGEST))..];
        let mut words =
            Self { letters: [0; Self::LONGEST], len: 0, ends: [0; Self::MOST], count: 0 };
        if name.is_ascii() {
            words.read_ascii(name.as_bytes());
            return words;
        }
        let mut last = ' ';
        let mut chars = name.chars().peekable();
        while let Some(char) = chars.next() {
            if char == '%' && chars.peek().is_some_and(char::is_ascii_hexdigit) {
                chars.next();
                chars.next();
            }
            let next_lower = chars.peek().is_some_and(|next| next.is_lowercase());
            let upper = char.is_uppercase();
            let camel = upper && (last.is_lowercase() || (last.is_uppercase() && next_lower));
            if camel || !char.is_alphabetic() {
                words.end_word();
            }
            if char.is_alphabetic() {
                words.push(char);
            }
            last = char;
        }
        words.end_word();
        words
    }

    /// As the loop over characters, for the names nearly all are.
    fn read_ascii(&mut self, name: &[u8]) {
        let (mut last, mut at) = (0, 0);
        while let Some(&byte) = name.get(at) {
            at += 1;
            if byte.is_ascii_alphabetic() {
                let next_lower = || name.get(at).is_some_and(u8::is_ascii_lowercase);
                let inside_upper = || last & 0x20 == 0 && !next_lower();
                if byte & 0x20 == 0 && last != 0 && !inside_upper() {
                    self.end_word();
                }
                if let Some(room) = self.letters.get_mut(self.len) {
                    *room = byte | 0x20;
                    self.len += 1;
                }
                last = byte;
            } else {
                if last != 0 {
                    self.end_word();
                }
                let escape = byte == b'%' && name.get(at).is_some_and(u8::is_ascii_hexdigit);
                at += if escape { 2 } else { 0 };
                last = 0;
            }
        }
        self.end_word();
    }

    fn push(&mut self, char: char) {
        if char.is_ascii() {
            return self.push_bytes(&[char.to_ascii_lowercase() as u8]);
        }
        for lower in char.to_lowercase() {
            let folded = match lower {
                'à' | 'á' | 'â' | 'ä' | 'ã' | 'ą' | 'å' => "a",
                'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => "e",
                'ì' | 'í' | 'î' | 'ï' => "i",
                'ò' | 'ó' | 'ô' | 'ö' | 'õ' | 'ø' | 'ő' => "o",
                'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' => "u",
                'ç' | 'ć' | 'č' => "c",
                'ñ' | 'ń' => "n",
                'ł' => "l",
                'ř' => "r",
                'ś' | 'š' => "s",
                'ý' => "y",
                'ź' | 'ż' | 'ž' => "z",
                'ß' => "ss",
                _ => "?",
            };
            self.push_bytes(folded.as_bytes());
        }
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        if let Some(room) = self.letters.get_mut(self.len..self.len + bytes.len()) {
            room.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    fn end_word(&mut self) {
        if self.len == self.end(self.count) {
            return;
        }
        if self.count == Self::MOST {
            // The last words decide: the first one becomes part of the second.
            self.ends.copy_within(1.., 0);
            self.count -= 1;
        }
        self.ends[self.count] = self.len;
        self.count += 1;
    }

    /// Where the first `count` words end.
    fn end(&self, count: usize) -> usize {
        count.checked_sub(1).map_or(0, |last| self.ends[last])
    }

    /// The words `from..to`, joined.
    fn join(&self, from: usize, to: usize) -> &[u8] {
        &self.letters[self.end(from)..self.end(to)]
    }
}

#[cfg(test)]
mod tests;
