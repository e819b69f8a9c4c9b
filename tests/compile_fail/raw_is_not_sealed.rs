//! What asks for sealed events cannot be given a plaintext record.

use greffier_record::Raw;
use greffier_redactor::SealedBatch;

fn append(_: &SealedBatch) {}

fn leak(raw: &Raw<'_>) {
    append(raw);
}

fn main() {}
