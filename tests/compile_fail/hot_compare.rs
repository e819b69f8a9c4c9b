//! Hot text cannot be compared: a failed `assert_eq!` would print it, and `==` answers guesses.

use greffier_record::Hot;

fn main() {
    let _ = Hot::new("ada@example.org") == Hot::new("grace@example.org");
}
