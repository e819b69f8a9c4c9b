//! The spool takes what the gate made and nothing else; a sink takes what the spool lends and nothing else.

use greffier_record::Raw;
use greffier_sinks::Archive;
use greffier_spool::Spool;

fn leak(spool: &Spool, raw: &Raw<'_>) {
    let _ = spool.append(raw, &[]);
}

fn ship(sink: &mut Archive, raw: Raw<'_>) {
    let _ = sink.deliver(&[raw]);
}

fn main() {}
