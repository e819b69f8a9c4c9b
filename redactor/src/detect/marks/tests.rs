//! A mark wherever a name or a cue says something.

use super::super::examine::Knowledge;
use super::super::names::{BORN, Names, PHONING};
use super::*;
use proptest::prelude::*;
use std::sync::LazyLock;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::new);
static VOCABULARY: LazyLock<Vec<&str>> =
    LazyLock::new(|| Names::vocabulary().map(|(word, _)| word).chain(Names::glued()).collect());

fn marks(text: &str) -> Marks {
    let mut marks = Marks::none(text.len());
    let all = 0..text.len();
    KNOWLEDGE.beginnings.mark(Text::new(text), &Shape::of(text), &all, &mut marks, |_| {});
    marks
}

#[test]
fn every_name_is_marked_in_every_writing() {
    for word in VOCABULARY.iter() {
        let (first, rest) = word.split_at(1);
        for text in [
            (*word).to_owned(),
            word.to_uppercase(),
            format!("user_{word}=1"),
            format!("the{}{rest}: x", first.to_uppercase()),
            format!("a%5B{word}%5D"),
        ] {
            assert!(marks(&text).names.any(0..text.len()), "{text}");
        }
    }
    for text in
        ["e-mail", "m.d.p.", "numéro_sécu", "prénom", "Téléphone", "ID-Karte: 1", "I.P.-Address"]
    {
        assert!(marks(text).names.any(0..text.len()), "{text}");
    }
    for word in BORN.words() {
        assert!(marks(word).births.any(0..word.len()), "{word}");
    }
    assert!(PHONING.words().all(|word| marks(word).numbers.any(0..word.len())));
}

#[test]
fn words_that_say_nothing_have_no_mark() {
    let text = "level=info; took 12 ms, worker finished";
    let marks = marks(text);
    assert!(!marks.names.any(0..text.len()) && !marks.births.any(0..text.len()));
}

#[test]
fn marks_of_a_long_text_are_near_their_words() {
    let text = format!("{}password{}", " ".repeat(50_000), " ".repeat(50_000));
    let marks = marks(&text);
    assert!(marks.names.any(49_990..50_010));
    assert!(!marks.names.any(0..40_000) && !marks.names.any(60_000..99_000));
}

/// Names made of words, with what may stand between.
fn names() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        prop::sample::select(VOCABULARY.clone()).prop_map(str::to_owned),
        prop::sample::select(VOCABULARY.clone()).prop_map(str::to_uppercase),
        prop::sample::select(vec![
            "_", "-", ".", " ", "%5B", "é", "X", "user", "my", "1", "[", "]"
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 1..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn what_has_a_kind_has_a_mark(name in names()) {
        if KNOWLEDGE.names.kind(&name).is_some() || KNOWLEDGE.names.kind_at_end(&name).is_some() {
            prop_assert!(marks(&name).names.any(0..name.len()));
        }
    }
}
