//! Monolog's `JsonFormatter`, and the request line of the Symfony subscriber in it.
//!
//! Invariant: a record is a request line when its message is `http_request` and its context has a method and
//! a URL; then what the record says about itself is known and dropped (`docs/formats/events.md`). Any other
//! record is text: it travels whole and is sealed whole. Place on the path: under the decoder.

use crate::FieldMap;
use crate::json::{Json, Members, read};
use crate::sheet::{Sheet, text};
use crate::table::{Form, Role, Table};
use greffier_record::{Body, Fault, Hot, Identity, Post, RequestLine, TextRecord, Value};

const FIELDS: &[(Role, &[&str])] = &[
    (Role::Message, &["message"]),
    (Role::Time, &["context.date", "datetime"]),
    (Role::Instance, &["context.instance"]),
    (Role::RequestId, &["extra.request_id", "context.request_id"]),
    (Role::Method, &["context.method"]),
    (Role::Url, &["context.url"]),
    (Role::Route, &["context.route"]),
    (Role::RouteParams, &["context.route_params"]),
    (Role::Status, &["context.status"]),
    (Role::Millis, &["context.duration_ms"]),
    (Role::End, &["context.end"]),
    (Role::Exception, &["context.exception"]),
    (Role::Roles, &["context.user_roles"]),
    (Role::Ip, &["context.ip"]),
    (Role::UserAgent, &["context.user_agent"]),
    (Role::UserId, &["context.user_id"]),
    (Role::Email, &["context.user_email"]),
    (Role::Login, &["extra.token.user_identifier"]),
    (Role::Impersonator, &["context.impersonator_id"]),
    (Role::Post, &["context.post"]),
    (Role::Level, &["level"]),
    (Role::LevelName, &["level_name"]),
    (Role::Channel, &["channel"]),
    (Role::ProcessId, &["extra.process_id"]),
    (Role::Hostname, &["extra.hostname"]),
    (
        Role::Known,
        &[
            "context.ip_chain",
            "extra.file",
            "extra.line",
            "extra.class",
            "extra.callType",
            "extra.function",
            "extra.uid",
            "extra.url",
            "extra.ip",
            "extra.http_method",
            "extra.server",
            "extra.referrer",
            "extra.user_agent",
            "extra.token.authenticated",
            "extra.token.roles",
            "extra.token.username",
        ],
    ),
];

/// In any other record `context` is the application's own: its `date` is not the record's time.
const RECORD_FIELDS: &[(Role, &[&str])] = &[
    (Role::Message, &["message"]),
    (Role::Time, &["datetime"]),
    (Role::RequestId, &["extra.request_id", "context.request_id"]),
    (Role::Exception, &["context.exception"]),
    (Role::Level, &["level"]),
    (Role::LevelName, &["level_name"]),
    (Role::Channel, &["channel"]),
    (Role::ProcessId, &["extra.process_id"]),
    (Role::Hostname, &["extra.hostname"]),
];

const FORM: Form = Form {
    own: FIELDS,
    known: &["extra.memory", "level"],
    prefix: "context.",
    dash: false,
    twins: true,
};

const RECORD_FORM: Form = Form { own: RECORD_FIELDS, ..FORM };

/// The tables of this format: of request lines, and of all other records.
pub(crate) struct Tables {
    request: Table,
    record: Table,
}

/// The tables of this format.
pub(crate) fn tables(fields: &FieldMap) -> Tables {
    Tables { request: Table::new(fields, &FORM), record: Table::new(fields, &RECORD_FORM) }
}

/// One line.
pub(crate) fn decode<'a>(tables: &Tables, line: &'a str) -> Result<Body<'a>, Fault> {
    let Json::Object(members) = read(line)? else { return Err(Fault::Form) };
    let message = members.iter().find(|(key, _)| key == "message");
    let Some((_, Json::Text(message))) = message else { return Err(Fault::Form) };
    let says_request = message == "http_request";
    let table = if says_request { &tables.request } else { &tables.record };
    let mut sheet = table.lay(members);
    Ok(if says_request && sheet.has(Role::Method) && sheet.has(Role::Url) {
        Body::Request(Box::new(request(&mut sheet)))
    } else {
        Body::Text(Box::new(text_record(&mut sheet, line)))
    })
}

