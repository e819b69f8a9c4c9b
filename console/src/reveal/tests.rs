//! The order of a reveal: refusals and failures leave everything closed.

use super::*;
use crate::Clearance;
use crate::access::AccessError;
use std::cell::RefCell;
use std::rc::Rc;

const KID: &str = "AAECAwQFBgcICQoLDA0ODw";

/// Writes down, in one list with the openings, what reached it; fails where told to.
struct Log {
    fails: bool,
    seen: Rc<RefCell<Vec<String>>>,
}

impl AccessLog for Log {
    fn append(&mut self, event: &AccessEvent<'_>, _now_ms: i64) -> Result<(), AccessError> {
        if self.fails {
            return Err(AccessError::for_tests("disk full"));
        }
        let entry = format!("{} {}", event.action, event.opened.join(","));
        self.seen.borrow_mut().push(entry);
        Ok(())
    }

    fn settle(&mut self) -> Result<(), AccessError> {
        Ok(())
    }
}

type Answer = Result<(Outcome, Vec<Opened>), ReaderError>;

fn reveal(fails: bool, clearance: Clearance, classes: &[Class]) -> (Answer, Vec<String>) {
    let stored = Stored {
        id: greffier_spool::RecordId::from_bytes([1; 16]),
        stream: greffier_spool::Stream::Sessions,
        ts: 0,
        tenant: "-".to_owned(),
        json: format!(r#"{{"v":1,"k":"{KID}","p":{{"i":"AA","n":"BB","c":"CC"}}}}"#),
    };
    let seen = Rc::new(RefCell::new(Vec::new()));
    let open = |_logged: &Recorded, wanted: &Wanted<'_>| {
        seen.borrow_mut().push(format!("open {}", wanted.text));
        Ok(Zeroizing::new(b"{}".to_vec()))
    };
    let mut log = Log { fails, seen: Rc::clone(&seen) };
    let operator = Operator { user: "carol".to_owned(), clearance, passphrase: None };
    let ask = Ask { reason: "ticket", classes };
    let answer = open_logged(&mut log, &operator, &stored, &ask, 0, &open);
    let seen = seen.borrow().clone();
    (answer, seen)
}

#[test]
fn the_log_comes_before_the_first_opening() {
    let (answer, seen) = reveal(false, Clearance::Dpo, &[]);
    assert_eq!(answer.unwrap().1.len(), 3);
    let all = "reveal subject identity,subject network,subject content";
    assert_eq!(seen, [all, "open AA", "open BB", "open CC"]);
}

#[test]
fn a_log_that_fails_leaves_everything_closed() {
    let (answer, seen) = reveal(true, Clearance::Dpo, &[]);
    let error = answer.unwrap_err().to_string();
    assert_eq!(error, "the access log cannot be written, so nothing is shown: disk full");
    assert!(seen.is_empty());
}

#[test]
fn what_is_denied_is_logged_and_not_opened() {
    let (answer, seen) = reveal(false, Clearance::Support, &[Class::Identity, Class::Network]);
    assert_eq!(answer.unwrap().0, Outcome::Denied);
    assert_eq!(seen, ["denied subject network"]);
    let (answer, seen) = reveal(false, Clearance::Ops, &[]);
    assert_eq!(answer.unwrap().0, Outcome::Denied);
    assert_eq!(seen.len(), 1);
}

#[test]
fn everything_means_everything_one_may_see() {
    let (answer, seen) = reveal(false, Clearance::Support, &[]);
    assert_eq!(answer.unwrap().0, Outcome::Found);
    assert_eq!(seen, ["reveal subject identity,subject content", "open AA", "open CC"]);
}

#[test]
fn what_is_not_there_is_not_logged() {
    let (answer, seen) = reveal(false, Clearance::Dpo, &[Class::Index]);
    assert_eq!(answer.unwrap().0, Outcome::Nothing);
    assert!(seen.is_empty());
}
