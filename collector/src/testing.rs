//! What the tests of the decoders share. Only here is hot text looked at.
#![allow(clippy::disallowed_methods, reason = "tests look at the lines they made up themselves")]

use crate::{Decoder, FieldMap, Frame, SourceKind, SourcePlan};
use greffier_record::{
    Body, Broken, Fault, Format, Hot, Identity, Origin, Raw, RequestLine, TextRecord, Value,
};
use std::path::Path;

pub(crate) const OBSERVED: i64 = 1_795_300_000_000;

pub(crate) fn plan(format: Format, fields: &[(&str, &str)]) -> SourcePlan {
    let entries = fields.iter().map(|(role, path)| ((*role).into(), (*path).into())).collect();
    let kind = SourceKind::Stdin;
    let fields = FieldMap { entries };
    SourcePlan { name: "test".into(), kind, format, fields, join: None }
}

pub(crate) fn origin(format: Format) -> Origin {
    plan(format, &[]).origin(0, format)
}

fn frame(line: &[u8], fault: Option<Fault>) -> Frame {
    Frame { range: 0..line.len(), fault, cut: 0 }
}

/// Decodes with a field map. The origin lives on: a test ends soon enough.
pub(crate) fn mapped<'a>(format: Format, line: &'a [u8], fields: &[(&str, &str)]) -> Body<'a> {
    let decoder = Decoder::new(&plan(format, fields));
    let origin: &'static Origin = Box::leak(Box::new(origin(format)));
    decoder.decode(origin, line, &frame(line, None), OBSERVED).body
}

pub(crate) fn decode(format: Format, line: &[u8]) -> Body<'_> {
    mapped(format, line, &[])
}

pub(crate) fn framed(format: Format, line: &[u8], fault: Fault) -> Body<'_> {
    let origin: &'static Origin = Box::leak(Box::new(origin(format)));
    let raw: Raw<'_> =
        Decoder::new(&plan(format, &[])).decode(origin, line, &frame(line, Some(fault)), OBSERVED);
    raw.body
}

pub(crate) fn request(body: Body<'_>) -> RequestLine<'_> {
    match body {
        Body::Request(line) => *line,
        other => panic!("no request line: {other:?}"),
    }
}

pub(crate) fn text_record(body: Body<'_>) -> TextRecord<'_> {
    match body {
        Body::Text(record) => *record,
        other => panic!("no text record: {other:?}"),
    }
}

pub(crate) fn broken(body: Body<'_>) -> Broken<'_> {
    match body {
        Body::Broken(broken) => broken,
        other => panic!("not broken: {other:?}"),
    }
}

pub(crate) fn fault(format: Format, line: &[u8]) -> Fault {
    broken(decode(format, line)).fault
}

pub(crate) fn see<'a>(hot: &'a Option<Hot<'_>>) -> Option<&'a str> {
    hot.as_ref().map(Hot::expose)
}

pub(crate) fn show(hot: &Hot<'_>) -> String {
    hot.expose().to_owned()
}

/// A value as compact JSON.
pub(crate) fn compact(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(bool) => bool.to_string(),
        Value::Number(token) => show(token),
        Value::Text(text) => serde_json::to_string(text.expose()).unwrap(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(compact).collect::<Vec<_>>().join(","))
        }
        Value::Object(members) => {
            let member = |(key, value): &(Hot<'_>, Value<'_>)| {
                format!("{}:{}", serde_json::to_string(key.expose()).unwrap(), compact(value))
            };
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
        }
    }
}

/// The rest as `path=json`, in order.
pub(crate) fn rest(line: &RequestLine<'_>) -> Vec<String> {
    line.rest.iter().map(|(path, value)| format!("{}={}", show(path), compact(value))).collect()
}

/// Every part of an identity that is there, as `part=text`.
pub(crate) fn who(identity: &Identity<'_>) -> Vec<String> {
    let parts = [
        ("uid", &identity.uid),
        ("email", &identity.email),
        ("login", &identity.login),
        ("name", &identity.name),
        ("fid", &identity.fid),
        ("phone", &identity.phone),
    ];
    let mut who: Vec<_> = parts
        .into_iter()
        .filter_map(|(name, part)| see(part).map(|text| format!("{name}={text}")))
        .collect();
    who.extend(identity.claimed.then(|| "claimed".into()));
    who
}

/// A captured file.
pub(crate) fn capture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/capture");
    std::fs::read(folder.join(name)).expect("the capture is in the repository")
}

/// Its lines.
pub(crate) fn captured(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty())
}

/// The lines of a chunk.
pub(crate) fn texts(chunk: &crate::Chunk) -> Vec<String> {
    let bytes = chunk.bytes.expose_to_decoder();
    let lines = chunk.frames.iter().map(|frame| bytes[frame.range.clone()].to_vec());
    lines.map(|line| String::from_utf8(line).unwrap()).collect()
}
