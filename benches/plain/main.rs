//! The yardstick as a process of its own: standard input to standard output.

#[path = "mod.rs"]
mod plain;

use std::io::{self, BufRead, BufReader, Write};

fn main() -> io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 20, io::stdin().lock());
    let mut output = io::stdout().lock();
    let (mut line, mut out) = (Vec::new(), Vec::with_capacity(2 << 20));
    let mut plain = plain::Plain::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        plain.line(&line, &mut out)?;
        line.clear();
        if out.len() >= 1 << 20 {
            output.write_all(&out)?;
            out.clear();
        }
    }
    output.write_all(&out)
}
