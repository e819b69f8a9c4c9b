//! Entities of the operator: what is refused, what is found, in every encoding and within the budget.

use super::*;
use crate::detect::Scanner;
use proptest::prelude::*;

fn entity(name: &str, pattern: &str, check: Option<Check>, cues: &[&str]) -> OperatorEntity {
    let cues: Vec<_> = cues.iter().map(ToString::to_string).collect();
    OperatorEntity::new(name, pattern, check, &cues, false).expect("a good entity")
}

fn customer() -> OperatorEntity {
    entity("customer", r"\bCUST-([0-9]{8})\b", Some(Check::Luhn), &[])
}

fn badge() -> OperatorEntity {
    entity("badge", r"\b[0-9]{6}\b", None, &["badge", "Ausweis Nr"])
}

fn masked(entities: &[OperatorEntity], text: &str) -> String {
    let mut out = String::new();
    Scanner::with(entities).mask(text, &mut out);
    out
}

#[test]
fn what_cannot_be_an_entity_is_refused_without_its_pattern() {
    let deep = format!("{}x{}", "(".repeat(300), ")".repeat(300));
    for (pattern, error) in [
        ("CANARY(", EntityError::Syntax("unclosed group".into(), 7)),
        (r"CANARY\p{Nope}", EntityError::Syntax("Unicode property not found".into(), 7)),
        ("CANARY.*", EntityError::Long),
        ("CANARY-[0-9]+", EntityError::Long),
        ("CANARY[0-9]{123}", EntityError::Long),
        ("(CANARY)?ab", EntityError::Short),
        ("", EntityError::Short),
        (r"[\pL\d]{3}([\pL\d]{3}){0,20}", EntityError::Long),
        ("[a-z<>]{3,20}", EntityError::Placeholder),
        (deep.as_str(), EntityError::Syntax(nest_limit(), 251)),
    ] {
        let got = OperatorEntity::new("x", pattern, None, &[], false).expect_err(pattern);
        assert_eq!(got, error, "{pattern}");
        assert!(!got.to_string().contains("CANARY"));
    }
    assert!(OperatorEntity::is_reserved("email") && OperatorEntity::is_reserved("login"));
    assert!(!OperatorEntity::is_reserved("customer"));
}

fn nest_limit() -> String {
    "exceed the maximum number of nested parentheses/brackets (250)".into()
}

#[test]
fn examples_are_tried_whole_and_behind_each_cue() {
    assert_eq!(customer().finds_whole("CUST-00000018"), Ok(()));
    assert_eq!(customer().finds_whole("CUST-00000019"), Err(Misfit::Check));
    assert_eq!(customer().finds_whole("CUST-0000001"), Err(Misfit::Pattern));
    assert_eq!(customer().finds_whole("no CUST-00000018"), Err(Misfit::Part));
    assert_eq!(badge().finds_whole("123456"), Ok(()));
    assert!(!badge().finds("order 123456") && badge().finds("badge: 123456"));
}

#[test]
fn found_in_every_encoding_and_replaced_by_its_name() {
    for (text, clear) in [
        ("order of CUST-00000018 paid", "order of <customer> paid"),
        ("CUST-00000019 CUST-000000180", "CUST-00000019 CUST-000000180"),
        ("xCUST-00000018", "xCUST-00000018"),
        ("q=CUST%2D00000018&p=1", "q=<customer>&p=1"),
        ("q=CUST%252D00000018", "q=<customer>"),
        (r#""{\"ref\":\"CUST\u002d00000018\"}""#, r#""{\"ref\":\"<customer>\"}""#),
        ("state=eyJyZWYiOiAiQ1VTVC0wMDAwMDAxOCJ9", "state=<customer>"),
        ("ＣＵＳＴ-00000018", "<customer>"),
        ("Ausweis-Nr. 123456, badge 12345", "Ausweis-Nr. <badge>, badge 12345"),
        ("ausweisNr=123456", "ausweisNr=<badge>"),
        ("the badge\u{a0}was 123456", "the badge\u{a0}was <badge>"),
        ("badges 123456", "badges 123456"),
        ("mail jean@x.fr", "mail <email>"),
    ] {
        assert_eq!(masked(&[customer(), badge()], text), clear);
    }
}

#[test]
fn a_text_ends_where_it_ends() {
    let last = entity("last", r"[A-Z]{4}$", None, &[]);
    let text = format!("{}ABCD", "WXYZ é ".repeat(200));
    assert_eq!(masked(&[last], &text), format!("{}<last>", "WXYZ é ".repeat(200)));
}

#[test]
fn a_cue_too_far_away_does_not_count() {
    let far = format!("badge {} 123456", "é".repeat(REACH / 2));
    assert_eq!(masked(&[badge()], &far), far);
}

#[test]
fn the_name_of_a_field_is_a_cue() {
    let scanner = Scanner::with(&[badge(), customer()]);
    let under = |key, value| scanner.operator_under(key, value).map(Entity::placeholder);
    assert_eq!(under("user.badge", "123456"), Some("<badge>"));
    assert_eq!(under("ausweis_nr", "%31%323456"), Some("<badge>"));
    assert_eq!(under("badge", "12345"), None);
    assert_eq!(under("order", "123456"), None);
    assert_eq!(under("customer", "CUST-00000018"), None, "it needs no cue");
    assert_eq!(Scanner::new().operator_under("badge", "123456"), None);
}

#[test]
fn sealed_or_dropped_as_the_operator_says() {
    let text = "CUST-00000018 and jean@x.fr";
    for (dropped, sealed) in [(false, text), (true, "<client> and jean@x.fr")] {
        let entity = OperatorEntity::new("client", "CUST-[0-9]{8}", None, &[], dropped);
        let scanner = Scanner::with(&[entity.expect("a good entity")]);
        let mut out = String::new();
        scanner.scrub(text, true, &mut out);
        assert_eq!(out, sealed);
        out.clear();
        scanner.mask(text, &mut out);
        assert_eq!(out, "<client> and <email>");
    }
}

#[test]
fn the_operators_word_counts_among_equals() {
    let entity = entity("line", r"\+33[0-9]{9}", None, &[]);
    assert_eq!(masked(&[entity], "call +33612345678 or +39 333 1234567"), "call <line> or <phone>");
}

#[test]
fn a_text_that_costs_too_much_is_sealed_whole() {
    let hard = entity("hard", "[0-9]{100}(x|[0-9]{27}y)", None, &[]);
    assert_eq!(masked(&[hard], &"7".repeat(100_000)), "7".repeat(100_000));
    // Every place is a candidate, and the check fails at each.
    let dense = entity("dense", "[A-C]{3,128}", Some(Check::Luhn), &["nothing"]);
    assert_eq!(masked(&[dense], &"AB".repeat(100_000)), "<sealed>");
}

proptest! {
    /// Windows and views find what a search of the whole finds.
    #[test]
    fn found_wherever_it_stands(before in "[a-zé%&=\" ]{0,400}", after in "[a-zé%&=\" ]{0,400}") {
        let text = format!("{before} CUST-00000018 {after}");
        let out = masked(&[customer()], &text);
        prop_assert!(!out.contains("00000018"), "{out}");
        prop_assert_eq!(masked(&[customer()], &out), out);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,200}", tail in "[A-Z0-9-]{0,40}") {
        masked(&[customer(), badge()], &format!("{text}{tail}badge {text}"));
    }
}
