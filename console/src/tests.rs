//! The three commands over an archive of handmade events.

use crate::render;
use crate::testing::{NOW, PASSPHRASE, Platform, ada, bob};
use crate::{Ask, Clearance, Erasure, Outcome, Reader, ReaderError, Zone};
use greffier_vault::Class;

const MIN: i64 = 60_000;

/// Ada fails, Bob does not.
fn platform() -> Platform {
    let mut platform = Platform::new();
    platform.request(NOW - 3 * MIN, &bob(), "r1", 200);
    platform.error(NOW - MIN, &ada(), "r2", "timeout to <email>");
    platform.request(NOW - MIN + 801, &ada(), "r2", 500);
    platform
}

fn statuses(reader: &mut Reader, query: &str) -> Vec<Option<u16>> {
    let rows = reader.search(query, 10, NOW).unwrap().rows;
    rows.iter().map(|row| row.stored.event().status).collect()
}

#[test]
fn a_person_is_found_by_what_they_are_known_by() {
    let platform = platform();
    let mut reader = platform.reader();
    assert_eq!(statuses(&mut reader, "email:ada@example.org stream:requests"), [Some(500)]);
    assert_eq!(statuses(&mut reader, "user:7"), [Some(200)]);
    assert_eq!(statuses(&mut reader, "user:7 user:42"), [Some(500), None, Some(200)]);
    assert_eq!(statuses(&mut reader, "-user:7"), [Some(500), None]);
    assert_eq!(statuses(&mut reader, "user:7 status:500"), [None; 0]);
    let nobody = reader.search("user:99", 10, NOW).unwrap();
    assert_eq!(nobody.outcome, Outcome::Nothing);
    assert!(nobody.notes[0].starts_with("nothing is kept of this person"));
}

#[test]
fn a_search_that_names_a_person_is_logged_without_naming_them() {
    let platform = platform();
    let mut reader = platform.reader();
    reader.search("status:5xx", 10, NOW).unwrap();
    reader.search("status:5xx email:ada@example.org", 10, NOW).unwrap();
    let log = platform.access_log();
    assert_eq!(log.len(), 1, "the first search named nobody");
    assert_eq!(log[0].0, "search");
    assert!(log[0].1.contains("status:5xx email:…") && !log[0].1.contains("ada@"), "masked");
}

#[test]
fn without_reading_keys_what_is_clear_can_be_searched_and_nobody_looked_up() {
    let platform = platform();
    let mut reader = platform.reader_as(Clearance::Dpo, None).unwrap();
    assert_eq!(statuses(&mut reader, "status:5xx"), [Some(500)]);
    let answer = reader.search("user:42", 10, NOW).unwrap();
    assert_eq!((answer.outcome, answer.rows.len()), (Outcome::Nothing, 0));
    assert_eq!(
        answer.notes,
        ["nobody can be looked up: the reading keys are locked: there is no passphrase"]
    );
    let ask = Ask { reason: "ticket 12", classes: &[] };
    let (outcome, revealed) = reader.reveal("r1", &ask, NOW).unwrap();
    assert_eq!((outcome, revealed.opened.len()), (Outcome::Denied, 0));
}

#[test]
fn a_wrong_passphrase_is_an_error() {
    assert!(platform().reader_as(Clearance::Dpo, Some("wrong")).is_err());
}

#[test]
fn when_the_access_log_cannot_be_written_nothing_is_shown() {
    let platform = platform();
    std::fs::write(platform.path("access"), "in the way").unwrap();
    let mut reader = platform.reader();
    let searched = reader.search("user:42", 10, NOW);
    assert!(matches!(searched, Err(ReaderError::Access(_))));
    let id = reader.search("status:500", 10, NOW).unwrap().rows[0].stored.id.to_string();
    let revealed = reader.reveal(&id, &Ask { reason: "ticket 12", classes: &[] }, NOW);
    assert!(matches!(revealed, Err(ReaderError::Access(_))));
}