fn request<'a>(sheet: &mut Sheet<'a, '_>) -> RequestLine<'a> {
    for constant in [Role::Message, Role::Level, Role::LevelName, Role::Channel] {
        sheet.forget(constant);
    }
    RequestLine {
        time: sheet.time(),
        instance: sheet.text(Role::Instance),
        tenant: sheet.text(Role::Tenant),
        host: sheet.text(Role::Host),
        req: sheet.text(Role::RequestId),
        place: sheet.place(),
        method: sheet.text(Role::Method),
        url: sheet.text(Role::Url),
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
        post: post(sheet),
        level: None,
        channel: None,
        message: None,
        rest: sheet.rest(),
    }
}

/// The person the application has authenticated.
pub(crate) fn subject<'a>(sheet: &mut Sheet<'a, '_>) -> Identity<'a> {
    Identity {
        uid: sheet.text(Role::UserId),
        email: sheet.text(Role::Email),
        login: sheet.text(Role::Login),
        name: sheet.text(Role::Name),
        fid: sheet.text(Role::FrontId),
        phone: sheet.text(Role::Phone),
        claimed: false,
    }
}

/// The one behind `switch_user`: a number is a user id, text only the login that was used.
pub(crate) fn impersonator<'a>(sheet: &mut Sheet<'a, '_>) -> Option<Identity<'a>> {
    sheet.take_as(Role::Impersonator, |value| match value {
        Json::Number(uid) => Ok(Identity { uid: Some(Hot::new(uid)), ..Identity::default() }),
        Json::Text(login) => {
            let login = Some(Hot::new(login));
            Ok(Identity { login, claimed: true, ..Identity::default() })
        }
        other => Err(other),
    })
}

/// What was posted. An empty body is a post with nothing in it; members the subscriber does not write are
/// posted all the same: in the rest they would be sealed for the actor.
fn post<'a>(sheet: &mut Sheet<'a, '_>) -> Option<Post<'a>> {
    let mut post = Post::default();
    let members = match sheet.take(Role::Post)?.1 {
        Json::Object(members) => members,
        Json::Text(raw) => return Some(Post { raw: Some(Hot::new(raw)), ..post }),
        value => return Some(Post { fields: Some(value.into()), ..post }),
    };
    let mut others = Vec::new();
    for (key, value) in members {
        match (&*key, value) {
            ("content_type" | "length" | "truncated", _) | (_, Json::Null) => {}
            (_, value) if is_empty(&value) => {}
            ("fields" | "json", value) if post.fields.is_none() => post.fields = Some(value.into()),
            ("files", value) => post.files = Some(value.into()),
            ("raw", Json::Text(raw)) => post.raw = Some(Hot::new(raw)),
            (_, value) => others.push((Hot::new(key), value.into())),
        }
    }
    if !others.is_empty() {
        add(&mut post, others);
    }
    Some(post)
}

/// Adds members to what was posted, where rules still find the fields.
fn add<'a>(post: &mut Post<'a>, others: Vec<(Hot<'a>, Value<'a>)>) {
    let mut members = match post.fields.take() {
        None => Vec::new(),
        Some(Value::Object(members)) => members,
        Some(other) => vec![(Hot::new("fields"), other)],
    };
    members.push((Hot::new("(post)"), Value::Object(others)));
    post.fields = Some(Value::Object(members));
}

/// PHP writes an empty form, an empty array and an empty object all as `[]`.
fn is_empty(value: &Json<'_>) -> bool {
    match value {
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => Members::is_empty(members),
        Json::Text(text) => text.is_empty(),
        _ => false,
    }
}

/// A record that is no request line.
pub(crate) fn text_record<'a>(sheet: &mut Sheet<'a, '_>, line: &'a str) -> TextRecord<'a> {
    TextRecord {
        time: sheet.time(),
        instance: sheet.text(Role::Instance),
        tenant: sheet.text(Role::Tenant),
        req: sheet.text(Role::RequestId),
        place: sheet.place(),
        level: sheet.level(),
        channel: sheet.text(Role::Channel),
        message: sheet.text(Role::Message),
        exception: class(sheet),
        line: Hot::new(line),
    }
}

/// Class of the exception: an object's `class`, or text up to its code or message.
fn class<'a>(sheet: &mut Sheet<'a, '_>) -> Option<Hot<'a>> {
    sheet.take(Role::Exception).and_then(|(_, value)| match value {
        Json::Object(members) => {
            let class = members.into_iter().find(|(key, _)| matches!(&**key, "class" | "type"));
            class.and_then(|(_, class)| text(class).ok())
        }
        Json::Text(text) => {
            let text = text.strip_prefix("[object] (").unwrap_or(&text);
            let class = text.split(['(', ':']).next().unwrap_or(text).trim();
            (!class.is_empty()).then(|| Hot::new(class.to_owned()))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests;
