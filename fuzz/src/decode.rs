//! Every decoder on any line.

use super::scene::with_record;
use greffier_record::{Body, Format, Raw, Time};

/// A line is one record in every format; a broken one holds at most what is kept of a line and counts the rest,
/// and a line of valid JSON is never broken because of its JSON.
pub fn decode(data: &[u8]) {
    for format in Format::ALL {
        with_record(format, data, |raw| check(raw, data));
    }
}

fn check(raw: &Raw<'_>, line: &[u8]) {
    match &raw.body {
        Body::Broken(broken) => {
            assert!(broken.line.len() <= 256 << 10 && broken.cut <= line.len() as u64);
            assert!(
                !broken.line.is_empty() || broken.cut > 0 || line.is_empty(),
                "nothing is lost"
            );
        }
        Body::Request(request) => {
            let own = request.status.is_none_or(|status| status <= 999);
            assert!(own, "a status has three digits");
            assert!(request.duration_ms.is_none_or(f64::is_finite));
            if let Time::At(ms) = request.time {
                assert!(ms.unsigned_abs() < 1 << 53, "a time fits a JSON number");
            }
        }
        Body::Text(_) => {}
    }
}