#[test]
fn a_table_says_what_was_cut_and_when_things_are_erased() {
    let platform = platform();
    let mut reader = platform.reader();
    let answer = reader.search("stream:requests", 1, NOW).unwrap();
    assert_eq!((answer.matched, answer.complete, answer.with_context), (2, true, 1));
    let text = render::table(&answer, Zone::Utc);
    let lines: Vec<_> = text.lines().collect();
    let words: Vec<_> = lines[1].split_whitespace().collect();
    assert!(lines[0].starts_with("TIME (UTC, 21 Nov 26)  ID"), "{text}");
    assert_eq!(words[0], "11:59:00.801");
    assert_eq!(words[2..6], ["POST", "/admin/users/{}", "500", "812"]);
    assert!(words[6].starts_with('●') && words[6].chars().count() == 4, "{text}");
    assert_eq!(words[7..], ["19", "Feb", "27"]);
    assert!(lines[2].starts_with("1 of 2 requests · the newest are shown"), "{text}");
    assert!(lines[2].contains("1 with error context · greffier show r-"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&render::table_json(&answer)).unwrap();
    assert_eq!(json["erased_on"], "2027-02-19");
    assert_eq!(json["event"]["status"], 500);
}

#[test]
fn an_erased_person_is_shown_as_erased_and_stays_closed() {
    let platform = platform();
    let mut reader = platform.reader();
    let row = reader.search("status:500", 1, NOW).unwrap().rows.remove(0);
    assert_eq!(row.erasure, Erasure::On(20_778 + 90));
    platform.store().delete(&[row.person.unwrap()]).unwrap();
    let row = reader.search("status:500", 1, NOW).unwrap().rows.remove(0);
    assert_eq!(row.erasure, Erasure::Done);
    let ask = Ask { reason: "ticket 12", classes: &[] };
    let (_, revealed) = reader.reveal(&row.stored.id.to_string(), &ask, NOW).unwrap();
    assert!(revealed.opened[0].json.is_err());
    assert_eq!(revealed.notes, ["nothing could be opened"]);
    assert!(render::revealed(&revealed).contains("stays closed: "));
}

#[test]
fn a_tail_begins_a_moment_ago_and_goes_on_with_what_comes() {
    let mut platform = platform();
    let (mut tail, first) = platform.reader().tail("-status:200", NOW).unwrap();
    let status = |row: &crate::Row| row.stored.event().status;
    assert_eq!(first.iter().map(status).collect::<Vec<_>>(), [None, Some(500)]);
    assert!(tail.next(NOW).unwrap().is_empty(), "nothing is shown twice");
    platform.request(NOW + 1, &bob(), "r3", 200);
    platform.request(NOW + 2, &bob(), "r4", 404);
    let came = tail.next(NOW + 3).unwrap();
    assert_eq!(came.iter().map(status).collect::<Vec<_>>(), [Some(404)]);
    let text = render::line_head(Zone::Utc) + &render::line(&came[0], Zone::Utc);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0].find("METHOD"), lines[1].find("POST"), "{text}");
    assert!(lines[1].starts_with("21 Nov 12:00:00.002") && lines[1].contains('●'), "{text}");
}

#[test]
fn a_tail_for_a_person_is_logged_once_and_finds_the_keys_they_get_later() {
    let mut platform = Platform::new();
    platform.request(NOW - MIN, &bob(), "r1", 200);
    let (mut tail, first) = platform.reader().tail("email:ada@example.org", NOW).unwrap();
    assert!(first.is_empty() && tail.notes().is_empty());
    platform.request(NOW + 1, &ada(), "r2", 200);
    platform.request(NOW + 2, &bob(), "r3", 200);
    assert_eq!(tail.next(NOW + 3).unwrap().len(), 1);
    assert!(tail.next(NOW + 4).unwrap().is_empty());
    let log = platform.access_log();
    assert_eq!(log.iter().map(|(action, _)| &**action).collect::<Vec<_>>(), ["tail"]);
    assert!(log[0].1.contains("email:…") && !log[0].1.contains("ada@"), "masked");
}

#[test]
fn a_tail_that_cannot_be_is_refused_before_anything_is_read() {
    let platform = platform();
    let refused = |passphrase, query| {
        let reader = platform.reader_as(Clearance::Dpo, passphrase).unwrap();
        reader.tail(query, NOW).err().map(|error| error.to_string())
    };
    assert!(refused(Some(PASSPHRASE), "until:1h").unwrap().contains("take until: away"));
    assert!(refused(None, "user:42").unwrap().starts_with("nobody can be looked up"));
    assert!(refused(None, "status:500").is_none());
    std::fs::write(platform.path("access"), "in the way").unwrap();
    assert!(refused(Some(PASSPHRASE), "user:42").unwrap().contains("nothing is shown"));
}

#[test]
fn a_timeline_is_the_same_from_every_id_and_in_order() {
    let platform = platform();
    let mut reader = platform.reader();
    let id = reader.search("status:500", 1, NOW).unwrap().rows[0].stored.id;
    let shown = [id.to_string(), id.short(), "r2".to_owned()].map(|target| {
        let (outcome, timeline) = reader.show(&target, NOW).unwrap();
        assert_eq!(outcome, Outcome::Found);
        render::timeline(&timeline, Zone::Utc)
    });
    assert!(shown[0] == shown[1] && shown[1] == shown[2]);
    let lines: Vec<_> = shown[0].lines().collect();
    assert!(lines[0].ends_with("POST /admin/users/{}  500  812 ms"), "{}", shown[0]);
    assert!(lines[1].contains("request r2") && lines[2].contains("ROLE_USER · 203.0.113.0/24"));
    assert_eq!(lines[3], "erased on 19 Feb 27");
    assert!(lines[5].contains("+0 ms  errors  ERROR TransportException: timeout to <email>"));
    assert!(lines[5].ends_with("subject content •••"));
    assert!(lines[6].starts_with("+801 ms  app     POST"), "{}", shown[0]);
    assert_eq!(lines.iter().filter(|line| line.starts_with("greffier reveal r-")).count(), 2);
    assert_eq!(reader.show("r9", NOW).unwrap().0, Outcome::Nothing);
}

