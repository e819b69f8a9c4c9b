//! The grammar, its errors, and that no error or mask repeats a person.

use super::*;
use proptest::prelude::*;

const NOW: i64 = 1_795_293_161_727;

fn groups(text: &str) -> Vec<Group> {
    Search::parse(text, NOW).unwrap().query.groups
}

fn error(text: &str) -> String {
    Search::parse(text, NOW).unwrap_err().to_string()
}

fn is(test: Test) -> Group {
    Group { not: false, any: vec![test] }
}

#[test]
fn the_example_of_the_manual() {
    let text = r#"status:5xx status:404 route:admin_* user:42 email:m@x.fr name:"Ada Lovelace" tenant:acme
        stream:requests method:post path:/admin/* req:6de1 src:app dur:>500ms since:1h30m "time out" -bot"#;
    let search = Search::parse(text, NOW).unwrap();
    let either = vec![Test::Status(500..=599), Test::Status(404..=404)];
    assert_eq!(
        search.query.groups,
        [
            Group { not: false, any: either },
            is(Test::Route("admin_*".into())),
            is(Test::Tenant("acme".into())),
            is(Test::Method("POST".into())),
            is(Test::Path("/admin/*".into())),
            is(Test::Req("6de1".into())),
            is(Test::Src("app".into())),
            is(Test::Took(501..=u32::MAX)),
            is(Test::Text("time out".into())),
            Group { not: true, any: vec![Test::Text("bot".into())] },
        ]
    );
    assert_eq!(search.query.streams, [Stream::Requests]);
    assert_eq!(search.query.since, Some(NOW - 5_400_000));
    assert_eq!(search.tenant.as_deref(), Some("acme"));
    let persons: Vec<_> = search.persons.iter().map(|p| (p.key, &*p.values[0])).collect();
    assert_eq!(
        persons,
        [(PersonKey::User, "42"), (PersonKey::Email, "m@x.fr"), (PersonKey::Name, "Ada Lovelace")]
    );
}

#[test]
fn the_mask_keeps_what_is_technical_and_names_nobody() {
    let text = r#"status:5xx -user:42 email:m@x.fr name:"Ada Lovelace" path:/ada "ada" since:2h"#;
    let masked = Search::parse(text, NOW).unwrap().masked;
    assert_eq!(masked, "status:5xx -user:… email:… name:… path:… … since:2h");
}

#[test]
fn values() {
    assert_eq!(groups("status:40x"), [is(Test::Status(400..=409))]);
    assert_eq!(groups("status:>=400"), [is(Test::Status(400..=u16::MAX))]);
    assert_eq!(groups("status:<300"), [is(Test::Status(0..=299))]);
    assert_eq!(groups("dur:<=2s"), [is(Test::Took(0..=2000))]);
    assert_eq!(
        groups("level:>=critical"),
        [is(Test::Level(vec!["critical", "alert", "emergency"]))]
    );
    assert_eq!(groups(r#""a \"b\" \\ c:d""#), [is(Test::Text(r#"a "b" \ c:d"#.into()))]);
    assert_eq!(groups("one two").len(), 2, "words must all be there");
    assert!(Search::parse("", NOW).unwrap().query.groups.is_empty());
}

#[test]
fn access_is_searched_only_when_asked_for() {
    assert!(!Search::parse("", NOW).unwrap().query.streams.contains(&Stream::Access));
    let asked = Search::parse("stream:access stream:audit", NOW).unwrap();
    assert_eq!(asked.query.streams, [Stream::Access, Stream::Audit]);
}

#[test]
fn errors_point_at_the_term() {
    assert_eq!(error("status:5xx stauts:200"), "column 12: no such field; did you mean status:?");
    assert_eq!(error("é status:abc"), "column 3: a status is 404, 5xx, or >=400");
    assert_eq!(error("\"open"), "column 1: the quotes are not closed");
    assert_eq!(error("user:"), "column 1: there is no value");
    assert_eq!(error("a -"), "column 3: there is no value");
    assert_eq!(
        error("http://x"),
        "column 1: no such field; to search for text with a colon, put it in quotes"
    );
    assert_eq!(error("-since:1h"), "column 1: this field cannot be excluded: take the - away");
    assert_eq!(error("dur:500ms"), "column 1: a duration is >500ms, >=2s, or <1m");
    assert!(error("status:>9").ends_with(">=400"));
}

#[test]
fn an_address_in_free_text_is_sent_to_its_field() {
    assert_eq!(error("ada@x.fr"), "column 1: nothing clear holds an e-mail address: use email:");
}

proptest! {
    #[test]
    fn no_error_and_no_debug_repeats_a_value(
        field in "(user|emial|since|status|dur|level|stream|src|zz@z)",
        value in "[qjz@]{6,12}",
    ) {
        match Search::parse(&format!("{field}:{value}"), NOW) {
            Ok(search) => {
                let shown = format!("{search:?} {}", search.masked);
                prop_assert!(!shown.contains(&value));
            }
            Err(error) => prop_assert!(!error.to_string().contains(&value)),
        }
    }

    #[test]
    fn any_text_is_a_query_or_an_error(text in any::<String>()) {
        if let Err(error) = Search::parse(&text, NOW) {
            prop_assert!(error.column <= text.chars().count());
        }
    }
}
