//! `[[source]]`: where lines come from.

use super::service::Service;
use super::socket;
use crate::section::{Item, Section};
use crate::{forms, schema};
use greffier_collector::{FieldMap, SourceKind, SourcePlan};
use greffier_record::Format;
use std::path::PathBuf;

const MAX_BODY: u64 = 8 << 20;
/// Most sources. Each is a task or a thread, so more of them is a mistake.
const MOST: usize = 256;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    File,
    Http,
    Stdin,
    Tcp,
    Unix,
}

const TYPES: [(&str, Type); 5] = [
    ("file", Type::File),
    ("http", Type::Http),
    ("stdin", Type::Stdin),
    ("tcp", Type::Tcp),
    ("unix", Type::Unix),
];
const LATER: [&str; 5] = ["udp", "syslog", "gelf", "otlp", "forward"];

/// Keys that only some types have.
const OWN: [(&str, &[Type]); 11] = [
    ("paths", &[Type::File]),
    ("listen", &[Type::Http, Type::Tcp]),
    ("max_body", &[Type::Http]),
    ("tls", &[Type::Http, Type::Tcp]),
    ("cleartext", &[Type::Http, Type::Tcp]),
    ("path", &[Type::Unix]),
    ("mode", &[Type::Unix]),
    ("kind", &[Type::Unix]),
    ("buffer", &[Type::Unix, Type::Tcp]),
    ("max_connections", &[Type::Unix, Type::Tcp]),
    ("idle", &[Type::Unix, Type::Tcp]),
];

/// The sources that could be read.
pub(super) struct Sources {
    pub(super) plans: Vec<SourcePlan>,
    /// Whether these are all.
    pub(super) complete: bool,
}

/// All sources; the HTTP source on loopback if there is none.
pub(super) fn read(root: &Section<'_>, service: &Service) -> Sources {
    let mut sections = root.tables("source", &schema::SOURCE);
    if let Some(one_too_many) = sections.get(MOST) {
        one_too_many.fail::<()>("more than 256 sources", "join files of one format in one source");
        sections.truncate(MOST);
    }
    let mut names = names(&sections);
    let mut plans: Vec<SourcePlan> = Vec::new();
    for (at, section) in sections.iter().enumerate() {
        let Some(mut plan) = source(section, &plans, service) else { continue };
        plan.name = names[at].clone().unwrap_or_else(|| free_name(&plan.kind, &names));
        names[at] = Some(plan.name.clone());
        plans.push(plan);
    }
    if sections.is_empty() {
        let (listen, max_body) = (socket::LISTEN, size(MAX_BODY));
        let kind = SourceKind::Http { listen, max_body, tls: None };
        let (name, format) = ("http".into(), Format::Json);
        plans.push(SourcePlan { name, kind, format, fields: FieldMap::default(), join: None });
    }
    for plan in &mut plans {
        let tenant = service.tenant_field.iter().map(|path| ("tenant".to_owned(), path.clone()));
        plan.fields.entries.extend(tenant);
    }
    Sources { complete: sections.len() <= plans.len(), plans }
}

