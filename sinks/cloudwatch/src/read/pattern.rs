//! What of a query CloudWatch may filter by.
//!
//! Invariant: a pattern keeps everything the query matches (it may keep more: every event is tested again
//! here), and holds nothing a person could have typed: only key ids, record ids, request ids of a random form,
//! numbers, and words of greffier's own. Syntax: "Filter pattern syntax" in the CloudWatch Logs user guide.

use super::window::{DAY, FIRST_MOMENT};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use greffier_sinks::{Group, Kid, Query, RecordId, Test};
use std::ops::RangeInclusive;

/// Characters of one pattern.
const MAX: usize = 1024;

/// Methods that an event may hold; what else somebody typed is not sent.
const METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "_OTHER"];

/// The patterns to ask with, one after the other; `None` stands for every event. Without any, nothing can match.
pub(super) fn of(query: &Query) -> Vec<Option<String>> {
    let wanted = query.groups.iter().filter(|group| !group.not);
    let kids = wanted.clone().filter_map(keys).min_by_key(Vec::len);
    let terms = kids.or_else(|| wanted.clone().find_map(requests));
    if let Some(terms) = terms {
        return any_of(terms).into_iter().map(Some).collect();
    }
    vec![all_of(wanted.filter_map(condition))]
}

/// Events that hold any of these ids.
pub(super) fn any_of(ids: Vec<String>) -> Vec<String> {
    let mut patterns: Vec<String> = Vec::new();
    for id in ids {
        let term = format!("\"{id}\"");
        match patterns.last_mut().filter(|last| last.len() + term.len() + " ??".len() <= MAX) {
            Some(last) if last.starts_with('?') => *last += &format!(" ?{term}"),
            // `?` means "or": a term that stands alone is written without.
            Some(last) => *last = format!("?{last} ?{term}"),
            None => patterns.push(term),
        }
    }
    patterns
}

