//! Hot text does not turn into `&str` by itself.

use greffier_record::Hot;

fn store(_: &str) {}

fn main() {
    store(&Hot::new("ada@example.org"));
}
