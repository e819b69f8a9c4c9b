//! Which dotted path plays which role: what a format knows by itself, after what the configuration says.
//!
//! Invariant: a path has one role. Place on the path: under the JSON decoders, built once for a source.

use crate::FieldMap;
use crate::json::Json;
use std::collections::HashMap;

/// What a field is in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Time,
    Instance,
    Tenant,
    Host,
    RequestId,
    Method,
    Url,
    Route,
    RouteParams,
    Status,
    Millis,
    End,
    Exception,
    Roles,
    Ip,
    UserAgent,
    UserId,
    Email,
    Login,
    Name,
    FrontId,
    Phone,
    Impersonator,
    Level,
    Channel,
    Message,
    // From here on: what formats say and the configuration cannot name.
    /// Duration in seconds.
    Seconds,
    /// Duration in nanoseconds.
    Nanos,
    /// Method, URL and protocol in one.
    Request,
    /// Second source of the level.
    LevelName,
    ProcessId,
    Hostname,
    Post,
    /// Known, and not wanted.
    Known,
}

/// Roles a configuration may name, as [`FieldMap::ROLES`] lists them.
const CONFIGURED: [Role; 26] = [
    Role::Time,
    Role::Instance,
    Role::Tenant,
    Role::Host,
    Role::RequestId,
    Role::Method,
    Role::Url,
    Role::Route,
    Role::RouteParams,
    Role::Status,
    Role::Millis,
    Role::End,
    Role::Exception,
    Role::Roles,
    Role::Ip,
    Role::UserAgent,
    Role::UserId,
    Role::Email,
    Role::Login,
    Role::Name,
    Role::FrontId,
    Role::Phone,
    Role::Impersonator,
    Role::Level,
    Role::Channel,
    Role::Message,
];

/// What a format is, beyond the configuration.
pub(crate) struct Form {
    /// Path and role, most telling first.
    pub(crate) own: &'static [(Role, &'static [&'static str])],
    /// Paths that begin so are known and not wanted.
    pub(crate) known: &'static [&'static str],
    /// What the configuration's paths are relative to, with its dot.
    pub(crate) prefix: &'static str,
    /// Whether `-` means nothing, as proxies write it.
    pub(crate) dash: bool,
    /// Whether a second time and a second request id only repeat the first.
    pub(crate) twins: bool,
}

/// Which path plays which role.
pub(crate) struct Table {
    paths: HashMap<String, Rule>,
    pub(crate) form: &'static Form,
}

/// What a path means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) role: Role,
    /// Lower comes first.
    pub(crate) rank: usize,
}

impl Table {
    /// The configuration's paths (relative, and as they stand) before the format's own.
    pub(crate) fn new(fields: &FieldMap, form: &'static Form) -> Self {
        let mut paths = HashMap::new();
        let configured = fields.entries.iter().filter_map(|(name, path)| {
            let at = FieldMap::ROLES.iter().position(|role| role == name)?;
            Some((CONFIGURED[at], path))
        });
        for (rank, (role, path)) in configured.enumerate() {
            for path in [format!("{}{path}", form.prefix), path.clone()] {
                paths.entry(path).or_insert(Rule { role, rank });
            }
        }
        let own = form.own.iter().flat_map(|(role, names)| names.iter().map(|name| (*role, *name)));
        for (rank, (role, path)) in (fields.entries.len()..).zip(own) {
            paths.entry(path.to_owned()).or_insert(Rule { role, rank });
        }
        Self { paths, form }
    }

    /// The rule of a path, and the path as the table spells it.
    pub(crate) fn find(&self, path: &str) -> Option<(&str, Rule)> {
        if let Some((path, rule)) = self.paths.get_key_value(path) {
            return Some((path, *rule));
        }
        let known = self.form.known.iter().any(|prefix| path.starts_with(prefix));
        known.then_some(("", Rule { role: Role::Known, rank: 0 }))
    }

    /// Whether a value is as good as absent.
    pub(crate) fn says_nothing(&self, value: &Json<'_>) -> bool {
        match value {
            Json::Null => true,
            Json::Array(items) => items.is_empty(),
            Json::Object(members) => members.is_empty(),
            Json::Text(text) => text.is_empty() || self.form.dash && text == "-",
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_of_the_configuration_is_one_here() {
        assert_eq!(FieldMap::ROLES.len(), CONFIGURED.len());
        assert_eq!((FieldMap::ROLES[10], CONFIGURED[10]), ("duration_ms", Role::Millis));
        assert_eq!((FieldMap::ROLES[22], CONFIGURED[22]), ("impersonator_id", Role::Impersonator));
        assert_eq!((FieldMap::ROLES[25], CONFIGURED[25]), ("message", Role::Message));
    }
}
