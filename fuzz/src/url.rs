//! Any URL through the whole gate.

use super::scan::SCANNER;
use super::scene::{NOW, events, with_record};
use greffier_record::Format;
use serde_json::{Value, json};

/// What stays of a URL in clear is itself clean, of the application's line and of the proxy's.
pub fn url(data: &[u8]) {
    let url = String::from_utf8_lossy(data);
    let app = json!({
        "message": "http_request",
        "context": { "method": "GET", "url": url, "status": 200, "user_id": 7 },
        "datetime": "2026-11-21T20:32:46.197Z",
    });
    let proxy = json!({
        "msec": "1795293166.803", "request_method": "GET", "request_uri": url, "status": "200",
    });
    let app = app.to_string();
    let mut made = events(|gate| {
        with_record(Format::Monolog, app.as_bytes(), |raw| gate.request(raw, NOW).map(drop))
            .expect("there is a key");
    });
    let proxy = proxy.to_string();
    made.extend(events(|gate| {
        with_record(Format::NginxJson, proxy.as_bytes(), |raw| gate.proxy(raw, None, NOW))
            .expect("nothing is sealed");
    }));
    assert_eq!(made.len(), 2);
    for event in made {
        let event: Value = serde_json::from_str(&event).expect("an event is JSON");
        for part in ["path", "query"].iter().filter_map(|part| event.get(part)?.as_str()) {
            assert!(SCANNER.is_clean(part), "something is left in clear");
        }
    }
}