/// The written names, one for each source.
fn names(sections: &[Section<'_>]) -> Vec<Option<String>> {
    let mut names: Vec<Option<String>> = Vec::new();
    for section in sections {
        let item = section.get("name");
        let name = item.as_ref().and_then(|item| item.form(&forms::SOURCE_NAME));
        if let Some(item) = item
            && names.iter().flatten().any(|other| Some(other.as_str()) == name)
        {
            item.fail::<()>("two sources of one name", "write another name");
        }
        names.push(name.map(str::to_owned));
    }
    names
}

/// The type's name, with a number if it is taken.
fn free_name(kind: &SourceKind, names: &[Option<String>]) -> String {
    let stem = match kind {
        SourceKind::Stdin => "stdin",
        SourceKind::File { .. } => "file",
        SourceKind::Http { .. } => "http",
        SourceKind::Unix { .. } => "unix",
        SourceKind::Tcp { .. } => "tcp",
    };
    let numbered = (2..).map(|number: u32| format!("{stem}-{number}"));
    let mut candidates = std::iter::once(stem.to_owned()).chain(numbered);
    candidates
        .find(|name| !names.iter().flatten().any(|other| other == name))
        .expect("there are more numbers than sources")
}

/// A source, still without its name.
fn source(section: &Section<'_>, others: &[SourcePlan], service: &Service) -> Option<SourcePlan> {
    let advice = "write type = \"file\", \"http\", \"stdin\", \"tcp\" or \"unix\"";
    let item = section.need("type", advice)?;
    if item.later(&LATER, advice) {
        return None;
    }
    let kind = item.word("kind of source", &TYPES);
    let format = format(section, kind);
    let fields = fields(section, format, service);
    for (key, types) in OWN {
        if let (Some(item), Some(kind)) = (section.get(key), kind)
            && !types.contains(&kind)
        {
            let near = key == "path" && kind == Type::File;
            let advice = if near { "did you mean `paths`?" } else { "remove it" };
            return item.fail("this kind of source has no such key", advice);
        }
    }
    let paths = section.get("paths").map(|item| paths(&item, others));
    let max_body = section.get("max_body").and_then(|item| item.bytes(1 << 10..=64 << 20));
    let kind = match kind? {
        Type::File => {
            section.need("paths", "write paths = [\"/var/log/…\"]");
            SourceKind::File { paths: paths?? }
        }
        Type::Http => socket::http(section, others, size(max_body.unwrap_or(MAX_BODY)))?,
        Type::Stdin => stdin(section, others)?,
        Type::Tcp => socket::tcp(section, others)?,
        Type::Unix => socket::unix(section, others)?,
    };
    Some(SourcePlan { name: String::new(), kind, format: format?, fields, join: None })
}

/// The format; a source over HTTP is told by each request and reads `json` by default.
fn format(section: &Section<'_>, kind: Option<Type>) -> Option<Format> {
    let words = Format::ALL.map(|format| (format.name(), format));
    match (section.get("format"), kind) {
        (Some(item), _) => item.word("format", &words),
        (None, Some(Type::Http)) => Some(Format::Json),
        (None, None) => None,
        (None, Some(_)) => {
            section.need("format", "write \"monolog\", \"json\", \"nginx-json\" or \"combined\"");
            None
        }
    }
}

fn fields(section: &Section<'_>, format: Option<Format>, service: &Service) -> FieldMap {
    let mut entries = Vec::new();
    let Some(item) = section.get("fields") else { return FieldMap { entries } };
    if format == Some(Format::Combined) {
        item.fail::<()>("a combined line has no named fields", "remove it");
    }
    for (role, value) in item.pairs().unwrap_or_default() {
        if !FieldMap::ROLES.contains(&role) {
            unknown_role(&value, role);
            continue;
        }
        if role == "tenant" && !service.uses_field {
            value
                .fail::<()>("a field that nothing reads", "write [service] tenant = { field = … }");
        }
        let paths = if value.is_list() {
            value.forms(&forms::FIELD).unwrap_or_default()
        } else {
            value.form(&forms::FIELD).map(str::to_owned).into_iter().collect()
        };
        entries.extend(paths.into_iter().map(|path| (role.to_owned(), path)));
    }
    FieldMap { entries }
}

fn unknown_role(item: &Item<'_>, role: &str) {
    let advice = match schema::nearest(role, &FieldMap::ROLES) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", FieldMap::ROLES.join(", ")),
    };
    item.fail::<()>("unknown role", advice);
}

fn paths(item: &Item<'_>, others: &[SourcePlan]) -> Option<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = Vec::new();
    let taken = |path: &PathBuf| {
        others.iter().any(|other| match &other.kind {
            SourceKind::File { paths } => paths.contains(path),
            _ => false,
        })
    };
    for item in item.list()? {
        let Some(path) = item.path() else { continue };
        if path.to_str().is_some_and(|text| text.contains(['*', '?', '['])) {
            item.fail::<()>("a pattern", "name each file: patterns are not followed");
        } else if paths.contains(&path) || taken(&path) {
            item.fail::<()>("a file that is read already", "each file belongs to one source");
        } else {
            paths.push(path);
        }
    }
    if item.is_empty() {
        return item.fail("an empty list", "name at least one file");
    }
    Some(paths)
}

fn stdin(section: &Section<'_>, others: &[SourcePlan]) -> Option<SourceKind> {
    if others.iter().any(|other| other.kind == SourceKind::Stdin) {
        return section.fail("standard input is read already", "remove one of the two sources");
    }
    Some(SourceKind::Stdin)
}

fn size(bytes: u64) -> usize {
    usize::try_from(bytes).expect("bodies are at most 64 MiB")
}
