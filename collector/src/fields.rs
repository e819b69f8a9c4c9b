//! The `json` format: any JSON object a line, by the usual names of its fields.
//!
//! Invariant: a line is a request line when it has a URL and a method or a status; any other is a text record.
//! Names may stand flat (`url`), dotted (`http.request.method`) or nested; when several play one role, the one
//! that stands first in the list wins and the others are sealed. Place on the path: under the decoder.

use crate::FieldMap;
use crate::json::{Json, read};
use crate::monolog::{impersonator, subject, text_record};
use crate::nginx_json::method_and_url;
use crate::sheet::Sheet;
use crate::table::{Form, Role, Table};
use greffier_record::{Body, Fault, Hot, RequestLine};

/// Names by role, most telling first.
const FIELDS: &[(Role, &[&str])] = &[
    (Role::Time, &["timestamp", "@timestamp", "time", "datetime", "ts", "date", "asctime", "t"]),
    (Role::Instance, &["instance", "instance_id", "service.instance.id"]),
    (Role::Host, &["http.host", "url.domain", "server_name", "vhost", "host", "req.headers.host"]),
    (
        Role::RequestId,
        &[
            "request_id",
            "requestId",
            "requestID",
            "req_id",
            "reqId",
            "x_request_id",
            "http.request.id",
            "request.id",
            "req.id",
            "rid",
            "correlation_id",
            "correlationId",
            "trace_id",
            "traceId",
            "trace.id",
        ],
    ),
    (
        Role::Method,
        &[
            "method",
            "http_method",
            "httpMethod",
            "request_method",
            "http.request.method",
            "http.method",
            "request.method",
            "req.method",
            "verb",
        ],
    ),
    (
        Role::Url,
        &[
            "url",
            "request_uri",
            "requestUri",
            "uri",
            "url.full",
            "url.original",
            "http.url",
            "http.target",
            "request.url",
            "request.uri",
            "req.url",
            "originalUrl",
            "path",
            "url.path",
            "request.path",
            "request_path",
            "req.path",
            "http.path",
        ],
    ),
    (Role::Request, &["request", "request_line", "requestLine"]),
    (Role::Route, &["route", "route_name", "routeName", "http.route", "endpoint"]),
    (Role::RouteParams, &["route_params", "routeParams"]),
    (
        Role::Status,
        &[
            "status",
            "status_code",
            "statusCode",
            "http_status",
            "http.response.status_code",
            "http.status_code",
            "http.status",
            "response.status",
            "response.status_code",
            "res.statusCode",
            "res.status",
            "response_status",
        ],
    ),
    (
        Role::Millis,
        &[
            "duration_ms",
            "durationMs",
            "latency_ms",
            "latencyMs",
            "elapsed_ms",
            "elapsedMs",
            "responseTime",
            "response_time",
            "response_time_ms",
            "took_ms",
            "ms",
        ],
    ),
    (Role::Seconds, &["duration", "duration_s", "request_time", "elapsed", "latency"]),
    (Role::Nanos, &["event.duration", "duration_ns"]),
    (Role::End, &["end"]),
    (
        Role::Exception,
        &[
            "exception",
            "exception.type",
            "exception_class",
            "exception.class",
            "error.type",
            "err.type",
        ],
    ),
    (Role::Roles, &["roles", "user_roles", "user.roles", "role", "user_role", "user.role"]),
    (
        Role::Ip,
        &[
            "client_ip",
            "clientIp",
            "client.address",
            "client.ip",
            "remote_addr",
            "remoteAddr",
            "remote_ip",
            "remoteIp",
            "remoteAddress",
            "req.remoteAddress",
            "request.remote_ip",
            "source.ip",
            "ip",
            "ip_address",
            "ipAddress",
        ],
    ),
    (
        Role::UserAgent,
        &[
            "user_agent",
            "userAgent",
            "user_agent.original",
            "http_user_agent",
            "http.user_agent",
            "req.headers.user-agent",
            "request.headers.user-agent",
            "headers.user-agent",
            "ua",
        ],
    ),
    (
        Role::UserId,
        &[
            "user_id",
            "userId",
            "userID",
            "uid",
            "user.id",
            "usr.id",
            "enduser.id",
            "req.user.id",
            "account_id",
        ],
    ),
    (
        Role::Email,
        &["email", "user_email", "userEmail", "user.email", "usr.email", "e_mail", "mail"],
    ),
    (
        Role::Login,
        &[
            "login",
            "username",
            "user_name",
            "userName",
            "user.login",
            "user.username",
            "remote_user",
            "user",
        ],
    ),
    (
        Role::Name,
        &[
            "full_name",
            "fullName",
            "user.full_name",
            "user.fullName",
            "user.name",
            "usr.name",
            "display_name",
        ],
    ),
    (Role::FrontId, &["front_id", "frontId", "frontend_id", "client_id", "clientId"]),
    (Role::Phone, &["phone", "phone_number", "phoneNumber", "user.phone"]),
    (Role::Impersonator, &["impersonator_id", "impersonatorId", "impersonator"]),
    (
        Role::Level,
        &[
            "level",
            "level_name",
            "log.level",
            "severity",
            "loglevel",
            "levelname",
            "log_level",
            "lvl",
        ],
    ),
    (Role::Channel, &["channel", "logger", "logger_name", "log.logger", "category"]),
    (
        Role::Message,
        &["message", "msg", "error", "error.message", "err.message", "error_message", "event"],
    ),
    (Role::ProcessId, &["pid", "process_id", "process.pid"]),
    (Role::Hostname, &["hostname", "host.name", "host.hostname"]),
    (
        Role::Known,
        &[
            "@version",
            "ecs.version",
            "x_forwarded_for",
            "http_x_forwarded_for",
            "xff",
            "req.headers.x-forwarded-for",
            "request.headers.x-forwarded-for",
            "headers.x-forwarded-for",
        ],
    ),
];

pub(crate) const FORM: Form =
    Form { own: FIELDS, known: &[], prefix: "", dash: false, twins: false };

/// The table of this format.
pub(crate) fn table(fields: &FieldMap) -> Table {
    Table::new(fields, &FORM)
}

/// One line.
pub(crate) fn decode<'a>(table: &Table, line: &'a str) -> Result<Body<'a>, Fault> {
    let Json::Object(members) = read(line)? else { return Err(Fault::Form) };
    if members.is_empty() {
        return Err(Fault::Form);
    }
    let mut sheet = table.lay(members);
    let (method, url) = method_and_url(&mut sheet);
    Ok(if url.is_none() || method.is_none() && !sheet.has(Role::Status) {
        Body::Text(Box::new(text_record(&mut sheet, line)))
    } else {
        Body::Request(Box::new(request(&mut sheet, method, url)))
    })
}

fn request<'a>(
    sheet: &mut Sheet<'a, '_>,
    method: Option<Hot<'a>>,
    url: Option<Hot<'a>>,
) -> RequestLine<'a> {
    RequestLine {
        time: sheet.time(),
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
        duration_ms: sheet.millis(),
        end: sheet.text(Role::End),
        exception: sheet.exception(),
        roles: sheet.texts(Role::Roles),
        ip: sheet.text(Role::Ip),
        user_agent: sheet.text(Role::UserAgent),
        subject: subject(sheet),
        impersonator: impersonator(sheet),
        post: None,
        level: sheet.level(),
        channel: sheet.text(Role::Channel),
        message: sheet.text(Role::Message),
        rest: sheet.rest(),
    }
}

#[cfg(test)]
mod tests;
