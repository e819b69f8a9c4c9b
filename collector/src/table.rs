//! Which dotted path plays which role: what a format knows by itself, after what the configuration says.
//!
//! Invariant: a path has one role. Place on the path: under the JSON decoders, built once for a source.

use crate::FieldMap;
use crate::json::Json;

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
///
/// The paths are the operator's and ours, so no line can crowd a bucket: it can only look into one.
pub(crate) struct Table {
    buckets: [Vec<Rule>; 256],
    pub(crate) form: &'static Form,
}

/// What a path means.
pub(crate) struct Rule {
    /// As the table spells it.
    pub(crate) path: String,
    pub(crate) role: Role,
    /// Lower comes first.
    pub(crate) rank: usize,
}

/// The rule of every path that begins as one of [`Form::known`].
static UNWANTED: Rule = Rule { path: String::new(), role: Role::Known, rank: 0 };

impl Table {
    /// The configuration's paths (relative, and as they stand) before the format's own.
    pub(crate) fn new(fields: &FieldMap, form: &'static Form) -> Self {
        let mut table = Self { buckets: [const { Vec::new() }; 256], form };
        let configured = fields.entries.iter().filter_map(|(name, path)| {
            let at = FieldMap::ROLES.iter().position(|role| role == name)?;
            Some((CONFIGURED[at], path))
        });
        for (rank, (role, path)) in configured.enumerate() {
            for path in [format!("{}{path}", form.prefix), path.clone()] {
                table.add(Rule { path, role, rank });
            }
        }
        let own = form.own.iter().flat_map(|(role, names)| names.iter().map(|name| (*role, *name)));
        for (rank, (role, path)) in (fields.entries.len()..).zip(own) {
            table.add(Rule { path: path.to_owned(), role, rank });
        }
        table
    }

    /// The first rule of a path stays.
    fn add(&mut self, rule: Rule) {
        let bucket = &mut self.buckets[bucket(&rule.path)];
        if bucket.iter().all(|earlier| earlier.path != rule.path) {
            bucket.push(rule);
        }
    }

    /// The rule of a path.
    pub(crate) fn find(&self, path: &str) -> Option<&Rule> {
        let rule = self.buckets[bucket(path)].iter().find(|rule| rule.path == path);
        let unwanted = || self.form.known.iter().any(|prefix| path.starts_with(prefix));
        rule.or_else(|| unwanted().then_some(&UNWANTED))
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

/// Where a path is looked up: by its length, its first and last byte and one in the middle.
fn bucket(path: &str) -> usize {
    let bytes = path.as_bytes();
    let byte = |at: usize| usize::from(bytes.get(at).copied().unwrap_or_default());
    let (len, last) = (bytes.len(), bytes.len().wrapping_sub(1));
    (len + 7 * byte(0) + 31 * byte(last) + 113 * byte(len / 2)) % 256
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_under_its_first_rule_and_no_bucket_is_crowded() {
        let fields = FieldMap { entries: vec![("user_id".into(), "email".into())] };
        let table = Table::new(&fields, &crate::fields::FORM);
        let role = |path| table.find(path).map(|rule| (rule.path == path, rule.role));
        assert_eq!(role("email"), Some((true, Role::UserId)));
        assert_eq!(role("user_email"), Some((true, Role::Email)));
        assert_eq!((role(""), role("emails"), role("é")), (None, None, None));
        assert!(table.buckets.iter().all(|bucket| bucket.len() <= 5));
    }

    #[test]
    fn every_role_of_the_configuration_is_one_here() {
        assert_eq!(FieldMap::ROLES.len(), CONFIGURED.len());
        assert_eq!((FieldMap::ROLES[10], CONFIGURED[10]), ("duration_ms", Role::Millis));
        assert_eq!((FieldMap::ROLES[22], CONFIGURED[22]), ("impersonator_id", Role::Impersonator));
        assert_eq!((FieldMap::ROLES[25], CONFIGURED[25]), ("message", Role::Message));
    }
}
