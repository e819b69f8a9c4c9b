//! Tests of the whole gate: what a line becomes, and what no line can make happen.

mod guard;
mod hostile;
mod opened;
mod properties;
mod samples;
mod shapes;
mod size;
mod words;

use crate::{Attribution, Policy, Redactor};
use greffier_record::{
    Body, Format, Hot, Identity, Origin, Post, Raw, RequestLine, TextRecord, Time, Value,
};
use greffier_vault::{Class, Cost, Custody, CustodyPlan, Manifest, RootKey, Writer};
use std::cell::RefCell;
use std::sync::OnceLock;

/// 2026-11-21T20:32:46.803Z
pub(crate) const NOW: i64 = 1_795_293_166_803;
/// No recipients are published for this time.
pub(crate) const NEVER: i64 = 4_000_000_000_000;

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Called with every text on its way to the detector: panics, as a fault of the gate would, if the text asks for it.
pub(crate) fn may_panic(text: &str) {
    assert!(!text.starts_with("panic"), "a fault at {text:?}");
}

/// Called with every plaintext on its way into a blob.
pub(crate) fn saw(part: &str, class: Class, plain: &[u8]) {
    let letter = if class == Class::Identity { 'i' } else { 'c' };
    let plain = std::str::from_utf8(plain).expect("plaintext is JSON");
    assert!(!plain.contains("panic\"}"), "a fault while the writer works");
    SEEN.with_borrow_mut(|seen| seen.push(format!("{part}.{letter} = {plain}")));
}

/// A writer whose recipients are valid at [`NOW`] and long expired at [`NEVER`].
fn writer() -> Writer {
    static MADE: OnceLock<(String, String)> = OnceLock::new();
    let (manifest, root) = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let plan = CustodyPlan::new("test", &Policy::default().retention.distinct(), NOW);
        let path = folder.path().join("custody.json");
        let made = Custody::create_with(path, "a passphrase", plan, Cost::FOR_TESTS);
        let (_, manifest, root) = made.expect("a custody");
        (manifest, root)
    });
    let root = RootKey::parse(root).expect("a root key");
    Writer::new(Manifest::parse(manifest, &root, None).expect("a manifest"))
}

pub(crate) fn gate(policy: Policy) -> Redactor {
    Redactor::new(policy, writer(), None)
}

pub(crate) fn policy() -> Policy {
    Policy { service: "social".into(), instance: "web-1".into(), ..Policy::default() }
}

pub(crate) fn origin(format: Format) -> Origin {
    Origin { source: 0, name: "test".into(), format, connection: 0, join: None }
}

/// Runs `work` on a record and shows the events it made, with ids removed, then what was sealed.
pub(crate) fn shown(gate: &mut Redactor, work: impl FnOnce(&mut Redactor)) -> String {
    SEEN.take();
    work(gate);
    let mut lines: Vec<String> = gate
        .take()
        .events()
        .map(|event| String::from_utf8(event.bytes.to_vec()).expect("an event is JSON"))
        .map(|event| hidden(&event))
        .collect();
    lines.extend(SEEN.take());
    lines.join("\n")
}

/// An event without its random parts.
fn hidden(event: &str) -> String {
    let random = regex::Regex::new(r#""(id|k|ka|kt|ku|i|c)":"[A-Za-z0-9_-]{20,}""#).unwrap();
    random.replace_all(event, "\"$1\":\"…\"").into_owned()
}

pub(crate) fn with_line<T>(
    format: Format,
    line: RequestLine<'_>,
    work: impl FnOnce(&Raw<'_>) -> T,
) -> T {
    let origin = origin(format);
    work(&Raw { origin: &origin, observed: NOW, body: Body::Request(Box::new(line)) })
}

pub(crate) fn with_text<T>(record: TextRecord<'_>, work: impl FnOnce(&Raw<'_>) -> T) -> T {
    let origin = origin(Format::Monolog);
    work(&Raw { origin: &origin, observed: NOW, body: Body::Text(Box::new(record)) })
}

/// The events of one request line of the application, and its attribution.
pub(crate) fn requested(policy: Policy, line: RequestLine<'_>) -> (String, Attribution) {
    let mut attribution = None;
    let text = with_line(Format::Monolog, line, |raw| {
        shown(&mut gate(policy), |gate| {
            attribution = Some(gate.request(raw, NOW).expect("there is a key"));
        })
    });
    (text, attribution.expect("set above"))
}

pub(crate) fn hot(text: &str) -> Option<Hot<'_>> {
    Some(Hot::new(text))
}

pub(crate) fn text(value: &str) -> Value<'_> {
    Value::Text(Hot::new(value))
}

pub(crate) fn number(token: &str) -> Value<'_> {
    Value::Number(Hot::new(token))
}

pub(crate) fn object<'a>(members: &[(&'a str, Value<'a>)]) -> Value<'a> {
    Value::Object(members.iter().map(|(key, value)| (Hot::new(*key), value.clone())).collect())
}

pub(crate) fn fields<'a>(members: &[(&'a str, Value<'a>)]) -> Option<Post<'a>> {
    Some(Post { fields: Some(object(members)), ..Post::default() })
}

pub(crate) fn ada<'a>() -> Identity<'a> {
    Identity {
        uid: hot("1001"),
        email: hot("ada@example.org"),
        login: hot("ada"),
        ..Identity::default()
    }
}

/// A plain page view.
pub(crate) fn view<'a>() -> RequestLine<'a> {
    RequestLine {
        time: Time::At(1_795_293_166_197),
        instance: hot("ip-10-0-3-17"),
        req: hot("6364188aedf55dd08449dd8912914d03"),
        method: hot("GET"),
        url: hot("http://www.exemple.fr/page/alice?page=2&q="),
        route: hot("page_show"),
        status: Some(200),
        duration_ms: Some(38.5),
        roles: vec![Hot::new("ROLE_USER")],
        ip: hot("203.0.113.7"),
        user_agent: hot("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        ..RequestLine::default()
    }
}
