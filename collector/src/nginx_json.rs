//! nginx `log_format … escape=json`.
//!
//! Invariant: nginx logs when a request has ended, so the time of the record is that moment less the time it
//! took. A remote user is what the client claimed. Place on the path: under the decoder.

use crate::FieldMap;
use crate::combined::method_and_target;
use crate::json::{Json, read};
use crate::sheet::Sheet;
use crate::table::{Form, Role, Table};
use greffier_record::{Body, Fault, Hot, Identity, RequestLine, Time};

/// The names of the documented `log_format`, and nginx's own variables. `route` there holds the id that the
/// application answered with.
const FIELDS: &[(Role, &[&str])] = &[
    (Role::Time, &["msec", "time", "time_iso8601", "timestamp", "@timestamp"]),
    (Role::RequestId, &["request_id", "route", "sent_http_x_request_id", "http_x_request_id"]),
    (Role::Ip, &["remote_addr"]),
    (Role::Login, &["remote_user"]),
    (Role::Method, &["method", "request_method"]),
    (Role::Url, &["uri", "request_uri", "url"]),
    (Role::Request, &["request"]),
    (Role::Host, &["host", "http_host", "server_name"]),
    (Role::Status, &["status"]),
    (Role::Seconds, &["request_time"]),
    (Role::UserAgent, &["user_agent", "http_user_agent"]),
    (Role::ProcessId, &["pid"]),
    (Role::Hostname, &["hostname"]),
    (
        Role::Known,
        &[
            "x_forwarded_for",
            "http_x_forwarded_for",
            "proxy_add_x_forwarded_for",
            "scheme",
            "protocol",
            "server_protocol",
            "bytes",
            "bytes_sent",
            "body_bytes_sent",
            "request_length",
            "connection",
            "connection_requests",
            "time_local",
        ],
    ),
];

const FORM: Form = Form { own: FIELDS, known: &["upstream_"], prefix: "", dash: true, twins: true };

/// The table of this format.
pub(crate) fn table(fields: &FieldMap) -> Table {
    Table::new(fields, &FORM)
}

/// One line.
pub(crate) fn decode<'a>(table: &Table, line: &'a str) -> Result<Body<'a>, Fault> {
    let Json::Object(members) = read(line)? else { return Err(Fault::Form) };
    let mut sheet = table.lay(members);
    if ![Role::Url, Role::Request, Role::Status].into_iter().any(|role| sheet.has(role)) {
        return Err(Fault::Form);
    }
    let (method, url) = method_and_url(&mut sheet);
    let duration_ms = sheet.millis();
    Ok(Body::Request(Box::new(RequestLine {
        time: began(sheet.time(), duration_ms),
        instance: sheet.text(Role::Instance),
        tenant: sheet.text(Role::Tenant),
        host: sheet.text(Role::Host),
        req: sheet.text(Role::RequestId),
        place: sheet.place(),
        method,
        url,
        route: sheet.text(Role::Route),
        route_params: sheet.members(Role::RouteParams),
        status: sheet.status(),
        duration_ms,
        end: sheet.text(Role::End),
        exception: None,
        roles: sheet.texts(Role::Roles),
        ip: sheet.text(Role::Ip),
        user_agent: sheet.text(Role::UserAgent),
        subject: claimed(&mut sheet),
        rest: sheet.rest(),
        ..RequestLine::default()
    })))
}

fn began<'a>(ended: Time<'a>, duration_ms: Option<f64>) -> Time<'a> {
    match (ended, duration_ms) {
        (Time::At(ended), Some(took)) => Time::At((ended - took.round() as i64).max(0)),
        (ended, _) => ended,
    }
}

fn claimed<'a>(sheet: &mut Sheet<'a, '_>) -> Identity<'a> {
    let subject = crate::monolog::subject(sheet);
    Identity { claimed: !subject.is_empty(), ..subject }
}

/// Method and URL, each from its own field or from the two in one.
pub(crate) fn method_and_url<'a>(sheet: &mut Sheet<'a, '_>) -> (Option<Hot<'a>>, Option<Hot<'a>>) {
    let (mut method, mut url) = (sheet.text(Role::Method), sheet.text(Role::Url));
    if let Some((path, value)) = sheet.take(Role::Request) {
        let both = match &value {
            Json::Text(text) => method_and_target(text).map(|(m, u)| (m.to_owned(), u.to_owned())),
            _ => None,
        };
        match both {
            Some(both) => {
                method = method.or(Some(Hot::new(both.0)));
                url = url.or(Some(Hot::new(both.1)));
            }
            None => sheet.spare(path, value),
        }
    }
    (method, url)
}

#[cfg(test)]
mod tests;