#[test]
fn a_reveal_opens_what_was_sealed_and_is_logged_with_its_reason() {
    let platform = platform();
    let mut reader = platform.reader();
    let id = reader.search("status:500", 1, NOW).unwrap().rows[0].stored.id;
    let ask = Ask { reason: "ticket 4711", classes: &[Class::Identity] };
    let (outcome, revealed) = reader.reveal(&id.short(), &ask, NOW).unwrap();
    assert_eq!((outcome, revealed.notes.len()), (Outcome::Found, 0));
    assert_eq!(*render::revealed(&revealed), "subject · identity\n  uid  42\n");
    let json = r#"{"role":"subject","class":"identity","opened":{"uid":"42"}}"#;
    assert_eq!(render::revealed_json(&revealed).trim_end(), json);
    assert!(!format!("{revealed:?}").contains("42\""), "no debug output shows it");
    let log = platform.access_log();
    assert_eq!(log[0].0, "reveal");
    assert!(log[0].1.contains("ticket 4711") && log[0].1.contains("subject identity"));
}

#[test]
fn nothing_from_an_event_acts_on_the_terminal() {
    let mut platform = Platform::new();
    let hostile = "\u{1b}]0;owned\u{7}\u{202e}txt\u{9b}2J";
    platform.error(NOW, &ada(), "r\\u001b[2J", hostile);
    let mut reader = platform.reader();
    let answer = reader.search("level:error", 10, NOW).unwrap();
    let id = answer.rows[0].stored.id.to_string();
    let (_, timeline) = reader.show(&id, NOW).unwrap();
    let (_, revealed) = reader.reveal(&id, &Ask { reason: "look", classes: &[] }, NOW).unwrap();
    let texts = [
        render::table(&answer, Zone::Utc),
        render::table_json(&answer),
        render::timeline(&timeline, Zone::Local),
        render::timeline_json(&timeline),
        render::revealed(&revealed).to_string(),
        render::revealed_json(&revealed).to_string(),
    ];
    for text in &texts {
        let active = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!text.contains(active), "{}", text.escape_debug());
    }
    assert!(texts[0].contains(r"\u{1b}]0;owned\u{7}\u{202e}txt"), "shown, not dropped");
    assert!(texts[4].contains(r"ada@example.org \u{1b}[2J failed"));
}

#[test]
fn two_readers_and_a_writer_share_archive_index_and_access_log() {
    let mut platform = platform();
    std::thread::scope(|scope| {
        let readers = [platform.reader(), platform.reader()];
        let searches = readers.map(|mut reader| {
            scope.spawn(move || {
                for _ in 0..5 {
                    let answer = reader.search("email:ada@example.org", 50, NOW).unwrap();
                    assert!(answer.complete && answer.matched >= 2, "{:?}", answer.notes);
                    assert!(answer.notes.is_empty(), "{:?}", answer.notes);
                }
            })
        });
        for n in 0..10 {
            platform.request(NOW + n, &ada(), "r3", 200);
        }
        for search in searches {
            search.join().unwrap();
        }
    });
    assert_eq!(statuses(&mut platform.reader(), "email:ada@example.org req:r3").len(), 10);
    let logged = platform.reader().search("stream:access", 100, NOW).unwrap();
    assert_eq!(logged.matched, 11);
}

#[test]
fn a_short_reason_or_an_unclear_target_is_refused() {
    let platform = platform();
    let mut reader = platform.reader_as(Clearance::Dpo, Some(PASSPHRASE)).unwrap();
    let none = reader.reveal("r2", &Ask { reason: " a b ", classes: &[] }, NOW);
    assert!(matches!(none, Err(ReaderError::Reason)));
    let both = reader.reveal("r2", &Ask { reason: "ticket", classes: &[] }, NOW);
    assert!(matches!(both, Err(ReaderError::Ambiguous(2))));
}

#[test]
fn keys_whose_retention_is_over_are_deleted_with_their_index() {
    let platform = platform();
    drop(platform.reader());
    let keys = || platform.store().counts().unwrap().keys;
    let over = NOW - NOW % 86_400_000 + 91 * 86_400_000;
    drop(platform.reader_at(Clearance::Dpo, None, over).unwrap());
    assert!(keys() > 0, "without the index open nothing goes");
    drop(platform.reader_at(Clearance::Dpo, Some(PASSPHRASE), over - 1).unwrap());
    assert!(keys() > 0);
    let mut reader = platform.reader_at(Clearance::Dpo, Some(PASSPHRASE), over).unwrap();
    assert_eq!(keys(), 0);
    let nobody = reader.search("user:7", 10, NOW).unwrap();
    assert!(nobody.notes[0].starts_with("nothing is kept of this person"));
}
