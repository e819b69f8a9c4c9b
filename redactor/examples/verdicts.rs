//! What greffier says of numbers: a question a line on standard input, `1` or `0` a line on standard output.
//!
//! A question is `CHECK <tab> NUMBER` (does it pass the check of that name?) or `found <tab> TEXT <tab> VALUE`
//! (is the whole value, where it first stands in the text, inside what the scanner finds?). `tests/crosscheck.py`
//! asks them and compares the answers with other implementations.

use greffier_redactor::{Scanner, verdict};
use std::io::{self, BufRead as _, BufWriter, Write as _};

fn main() -> io::Result<()> {
    let scanner = Scanner::new();
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let answer = match line.split('\t').collect::<Vec<_>>()[..] {
            ["found", text, value] => found(&scanner, text, value),
            [check, number] => verdict(check, number.as_bytes()),
            _ => None,
        };
        let answer = answer.ok_or_else(|| io::Error::other("a question that is none"))?;
        writeln!(out, "{}", u8::from(answer))?;
    }
    out.flush()
}

/// Is every letter and digit of `value` inside a finding?
fn found(scanner: &Scanner, text: &str, value: &str) -> Option<bool> {
    let start = text.find(value)?;
    let mut findings = Vec::new();
    scanner.scan(text, &mut findings);
    let is_found = |at: usize| findings.iter().any(|finding| finding.range.contains(&at));
    let mut marks = value.char_indices().filter(|(_, char)| char.is_alphanumeric());
    Some(marks.all(|(at, _)| is_found(start + at)))
}
