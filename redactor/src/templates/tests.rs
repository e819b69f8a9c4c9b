//! What may stay of a message, and that nothing makes a word known but persons.

use super::*;
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

const AFTER: usize = 3;

fn person(uid: &str) -> Person<'_> {
    let names = Names { uid: Some(uid), ..Names::default() };
    Person { names, claimed: false, keyed: true }
}

/// What stays of `text` when the person `uid` has it.
fn said(templates: &mut Templates, uid: &str, text: &str) -> String {
    let voter = templates.voter("acme", &person(uid));
    let mut text = text.to_owned();
    templates.mask("app", voter, &mut text);
    text
}

fn said_by(templates: &mut Templates, uids: &[&str], text: &str) -> String {
    uids.iter().fold(String::new(), |_, uid| said(templates, uid, text))
}

#[test]
fn it_starts_closed_but_for_the_vocabulary() {
    let mut templates = Templates::new(AFTER);
    for (text, clear) in [
        ("user Jean Dupont not found (3 attempts)", "user <…> not found (3 attempts)"),
        ("der Kunde Page hat storniert", "der <…> hat <…>"),
        (
            "from 203.0.113.0/24 <email> <login>: <jean>",
            "from 203.0.113.0/24 <email> <login>: <<…>>",
        ),
        ("ÉCHEC de connexion pour d'Alembert", "ÉCHEC de connexion pour d'<…>"),
        (
            "commit a3f2b1c of a3f2b1c4-0612-4111-8111-a11111111111",
            "commit <…> of a3f2b1c4-0612-4111-8111-a11111111111",
        ),
        ("", ""),
        ("…—", "…—"),
    ] {
        assert_eq!(said(&mut templates, "1", text), clear);
        assert_eq!(said(&mut templates, "1", clear), clear, "masking twice changes nothing");
    }
}

#[test]
fn a_word_is_known_when_enough_persons_had_it_there() {
    let mut templates = Templates::new(AFTER);
    let text = "webinar Frühling begins";
    assert_eq!(said_by(&mut templates, &["1", "2", "1", "2", "1"], text), "webinar <…>");
    assert_eq!(said(&mut templates, "3", text), text);
    assert_eq!(said(&mut templates, "1", text), text);
    assert_eq!(said(&mut templates, "1", "Frühling"), "<…>", "another template");
    let mut text = text.to_owned();
    assert!(templates.mask("other", None, &mut text), "another channel");
    let mut nobody = "webinar Frühling begins".to_owned();
    assert!(!templates.mask("app", None, &mut nobody), "what is known is known for all");
}

#[test]
fn who_does_not_count() {
    let mut templates = Templates::new(2);
    let (claimed, keyless) =
        (Person { claimed: true, ..person("1") }, Person { keyed: false, ..person("1") });
    let name = Person { names: Names { name: Some("Ada"), ..Names::default() }, ..person("1") };
    for person in [claimed, keyless, name] {
        assert_eq!(templates.voter("acme", &person), None);
    }
    for _ in 0..9 {
        let mut text = "Jean".to_owned();
        templates.mask("app", None, &mut text);
        assert_eq!(text, UNKNOWN);
    }
    assert_ne!(templates.voter("a", &person("1")), templates.voter("b", &person("1")));
    assert_eq!(templates.voter("a", &person("1")), templates.voter("a", &person("1")));
}

#[test]
fn a_place_that_holds_values_knows_no_more_words() {
    let mut templates = Templates::new(AFTER);
    let text = |name: &str| format!("webinar of {name}");
    said_by(&mut templates, &["1", "2", "3"], &text("all"));
    // `webinar` is in the vocabulary, so the name is the first unknown word.
    for n in 0..=FIRST_WORDS {
        said(&mut templates, &n.to_string(), &text(&format!("Name{n}")));
    }
    assert_eq!(said_by(&mut templates, &["7", "8", "9", "10"], &text("Jean")), "webinar of <…>");
    assert_eq!(said(&mut templates, "1", &text("all")), "webinar of all");
}

