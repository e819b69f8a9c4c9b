//! Every table and key the file may have, in one place.
//!
//! Invariant: a key that is not written here is refused, and every key written here is read (the reader
//! asserts it) and explained in `docs/configuration.md` (a test compares).

/// The keys of one table.
#[derive(Debug)]
pub(crate) struct Keys {
    /// How the table is named in problems and as a heading of the documentation.
    pub(crate) place: &'static str,
    /// Keys it may have.
    pub(crate) known: &'static [&'static str],
    /// Keys that are planned: they are refused with another sentence.
    pub(crate) later: &'static [&'static str],
}

const fn keys(place: &'static str, known: &'static [&'static str]) -> Keys {
    Keys { place, known, later: &[] }
}

pub(crate) static ROOT: Keys = Keys {
    place: "",
    known: &[
        "version",
        "service",
        "source",
        "privacy",
        "context",
        "audit",
        "event",
        "keys",
        "spool",
        "sink",
        "retention",
        "reader",
        "metrics",
    ],
    later: &["legal_ip", "access", "test", "console", "session"],
};
pub(crate) static SERVICE: Keys =
    keys("[service]", &["name", "instance", "tenant", "tenants", "residency"]);
pub(crate) static TENANT: Keys = keys("[service] tenant", &["field", "host", "instance"]);
pub(crate) static SOURCE: Keys = Keys {
    place: "[[source]]",
    known: &[
        "name",
        "type",
        "format",
        "paths",
        "listen",
        "max_body",
        "path",
        "mode",
        "kind",
        "buffer",
        "max_connections",
        "idle",
        "cleartext",
        "tls",
        "fields",
    ],
    later: &["trusted_proxies"],
};
pub(crate) static SOURCE_TLS: Keys = keys("[[source]] tls", &["cert", "key", "client_ca"]);
pub(crate) static PRIVACY: Keys = Keys {
    place: "[privacy]",
    known: &[
        "ip",
        "keep",
        "query_keep",
        "path_keep",
        "text",
        "known_after",
        "claimed_per_hour",
        "entity",
        "route",
    ],
    later: &[],
};
pub(crate) static PRIVACY_ENTITY: Keys = keys(
    "[[privacy.entity]]",
    &["name", "pattern", "check", "cue", "original", "examples", "counter_examples"],
);
pub(crate) static PRIVACY_ROUTE: Keys = keys("[[privacy.route]]", &["route", "path", "person"]);
pub(crate) static CONTEXT: Keys = keys(
    "[context]",
    &["trigger", "exclude_status", "join", "per_request", "total", "idle", "grace"],
);
pub(crate) static TRIGGER: Keys =
    keys("[context] trigger", &["level", "status", "slower_than", "exception"]);
pub(crate) static AUDIT: Keys =
    keys("[audit]", &["paths", "methods", "actions", "when_full", "object"]);
pub(crate) static AUDIT_OBJECT: Keys =
    keys("[[audit.object]]", &["route", "path", "kind", "id", "email"]);
pub(crate) static EVENT: Keys = keys("[[event]]", &["channel", "level"]);
pub(crate) static KEYS: Keys = keys("[keys]", &["root", "recipients", "store"]);
pub(crate) static STORE: Keys = keys("[keys] store", &["type", "path"]);
pub(crate) static SPOOL: Keys = keys("[spool]", &["dir", "max", "segment"]);
pub(crate) static SINK: Keys =
    Keys { place: "[sink]", known: &["archive", "stdout", "cloudwatch"], later: &["otlp"] };
pub(crate) static ARCHIVE: Keys = keys("[sink.archive]", &["dir"]);
pub(crate) static STDOUT: Keys = keys("[sink.stdout]", &[]);
pub(crate) static CLOUDWATCH: Keys =
    keys("[sink.cloudwatch]", &["region", "prefix", "kms_key", "endpoint_url", "rate"]);
pub(crate) static RETENTION: Keys =
    keys("[retention]", &["requests", "audit", "errors", "events", "sessions", "access"]);
pub(crate) static READER: Keys = keys("[reader]", &["dir", "passphrase"]);
pub(crate) static METRICS: Keys = keys("[metrics]", &["listen"]);

/// Every table.
pub(crate) static ALL: [&Keys; 23] = [
    &ROOT,
    &SERVICE,
    &TENANT,
    &SOURCE,
    &SOURCE_TLS,
    &PRIVACY,
    &PRIVACY_ENTITY,
    &PRIVACY_ROUTE,
    &CONTEXT,
    &TRIGGER,
    &AUDIT,
    &AUDIT_OBJECT,
    &EVENT,
    &KEYS,
    &STORE,
    &SPOOL,
    &SINK,
    &ARCHIVE,
    &STDOUT,
    &CLOUDWATCH,
    &RETENTION,
    &READER,
    &METRICS,
];

/// A name that may be shown: nothing that looks like one of these is a secret.
pub(crate) fn showable(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// The name with a space before it, if it may be shown.
pub(crate) fn shown(name: &str) -> String {
    if showable(name) { format!(" `{name}`") } else { String::new() }
}

/// The known key that was probably meant.
pub(crate) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    if name.len() > 40 {
        return None;
    }
    let distance = |key: &str| strsim::damerau_levenshtein(name, key);
    let best = known.iter().min_by_key(|key| distance(key))?;
    let close = distance(best) <= (name.len() / 3).max(1);
    let longer = || known.iter().find(|key| key.len() > 2 && name.starts_with(**key));
    if close { Some(best) } else { longer().copied() }
}

/// The table a misplaced key belongs to.
pub(crate) fn home(name: &str) -> Option<&'static str> {
    let mut homes = ALL.iter().filter(|keys| keys.known.contains(&name));
    let place = homes.next()?.place;
    (homes.next().is_none() && !place.is_empty()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses() {
        assert_eq!(nearest("max_size", SPOOL.known), Some("max"));
        assert_eq!(nearest("pathes", SOURCE.known), Some("paths"));
        assert_eq!(nearest("servise", ROOT.known), Some("service"));
        assert_eq!(nearest("retentoin", ROOT.known), Some("retention"));
        assert_eq!(nearest("colour", SOURCE.known), None);
        assert_eq!(nearest("x", STDOUT.known), None);
    }

    #[test]
    fn homes() {
        assert_eq!(home("query_keep"), Some("[privacy]"));
        assert_eq!(home("level"), None, "in two tables");
        assert_eq!(home("spool"), None, "a table of its own");
    }
}
