//! Only the redactor fills a batch: its fields are private, and bytes cannot be turned into one.

use greffier_redactor::SealedBatch;

fn main() {
    let _ = SealedBatch { buffer: b"{\"email\":\"ada@example.org\"}".to_vec() };
    let _: SealedBatch = b"{}".to_vec();
}
