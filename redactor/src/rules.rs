//! The policy, compiled: globs, templates and lookups, ready for one line after the other.

use crate::event::EventWriter;
use crate::glob::{Glob, On};
use crate::path::Template;
use crate::query::Keep;
use crate::{IpRule, ObjectRule, Policy, Selector, Stream, TenantRule, charset};
use greffier_record::{Side, Value};
use std::borrow::Cow;

/// Stands for "no tenant" in keys, rows and log streams.
pub(crate) const NO_TENANT: &str = "-";

/// Everything the gate decides by.
pub(crate) struct Rules {
    pub(crate) policy: Policy,
    /// `svc` and `inst` as they stand in every event.
    pub(crate) service: Vec<u8>,
    pub(crate) path_keep: Vec<Template>,
    pub(crate) query_keep: Keep,
    audit_paths: Vec<Glob>,
    actions: Vec<(Glob, String)>,
    objects: Vec<Object>,
    routes: Vec<(On, bool)>,
}

struct Object {
    on: On,
    rule: ObjectRule,
    template: Option<Template>,
}

/// What a back-office action is about.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum About<'a> {
    /// A person, by user id.
    User(Cow<'a, str>),
    /// A person, by e-mail address.
    Address(Cow<'a, str>),
    /// A thing: `content:812`.
    Thing(String),
}

/// The parts of a request line that rules look at.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) side: Side,
    pub(crate) method: Option<&'a str>,
    pub(crate) route: Option<&'a str>,
    /// As received, still percent-encoded.
    pub(crate) raw_path: &'a str,
    /// Decoded.
    pub(crate) path: &'a str,
    pub(crate) params: &'a [(&'a str, &'a str)],
    pub(crate) fields: Option<&'a Value<'a>>,
    pub(crate) posted: bool,
}

impl Rules {
    pub(crate) fn new(policy: Policy) -> Self {
        let audit = &policy.audit;
        let object = |rule: &ObjectRule| Object {
            on: On::new(&rule.on),
            rule: rule.clone(),
            template: match &rule.select {
                Selector::PathSegment { template, .. } => Some(Template::new(template)),
                _ => None,
            },
        };
        Self {
            service: EventWriter::service(&policy.service, &policy.instance),
            path_keep: policy.path_keep.iter().map(|text| Template::new(text)).collect(),
            query_keep: Keep::new(&policy.query_keep),
            audit_paths: audit.paths.iter().map(|glob| Glob::new(glob)).collect(),
            actions: audit.actions.iter().map(|(g, act)| (Glob::new(g), act.clone())).collect(),
            objects: audit.objects.iter().map(object).collect(),
            routes: policy.routes.iter().map(|r| (On::new(&r.on), r.drop_person)).collect(),
            policy,
        }
    }

    /// True when full addresses may be sealed.
    pub(crate) fn seals_ip(&self) -> bool {
        self.policy.ip == IpRule::TruncateAndSeal
    }

    /// The tenant of a line, and whether it named one that is not on the list.
    pub(crate) fn tenant<'h>(
        &self,
        field: Option<&str>,
        host: impl FnOnce() -> Option<&'h str>,
        instance: Option<&str>,
    ) -> (&str, bool) {
        let (named, tenant) = match &self.policy.tenant {
            TenantRule::None => (false, None),
            TenantRule::Fixed(tenant) => (true, Some(tenant.as_str())),
            TenantRule::Field => {
                let listed = |t: &&String| field == Some(t.as_str());
                let tenant = self.policy.tenants.iter().find(listed);
                (field.is_some_and(|field| !field.is_empty()), tenant.map(String::as_str))
            }
            TenantRule::Host(map) => {
                let host = host();
                (host.is_some(), mapped(map, host))
            }
            TenantRule::Instance(map) => (instance.is_some(), mapped(map, instance)),
        };
        match tenant.filter(|tenant| charset::tenant(tenant)) {
            Some(tenant) => (tenant, false),
            None => (NO_TENANT, named),
        }
    }

    /// Audit: a line of the application that posted something, or that changes the back office.
    pub(crate) fn stream(&self, facts: &Facts<'_>) -> Stream {
        let changes = || {
            let methods = &self.policy.audit.methods;
            facts.method.is_some_and(|m| methods.iter().any(|known| known.eq_ignore_ascii_case(m)))
                && self
                    .audit_paths
                    .iter()
                    .any(|glob| glob.matches(facts.path) || glob.matches(facts.raw_path))
        };
        match facts.side {
            Side::App if facts.posted || changes() => Stream::Audit,
            _ => Stream::Requests,
        }
    }

    /// True when a rule says that this request is to know no person.
    pub(crate) fn drops_person(&self, facts: &Facts<'_>) -> bool {
        let rule = self.routes.iter().find(|(on, _)| on.matches(facts.route, facts.path));
        rule.is_some_and(|(_, drop)| *drop)
    }

    /// The action word of a route.
    pub(crate) fn action(&self, route: Option<&str>) -> Option<&str> {
        let found = self.actions.iter().find(|(glob, _)| route.is_some_and(|r| glob.matches(r)));
        found.map(|(_, word)| word.as_str()).filter(|word| charset::label(word))
    }

    /// What the action is about: the first rule that matches and finds its identifier.
    pub(crate) fn about<'a>(&self, facts: &Facts<'a>) -> Option<About<'a>> {
        self.objects.iter().filter(|o| o.on.matches(facts.route, facts.path)).find_map(|object| {
            let found = object.select(facts)?;
            let id = found.trim();
            if id.is_empty() || id.len() > 256 {
                return None;
            }
            let id = Cow::Owned(id.to_owned());
            Some(match (&*object.rule.kind, &object.rule.select) {
                ("person", Selector::PostEmail(_)) => About::Address(id),
                ("person", _) => About::User(id),
                (kind, _) => About::Thing(format!("{kind}:{id}")),
            })
        })
    }
}

