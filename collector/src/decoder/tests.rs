//! What `decoder` promises, by example.

use crate::framing::KEPT;
use crate::testing::*;
use greffier_record::{Body, Fault, Format};
use proptest::prelude::*;

const LINE: &[u8] = br#"{"url":"/","status":200}"#;

#[test]
fn each_fault_has_its_name_and_the_first_one_wins() {
    for (line, expected) in [
        (&b"{\"a\":\"\0\xff\"}"[..], Fault::Nul),
        (b"{\"a\":\"\xff\"", Fault::Utf8),
        (b"{\"a\":1", Fault::Json),
        (b"not json", Fault::Json),
        (b"{\"a\":1,\"a\":2}", Fault::DupKey),
        (&b"[".repeat(10_000), Fault::Depth),
    ] {
        for format in [Format::Monolog, Format::NginxJson, Format::Json] {
            assert_eq!(fault(format, line), expected);
        }
    }
    assert_eq!(fault(Format::Combined, b"a\0\xff"), Fault::Nul);
    assert_eq!(fault(Format::Combined, b"a\xff"), Fault::Utf8);
}

#[test]
fn a_last_line_is_half_only_when_it_makes_no_sense() {
    assert!(matches!(framed(Format::Json, LINE, Fault::Half), Body::Request(_)));
    let half = broken(framed(Format::Json, &LINE[..9], Fault::Half));
    assert_eq!((half.fault, show(&half.line)), (Fault::Half, r#"{"url":"/"#.to_owned()));
    let long = broken(framed(Format::Json, LINE, Fault::Long));
    assert_eq!(long.fault, Fault::Long);
}

#[test]
fn a_broken_line_stays_readable() {
    let line = broken(decode(Format::Json, b"{caf\xc3\xa9 \xff\xfe \xc3("));
    assert_eq!((show(&line.line), line.cut), ("{café \\xFF\\xFE \\xC3(".to_owned(), 0));
}

#[test]
fn a_broken_line_is_cut_between_characters_and_what_is_lost_is_counted() {
    let mut line = vec![b'x'; KEPT - 1];
    line.extend("éé".bytes());
    let cut = broken(decode(Format::Json, &line));
    assert_eq!((cut.line.len(), cut.cut), (KEPT - 1, 4));
    let binary = vec![0xff; KEPT];
    let cut = broken(decode(Format::Json, &binary));
    assert_eq!((cut.line.len(), cut.cut), (KEPT, (KEPT - KEPT / 4) as u64));
}

proptest! {
    #[test]
    fn every_line_becomes_a_record(line: Vec<u8>, half: bool) {
        for format in Format::ALL {
            let body = if half { framed(format, &line, Fault::Half) } else { decode(format, &line) };
            if let Body::Broken(broken) = body {
                prop_assert_eq!(broken.fault == Fault::Half, half);
                prop_assert_eq!(broken.cut, 0);
            }
        }
    }

    #[test]
    fn damaged_captured_lines_become_records(pick: prop::sample::Index, at: prop::sample::Index, byte: u8) {
        let bytes = capture("symfony/http_audit.json.log");
        let lines: Vec<_> = captured(&bytes).collect();
        let mut line = pick.get(&lines).to_vec();
        let at = at.index(line.len());
        line[at] = byte;
        drop(decode(Format::Monolog, &line));
        drop(decode(Format::Json, &line[..at]));
    }
}
