//! What `framing` promises, by example.

#![allow(clippy::disallowed_methods, reason = "tests look at the lines they made up themselves")]

use super::*;
use proptest::prelude::*;

type Line = (Vec<u8>, Option<Fault>, u64);

fn collect(splitter: &mut Splitter, into: &mut Vec<Line>) {
    if let Some((bytes, frames)) = splitter.take() {
        into.extend(seen(bytes.expose_to_decoder(), frames));
    }
}

fn seen(bytes: &[u8], frames: Vec<Frame>) -> impl Iterator<Item = Line> {
    frames.into_iter().map(|f| (bytes[f.range].to_vec(), f.fault, f.cut))
}

fn split(parts: &[&[u8]]) -> Vec<Line> {
    let (mut splitter, mut lines) = (Splitter::default(), Vec::new());
    for part in parts {
        splitter.push(part);
        collect(&mut splitter, &mut lines);
    }
    splitter.finish();
    collect(&mut splitter, &mut lines);
    lines
}

fn whole(line: &str) -> Line {
    (line.into(), None, 0)
}

#[test]
fn line_ends_blank_lines_and_the_last_half() {
    let lines = split(&[b"one\r\n\n \t\r\nt", b"wo", b"\nthree\r", b"\nfour"]);
    let half = (b"four".to_vec(), Some(Fault::Half), 0);
    assert_eq!(lines, [whole("one"), whole("two"), whole("three"), half]);
}

#[test]
fn a_line_of_twenty_megabytes_is_cut_and_never_held() {
    let mut splitter = Splitter::default();
    splitter.push(b"before\n");
    for _ in 0..20 {
        splitter.push(&[b'x'; 1_000_000]);
        assert!(splitter.len() <= MAX_LINE + 7);
    }
    splitter.push(b"\nafter\n");
    let (mut lines, cut) = (Vec::new(), 20_000_000 - KEPT as u64);
    collect(&mut splitter, &mut lines);
    let long = (vec![b'x'; KEPT], Some(Fault::Long), cut);
    assert!(lines == [whole("before"), long, whole("after")]);
    assert!(!splitter.has_half());
}

#[test]
fn the_longest_line_is_whole_and_one_byte_more_is_not() {
    for (extra, fault) in [(0, None), (1, Some(Fault::Long))] {
        let mut line = vec![b'x'; MAX_LINE + extra];
        line.push(b'\n');
        let lines = split(&[&line]);
        assert_eq!(lines[0].1, fault);
        assert!(lines.iter().cloned().eq(seen(&line, super::lines(&line))));
    }
}

#[test]
fn offsets_stand_behind_whole_lines() {
    let mut splitter = Splitter::at(100);
    splitter.push(b"one\r\ntw");
    assert_eq!((splitter.done(), splitter.pushed(), splitter.has_half()), (105, 107, true));
    splitter.push(b"o\n");
    assert_eq!((splitter.done(), splitter.has_half()), (109, false));
}

proptest! {
    #[test]
    fn cuts_between_reads_do_not_matter(text in "[ab\\r\\n ]{0,60}", cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let bytes = text.as_bytes();
        let mut at: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        at.extend([0, bytes.len()]);
        at.sort_unstable();
        let parts: Vec<_> = at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        let expected: Vec<_> = seen(bytes, super::lines(bytes)).collect();
        prop_assert_eq!(split(&parts), expected);
    }
}
