//! From the file's tables to the plan, one module for each group of tables.
//!
//! Invariant: reading never stops at a problem and never falls back silently: a default stands in for what is
//! absent, and where something is wrong the plan is not handed out.

mod audit;
mod cloudwatch;
mod context;
mod entity;
mod metrics;
mod privacy;
mod service;
mod socket;
mod source;
mod storage;

use crate::report::Report;
use crate::schema;
use crate::section::{Item, Section};
use crate::{Layout, Plan, Problem, forms};
use greffier_record::Level;
use greffier_redactor::{Matcher, Policy};
use toml_span::value::Table;

/// Whether the file says that it is of another version than this build reads; then nothing else of it is read.
pub(crate) fn other_version(report: &Report<'_>, table: &Table<'_>) -> Option<Problem> {
    let version = table.get("version")?;
    let what = "a version that this build does not read";
    (version.as_integer() != Some(1))
        .then(|| report.problem(version.span.start, "version", what, "write version = 1"))
}

/// Reads a whole file. `host` stands in for a missing `[service] instance`.
pub(crate) fn plan(report: &Report<'_>, table: &Table<'_>, layout: &Layout, host: &str) -> Plan {
    let root = Section::open(report, &schema::ROOT, table, 0);
    root.need("version", "begin the file with: version = 1");
    let service = service::read(&root.table("service", &schema::SERVICE), host);
    let privacy = privacy::read(&root.table("privacy", &schema::PRIVACY));
    let mut sources = source::read(&root, &service);
    let context = context::read(&root.table("context", &schema::CONTEXT), &mut sources);
    let storage = storage::read(&root, layout, &service.plan.residency);
    let metrics = metrics::read(&root, &sources.plans);
    let policy = Policy {
        service: service.plan.name.clone(),
        instance: service.plan.instance.clone(),
        tenant: service.tenant,
        tenants: service.tenants,
        audit: audit::read(&root.table("audit", &schema::AUDIT)),
        events: audit::events(&root),
        retention: privacy::retention(&root.table("retention", &schema::RETENTION)),
        ..privacy
    };
    socket::set_overflow(&mut sources.plans, policy.audit.when_full);
    Plan {
        service: service.plan,
        policy,
        sources: sources.plans,
        context,
        keys: storage.keys,
        spool: storage.spool,
        sinks: storage.sinks,
        reader: storage.reader,
        metrics,
    }
}

/// A level by its PSR-3 name.
fn level(item: &Item<'_>) -> Option<Level> {
    item.word("level", &Level::ALL.map(|level| (level.name(), level)))
}

/// `route` or `path`, exactly one of them.
fn matcher(section: &Section<'_>, path_form: &forms::Form) -> Option<Matcher> {
    let text = |item: Item<'_>, form| item.form(form).map(str::to_owned);
    match (section.get("route"), section.get("path")) {
        (Some(route), None) => text(route, &forms::ROUTE_GLOB).map(Matcher::Route),
        (None, Some(path)) => text(path, path_form).map(Matcher::Path),
        (Some(_), Some(path)) => path.fail("route and path together", "write one of the two"),
        (None, None) => section.fail("selects nothing", "write route = \"…\" or path = \"…\""),
    }
}