#[test]
fn names_are_counted_whole_and_behind_their_message() {
    let mut templates = Templates::new(AFTER);
    for uid in ["1", "2", "3"] {
        said(&mut templates, uid, &format!("Sandwich for Jean Martin{uid}"));
        said(&mut templates, uid, &format!("Sandwich for Jean{uid} Martin"));
    }
    let all = said(&mut templates, "4", "Sandwich for Jean Martin");
    assert_eq!(all, "Sandwich for <…>", "Jean and Martin alone were never there");
}

#[test]
fn a_flood_forgets_and_never_opens() {
    let mut templates = Templates { bounds: (8, 64), ..Templates::new(AFTER) };
    said_by(&mut templates, &["1", "2"], "Coffee is hot");
    for n in 0..1000 {
        said(&mut templates, "1", &format!("{} x{n} y{n}", "(".repeat(n % 50)));
        assert!(templates.learned.len() <= 8 && templates.entries <= 64);
    }
    let entries: usize = templates.learned.iter().map(|(_, template)| template.entries()).sum();
    assert_eq!(entries, templates.entries);
    assert_eq!(said(&mut templates, "3", "Coffee is hot"), "<…> is <…>");
}

#[test]
fn a_huge_message_has_few_places() {
    let mut templates = Templates::new(2);
    let text: String = (0..2000).map(|n| format!("w{n},")).collect();
    said_by(&mut templates, &["1", "2"], &text);
    assert!(templates.entries <= 4 * PLACES, "{}", templates.entries);
    assert!(said(&mut templates, "3", &text).ends_with("<…>,"));
}

/// Words that are in no vocabulary, and signs.
fn message() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[J-M][aé][nr]",
        "[j-m]o[xyz]",
        Just("user".to_owned()),
        Just("<email>".to_owned()),
        "[0-9]{1,5}",
        Just("not".to_owned()),
    ];
    let sign =
        prop_oneof![Just(" "), Just(", "), Just(": "), Just("-"), Just("'"), Just("\u{200b}")];
    prop::collection::vec((word, sign), 1..7)
        .prop_map(|parts| parts.into_iter().map(|(word, sign)| word + sign).collect())
}

proptest! {
    /// Fewer persons than it takes never make a word readable, whatever they say how often.
    #[test]
    fn too_few_persons_open_nothing(said_all in prop::collection::vec((0..AFTER - 1, message()), 1..60)) {
        let mut templates = Templates::new(AFTER);
        for (uid, text) in said_all {
            let clear = said(&mut templates, &uid.to_string(), &text);
            for word in clear.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
                let harmless = ["user", "not", "email"].contains(&word)
                    || word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit());
                prop_assert!(harmless, "{word} of {text}");
            }
        }
    }

    /// Whatever stays of a word that is in no vocabulary was said by enough persons before.
    #[test]
    fn what_stays_was_said_by_enough(said_all in prop::collection::vec((0..6u8, message()), 1..120)) {
        let mut templates = Templates { bounds: (20, 100), ..Templates::new(AFTER) };
        let mut by: HashMap<String, HashSet<u8>> = HashMap::new();
        for (uid, text) in said_all {
            let words = |text: &str| -> Vec<String> {
                text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
            };
            words(&text).into_iter().for_each(|word| { by.entry(word).or_default().insert(uid); });
            for word in words(&said(&mut templates, &uid.to_string(), &text)) {
                let named = word.starts_with(|c: char| c.is_alphabetic())
                    && !["user", "not", "email"].contains(&word.as_str());
                prop_assert!(!named || by[&word].len() >= AFTER, "{word}");
            }
        }
    }

    #[test]
    fn no_text_panics_and_twice_is_once(text in "(\\PC|[<>/0-9.: a-z]){0,200}") {
        let mut templates = Templates::new(AFTER);
        let once = said(&mut templates, "1", &text);
        prop_assert_eq!(said(&mut templates, "1", &once), once);
    }
}