/// Events whose record id ends with these bytes. Of the id's 22 characters they fix the last 7.
pub(super) fn ends_with(low: [u8; 5]) -> String {
    let mut id = [0; 16];
    id[11..].copy_from_slice(&low);
    format!(r#"{{ $.id = "*{}" }}"#, &URL_SAFE_NO_PAD.encode(id)[15..])
}

/// Whether an id has the form that greffier gives its own (`docs/formats/events.md`), and a time that has been.
pub(super) fn is_record_id(id: RecordId, now_ms: i64) -> bool {
    let bytes = id.as_bytes();
    bytes[6] >> 4 == 7
        && bytes[8] >> 6 == 0b10
        && (FIRST_MOMENT..=now_ms + DAY).contains(&id.millis())
}

/// 32 hex digits, a UUID or a ULID: every request id in an event is one, for greffier replaces the others.
pub(super) fn is_request_id(text: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let groups: Vec<_> = text.split('-').collect();
    match text.len() {
        32 => hex(text),
        36 => {
            groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
                && groups.into_iter().all(hex)
        }
        26 => {
            text.starts_with(|c: char| ('0'..='7').contains(&c))
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }
        _ => false,
    }
}

fn keys(group: &Group) -> Option<Vec<String>> {
    let kids = group.any.iter().map(|test| match test {
        Test::Keys(kids) => Some(kids),
        _ => None,
    });
    let text = |kid: &Kid| URL_SAFE_NO_PAD.encode(kid);
    Some(kids.collect::<Option<Vec<_>>>()?.into_iter().flatten().map(text).collect())
}

fn requests(group: &Group) -> Option<Vec<String>> {
    let ids = group.any.iter().map(|test| match test {
        Test::Req(id) if is_request_id(id) => Some(id.clone()),
        _ => None,
    });
    ids.collect()
}

/// All of these that fit.
fn all_of(conditions: impl Iterator<Item = String>) -> Option<String> {
    let mut all = String::new();
    for condition in conditions {
        let joint = if all.is_empty() { "" } else { " && " };
        if all.len() + joint.len() + condition.len() + "{  }".len() <= MAX {
            all = all + joint + &condition;
        }
    }
    (!all.is_empty()).then(|| format!("{{ {all} }}"))
}

/// A group as a condition on the event's fields.
fn condition(group: &Group) -> Option<String> {
    let any: Option<Vec<_>> = group.any.iter().map(comparison).collect();
    let any = any?.join(" || ");
    (!any.is_empty()).then(|| format!("({any})"))
}

fn comparison(test: &Test) -> Option<String> {
    match test {
        Test::Status(range) => Some(between("status", range)),
        Test::Took(range) => Some(between("ms", range)),
        Test::Method(method) if METHODS.contains(&&**method) => Some(equal("method", method)),
        Test::Src(src) if matches!(&**src, "app" | "proxy") => Some(equal("src", src)),
        Test::Level(levels) => {
            let any: Vec<_> = levels.iter().map(|level| equal("lvl", level)).collect();
            (!any.is_empty()).then(|| any.join(" || "))
        }
        Test::Method(_)
        | Test::Src(_)
        | Test::Route(_)
        | Test::Path(_)
        | Test::Tenant(_)
        | Test::Req(_)
        | Test::Text(_)
        | Test::Keys(_) => None,
    }
}

fn equal(field: &str, word: &str) -> String {
    format!("$.{field} = \"{word}\"")
}

fn between<N: PartialEq + std::fmt::Display>(field: &str, range: &RangeInclusive<N>) -> String {
    let (low, high) = (range.start(), range.end());
    if low == high {
        return format!("$.{field} = {low}");
    }
    format!("($.{field} >= {low} && $.{field} <= {high})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use greffier_sinks::Stream;

    fn patterns(groups: Vec<(bool, Vec<Test>)>) -> Vec<Option<String>> {
        let groups = groups.into_iter().map(|(not, any)| Group { not, any }).collect();
        of(&Query { groups, ..Query::new(Stream::ALL.to_vec()) })
    }

    fn kids(n: u8) -> Test {
        Test::Keys((0..n).map(|n| [n; 16]).collect())
    }

    #[test]
    fn what_is_technical_is_filtered_there() {
        let status = vec![Test::Status(500..=599), Test::Status(404..=404)];
        let groups = vec![
            (false, status),
            (false, vec![Test::Method("POST".into())]),
            (false, vec![Test::Level(vec!["error", "alert"])]),
            (true, vec![Test::Src("app".into())]),
        ];
        let all = r#"{ (($.status >= 500 && $.status <= 599) || $.status = 404) && ($.method = "POST") && ($.lvl = "error" || $.lvl = "alert") }"#;
        assert_eq!(patterns(groups), [Some(all.to_owned())]);
        assert_eq!(patterns(vec![]), [None]);
    }

    #[test]
    fn what_somebody_typed_is_not() {
        for test in [
            Test::Text("ada".into()),
            Test::Path("/users/ada*".into()),
            Test::Route("ada".into()),
            Test::Req("ada@example.org".into()),
            Test::Tenant("ada".into()),
            Test::Method("ADA".into()),
            Test::Src("ada".into()),
        ] {
            assert_eq!(patterns(vec![(false, vec![test.clone()])]), [None], "{test:?}");
            let two = vec![(false, vec![test]), (false, vec![Test::Status(200..=200)])];
            assert_eq!(patterns(two), [Some("{ ($.status = 200) }".to_owned())]);
        }
    }

    #[test]
    fn a_person_is_asked_for_by_key_ids_in_patterns_that_are_short_enough() {
        assert_eq!(patterns(vec![(false, vec![kids(0)])]), [None::<String>; 0]);
        let one = [Some("\"AAAAAAAAAAAAAAAAAAAAAA\"".to_owned())];
        assert_eq!(patterns(vec![(false, vec![kids(1)]), (true, vec![kids(9)])]), one);
        let many = patterns(vec![(false, vec![Test::Status(200..=200)]), (false, vec![kids(100)])]);
        let many: Vec<_> = many.into_iter().flatten().collect();
        assert_eq!(many.len(), 3);
        assert!(many.iter().all(|pattern| pattern.len() <= MAX && pattern.starts_with("?\"")));
        let terms: usize = many.iter().map(|pattern| pattern.split(' ').count()).sum();
        assert_eq!(terms, 100);
    }

    #[test]
    fn a_term_that_stands_alone_is_no_alternative() {
        let [two, one] = &any_of(vec!["0".repeat(500), "1".repeat(500), "2".repeat(500)])[..]
        else {
            panic!("two patterns")
        };
        assert!(two.starts_with("?\"0") && two.contains(" ?\"1") && one.starts_with("\"2"));
        assert!(two.len() <= MAX);
    }

    #[test]
    fn request_ids_are_sent_only_in_their_form() {
        for id in [
            "6364188aedf55dd08449dd8912914d03",
            "6364188A-EDF5-5DD0-8449-DD8912914D03",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ] {
            assert!(is_request_id(id));
            let asked = patterns(vec![(false, vec![Test::Req(id.to_owned())])]);
            assert_eq!(asked, [Some(format!("\"{id}\""))]);
        }
        for other in
            ["", "ada", "lovelaceadaaugustabyronking", "ada-lovelace-augusta-byron-king-0001"]
        {
            assert!(!is_request_id(other), "{other}");
        }
    }

    #[test]
    fn a_short_id_fixes_the_end_of_the_record_id() {
        for bytes in [
            [0x5a; 16],
            [0xff; 16],
            *b"\x01\x9a\xa6\x00\x11\x22\x70\0\x80\x01\x02\xfe\xdc\xba\x98\x76",
        ] {
            let low = bytes[11..].try_into().unwrap();
            let end = ends_with(low).replace("{ $.id = \"*", "").replace("\" }", "");
            assert_eq!(end.len(), 7);
            assert!(URL_SAFE_NO_PAD.encode(bytes).ends_with(&end));
        }
    }
}
