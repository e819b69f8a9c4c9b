//! The redactor hands on no plaintext types: who depends on it cannot name them through it.

use greffier_redactor::{Hot, Raw};
use greffier_redactor::greffier_record::Body;

fn main() {}