impl Object {
    fn select<'a>(&self, facts: &Facts<'a>) -> Option<Cow<'a, str>> {
        match &self.rule.select {
            Selector::RouteParam(wanted) => {
                let found = facts.params.iter().find(|(name, _)| name == wanted)?;
                Some(Cow::Borrowed(found.1))
            }
            Selector::PathSegment { name, .. } => {
                self.template.as_ref()?.find(facts.raw_path, name)
            }
            Selector::PostId(path) | Selector::PostEmail(path) => {
                let found = path.iter().try_fold(facts.fields?, member)?;
                scalar(found).map(Cow::Borrowed)
            }
        }
    }
}

/// The tenant a host or an instance maps to.
fn mapped<'m>(map: &'m [(String, String)], key: Option<&str>) -> Option<&'m str> {
    let key = key?.trim_end_matches('.');
    map.iter().find(|(from, _)| from.eq_ignore_ascii_case(key)).map(|(_, tenant)| tenant.as_str())
}

fn member<'v>(value: &'v Value<'v>, name: &String) -> Option<&'v Value<'v>> {
    match value {
        Value::Object(members) => {
            members.iter().find(|(key, _)| key.expose() == name).map(|(_, value)| value)
        }
        _ => None,
    }
}

/// The text of a string or number.
pub(crate) fn scalar<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        Value::Text(text) | Value::Number(text) => Some(text.expose()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenants(rule: TenantRule) -> Rules {
        let tenants = vec!["acme".into()];
        Rules::new(Policy { tenant: rule, tenants, ..Policy::default() })
    }

    #[test]
    fn a_tenant_is_listed_or_mapped_or_none() {
        let field = tenants(TenantRule::Field);
        assert_eq!(field.tenant(Some("acme"), || None, None), ("acme", false));
        assert_eq!(field.tenant(Some("other"), || None, None), ("-", true));
        assert_eq!(field.tenant(Some(""), || None, None), ("-", false));
        let host = tenants(TenantRule::Host(vec![("www.x.fr".into(), "mairie-x".into())]));
        assert_eq!(host.tenant(None, || Some("WWW.x.fr."), None), ("mairie-x", false));
        assert_eq!(host.tenant(None, || Some("evil.example"), None), ("-", true));
        let bad = tenants(TenantRule::Instance(vec![("web".into(), "No Tenant".into())]));
        assert_eq!(bad.tenant(None, || None, Some("web")), ("-", true));
        let fixed = tenants(TenantRule::Fixed("one".into()));
        assert_eq!(fixed.tenant(Some("acme"), || None, None), ("one", false));
        assert_eq!(tenants(TenantRule::None).tenant(Some("acme"), || None, None), ("-", false));
    }

    #[test]
    fn changes_of_the_back_office_are_audit_however_they_are_written() {
        let rules = Rules::new(Policy::default());
        let stream = |method, raw_path, path, posted, side| {
            let (method, route, params, fields) = (Some(method), None, &[][..], None);
            rules.stream(&Facts { side, method, route, raw_path, path, params, fields, posted })
        };
        let app = Side::App;
        assert_eq!(stream("POST", "/%61dmin/x", "/admin/x", false, app), Stream::Audit);
        assert_eq!(stream("delete", "/admin", "/admin", false, app), Stream::Audit);
        assert_eq!(stream("GET", "/admin", "/admin", false, app), Stream::Requests);
        assert_eq!(stream("POST", "/x", "/x", false, app), Stream::Requests);
        assert_eq!(stream("POST", "/x", "/x", true, app), Stream::Audit);
        assert_eq!(stream("POST", "/admin", "/admin", true, Side::Proxy), Stream::Requests);
    }
}
