//! Hot text has no `Display`: a log line cannot print it by accident.

use greffier_record::Hot;

fn main() {
    let email = Hot::new("ada@example.org");
    println!("login of {email}");
}
