//! Lists of words that are asked often: tables that the compiler fills.
//!
//! Invariant: a list holds exactly the words of its text, as they stand there; a table keeps half of its places empty,
//! or it does not compile. Place on the path: asked by the detectors for one word at a time.

/// The words of a text that spaces and line ends separate. `SLOTS` is a power of two, at least twice the number of words.
pub(super) struct WordList<const SLOTS: usize> {
    text: &'static str,
    /// Where the word of each place begins and how long it is, in bytes; a place without length is empty.
    slots: [(u16, u8); SLOTS],
    /// By the last five bits of the first byte: a bit for each length there is. Most words fail here.
    lengths: [u32; 32],
}

/// Bytes of a word that is looked for without its case.
const LONGEST: usize = 32;

impl<const SLOTS: usize> WordList<SLOTS> {
    /// The words of `text`, in lower case where [`has_any_case`](Self::has_any_case) is asked.
    #[allow(clippy::cast_possible_truncation, reason = "the assertions bound both")]
    pub(super) const fn new(text: &'static str) -> Self {
        let words = text.as_bytes();
        assert!(SLOTS.is_power_of_two() && words.len() <= u16::MAX as usize);
        let (mut slots, mut lengths) = ([(0, 0); SLOTS], [0; 32]);
        let (mut start, mut count) = (0, 0);
        while start < words.len() {
            let mut end = start;
            while end < words.len() && !matches!(words[end], b' ' | b'\n') {
                end += 1;
            }
            if end > start {
                let word = words.split_at(end).0.split_at(start).1;
                assert!(word.len() < LONGEST);
                let mut at = hash(word) & (SLOTS - 1);
                while slots[at].1 != 0 {
                    at = (at + 1) & (SLOTS - 1);
                }
                slots[at] = (start as u16, word.len() as u8);
                lengths[(word[0] & 31) as usize] |= 1 << word.len();
                count += 1;
            }
            start = end + 1;
        }
        assert!(count * 2 <= SLOTS, "the table is too small");
        Self { text, slots, lengths }
    }

    /// All words.
    pub(super) fn words(&self) -> impl Iterator<Item = &'static str> + use<SLOTS> {
        self.text.split_ascii_whitespace()
    }

    /// Is `word` on the list, as it stands?
    pub(super) fn has(&self, word: &[u8]) -> bool {
        let Some(first) = word.first() else { return false };
        let lengths = self.lengths[usize::from(first & 31)];
        if word.len() >= LONGEST || lengths >> word.len() & 1 == 0 {
            return false;
        }
        let mut at = hash(word) & (SLOTS - 1);
        loop {
            let (start, len) = self.slots[at];
            if len == 0 {
                return false;
            }
            let start = usize::from(start);
            if self.text.as_bytes()[start..start + usize::from(len)] == *word {
                return true;
            }
            at = (at + 1) & (SLOTS - 1);
        }
    }

    /// Is `word` on the list of words in lower case, whatever its own case?
    pub(super) fn has_any_case(&self, word: &str) -> bool {
        if !word.is_ascii() {
            return self.has(word.to_lowercase().as_bytes());
        }
        let mut lower = [0; LONGEST];
        let Some(lower) = lower.get_mut(..word.len()) else { return false };
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        self.has(lower)
    }
}

/// Fowler–Noll–Vo 1a, 32 bits, its upper half folded in.
const fn hash(word: &[u8]) -> usize {
    let (mut hash, mut n) = (0x811c_9dc5_u32, 0);
    while n < word.len() {
        hash = (hash ^ word[n] as u32).wrapping_mul(0x0100_0193);
        n += 1;
    }
    (hash ^ hash >> 16) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    static LIST: WordList<16> = WordList::new("né  on o under-way zażółć a.");

    #[test]
    fn a_list_holds_its_words() {
        for word in ["né", "on", "o", "under-way", "zażółć", "a."] {
            assert!(LIST.has(word.as_bytes()), "{word}");
        }
        for word in ["", " ", "n", "né ", "On", "under", "way", "a", "né  on"] {
            assert!(!LIST.has(word.as_bytes()), "{word}");
        }
        assert!(LIST.has_any_case("Under-WAY") && LIST.has_any_case("NÉ"));
        assert!(!LIST.has_any_case("under way") && !LIST.has_any_case(""));
        assert!(!LIST.has_any_case(&"o".repeat(40)));
    }

    proptest! {
        #[test]
        fn a_table_says_what_a_search_says(word in "[onaé. u]{0,3}") {
            let searched = "né  on o under-way zażółć a.".split_ascii_whitespace().any(|w| w == word);
            prop_assert_eq!(LIST.has(word.as_bytes()), searched);
        }
    }
}
