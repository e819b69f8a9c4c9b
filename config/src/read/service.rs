//! `[service]`: who this sidecar is, and whose lines it sees.

use crate::plan::ServicePlan;
use crate::section::{Item, Section};
use crate::{forms, schema};
use greffier_redactor::TenantRule;

/// What `[service]` decides.
pub(super) struct Service {
    pub(super) plan: ServicePlan,
    pub(super) tenant: TenantRule,
    pub(super) tenants: Vec<String>,
    /// Path of `tenant = { field = … }`, for every source's field map.
    pub(super) tenant_field: Option<String>,
    /// Whether a source may say where its tenant stands.
    pub(super) uses_field: bool,
}

pub(super) fn read(section: &Section<'_>, host: &str) -> Service {
    let name = section.get("name").and_then(|item| item.leaf_form(&forms::INSTANCE));
    let instance = section.get("instance").and_then(|item| item.leaf_form(&forms::INSTANCE));
    let residency = section.get("residency").and_then(|item| item.forms(&forms::REGION));
    let item = section.get("tenant");
    let rule = item.as_ref().map_or(Some((TenantRule::None, None)), rule);
    let tenants = tenants(section, rule.as_ref().map(|(rule, _)| rule));
    let uses_field = rule.as_ref().is_none_or(|(rule, _)| *rule == TenantRule::Field);
    let (tenant, tenant_field) = rule.unwrap_or((TenantRule::None, None));
    Service {
        plan: ServicePlan {
            name: name.unwrap_or_else(|| "app".into()),
            instance: instance.unwrap_or_else(|| host.to_owned()),
            residency: residency.unwrap_or_default(),
        },
        tenant,
        tenants,
        tenant_field,
        uses_field,
    }
}

fn rule(item: &Item<'_>) -> Option<(TenantRule, Option<String>)> {
    if !item.is_table() {
        return item.form(&forms::TENANT).map(|name| (TenantRule::Fixed(name.to_owned()), None));
    }
    let section = item.section(&schema::TENANT)?;
    match (section.get("field"), section.get("host"), section.get("instance")) {
        (Some(field), None, None) => {
            field.form(&forms::FIELD).map(|path| (TenantRule::Field, Some(path.to_owned())))
        }
        (None, Some(host), None) => {
            map(&host, &forms::HOST).map(|pairs| (TenantRule::Host(pairs), None))
        }
        (None, None, Some(instance)) => {
            map(&instance, &forms::INSTANCE).map(|pairs| (TenantRule::Instance(pairs), None))
        }
        (None, None, None) if !section.is_empty() => None,
        _ => item.fail("not a tenant rule", "write one of field, host, instance"),
    }
}

fn map(item: &Item<'_>, key: &forms::Form) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for (name, value) in item.pairs()? {
        if !(key.holds)(name) {
            value.fail::<()>(key.wrong, key.advice);
        }
        if let Some(tenant) = value.form(&forms::TENANT) {
            pairs.push((name.to_owned(), tenant.to_owned()));
        }
    }
    Some(pairs)
}

/// The allow-list: as written, or what the rule itself names. No rule here: it is wrong, and noted.
fn tenants(section: &Section<'_>, rule: Option<&TenantRule>) -> Vec<String> {
    let mut named = rule.map(named).unwrap_or_default();
    named.sort_unstable();
    named.dedup();
    let Some(item) = section.get("tenants") else {
        if rule == Some(&TenantRule::Field) {
            let advice = "write the tenants that may appear, as in tenants = [\"acme\"]";
            section.need("tenants", advice);
        }
        return named;
    };
    let Some(listed) = item.forms(&forms::TENANT) else { return named };
    if rule == Some(&TenantRule::None) {
        item.fail::<()>("a list without a rule", "write tenant = …, how a line finds its tenant");
    } else if item.is_empty() {
        item.fail::<()>("an empty list", "write the tenants that may appear");
    } else if named.iter().any(|tenant| !listed.contains(tenant)) {
        item.fail::<()>("a tenant of the rule is not in the list", "add it");
    }
    listed
}

fn named(rule: &TenantRule) -> Vec<String> {
    match rule {
        TenantRule::None | TenantRule::Field => Vec::new(),
        TenantRule::Fixed(tenant) => vec![tenant.clone()],
        TenantRule::Host(pairs) | TenantRule::Instance(pairs) => {
            pairs.iter().map(|(_, tenant)| tenant.clone()).collect()
        }
    }
}
