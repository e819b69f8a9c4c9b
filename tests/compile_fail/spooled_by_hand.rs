//! Neither an event for a sink nor the view of a sealed one can be written by hand.

use greffier_redactor::{RecordId, Sealed, Stream};
use greffier_spool::SpooledEvent;

fn main() {
    let id = RecordId::from_bytes([0; 16]);
    let stream = Stream::Requests;
    let _ = SpooledEvent { id, stream, time: 0, tenant: String::new(), bytes: Vec::new().into() };
    let _ = Sealed { id, stream, time: 0, tenant: "-", bytes: b"{}" };
}
