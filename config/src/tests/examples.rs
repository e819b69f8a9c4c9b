//! The examples are read as they stand, and the page of the documentation too.

use super::{folder, read};
use crate::schema::{self, Keys};
use crate::{KeyRoot, Plan, SinkPlan, StatusMatch};
use greffier_collector::SourceKind;
use greffier_record::{Format, Level};
use greffier_redactor::{Matcher, Selector, Stream, TenantRule};
use std::fs;
use std::path::Path;

fn example(name: &str) -> Plan {
    let bytes = fs::read(folder("examples").join(name)).unwrap();
    read(&bytes).unwrap_or_else(|problems| panic!("{name}:\n{problems}"))
}

#[test]
fn the_default_is_the_embedded_plan() {
    let written = example("default.toml");
    let embedded = Plan::embedded(Path::new("/var/lib/greffier"), "web-1");
    assert_eq!(format!("{written:#?}"), format!("{embedded:#?}"));
    assert_eq!(written.sources.len(), 1);
    assert_eq!(written.keys.root, KeyRoot::File("/var/lib/greffier/root.pub".into()));
    assert_eq!(Plan::embedded(Path::new("data"), "WEB 1").policy.instance, "web-1");
}

#[test]
fn social() {
    let plan = example("social.toml");
    assert_eq!(plan.policy.tenant, TenantRule::Field);
    assert_eq!(plan.policy.tenants.len(), 3);
    assert_eq!(plan.service.residency, ["eu-central-1"]);
    let [php, nginx] = plan.sources.as_slice() else { panic!("two sources") };
    assert_eq!((php.format, nginx.format), (Format::Monolog, Format::NginxJson));
    assert_eq!((php.join, nginx.join), (Some(0), Some(0)));
    let entry = |role: &str, path: &str| (role.to_owned(), path.to_owned());
    assert!(php.fields.entries.contains(&entry("impersonator_id", "impersonator")));
    assert_eq!(nginx.fields.entries, [entry("tenant", "community")]);
    assert_eq!(plan.context.status, [StatusMatch::Class(5), StatusMatch::Exactly(409)]);
    let words: Vec<_> = plan.policy.audit.actions.iter().map(|(_, word)| word.as_str()).collect();
    assert_eq!(words, ["publish", "create", "modify", "remove"], "the order of the file");
    let object = &plan.policy.audit.objects[2];
    assert_eq!(object.on, Matcher::Path("/moderation/content/*".into()));
    let template = "/moderation/content/{id}".to_owned();
    assert_eq!(object.select, Selector::PathSegment { template, name: "id".into() });
    let email = Selector::PostEmail(vec!["invitation".into(), "email".into()]);
    assert_eq!(plan.policy.audit.objects[1].select, email);
    assert_eq!(plan.policy.events[1].level, Some(Level::Warning));
    assert_eq!(plan.policy.retention.days(Stream::Errors), 30);
    assert_eq!(plan.policy.retention.days(Stream::Access), 365);
}

#[test]
fn webinar() {
    let plan = example("webinar.toml");
    assert_eq!(plan.policy.instance, "webinar-3", "from the environment");
    assert_eq!(plan.policy.tenants, ["acme", "mairie-x"], "from the map of host names");
    assert_eq!(plan.sources[0].name, "http");
    let SourceKind::Http { max_body, .. } = plan.sources[0].kind else { panic!("http") };
    assert_eq!(max_body, 4 << 20);
    assert_eq!(plan.sinks, [SinkPlan::Archive { dir: "/var/lib/greffier/archive".into() }]);
    assert_eq!(plan.policy.routes.len(), 0);
    assert!(plan.policy.retention.distinct() == [90, 365]);
}

fn page() -> String {
    fs::read_to_string(folder("../docs/configuration.md")).unwrap()
}

/// The lines between the heading of a table and the next heading.
fn section<'p>(page: &'p str, keys: &Keys) -> Vec<&'p str> {
    let place = if keys.place.is_empty() { "The file" } else { keys.place };
    let is_heading = |line: &&str| line.starts_with("## ") || line.starts_with("### ");
    let mut lines = page.lines().skip_while(|line| {
        !is_heading(line) || line.trim_start_matches('#').trim().trim_matches('`') != place
    });
    lines.next().unwrap_or_else(|| panic!("no heading for {place}"));
    lines.take_while(|line| !is_heading(line)).collect()
}

#[test]
fn every_key_is_explained() {
    let page = page();
    for keys in schema::ALL {
        let section = section(&page, keys);
        let rows = section.iter().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        let mut rows: Vec<_> = rows.collect();
        let mut known = keys.known.to_vec();
        rows.sort_unstable();
        known.sort_unstable();
        assert_eq!(rows, known, "rows and keys of {}", keys.place);
        for later in keys.later {
            assert!(page.contains(&format!("`{later}`")), "{later} is to come");
        }
    }
    let roles = greffier_collector::FieldMap::ROLES;
    assert!(roles.iter().all(|role| page.contains(&format!("`{role}`"))));
}

#[test]
fn the_examples_of_the_page_are_one_valid_file() {
    let page = page();
    let blocks = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let file: String = blocks.collect();
    let plan = read(file.as_bytes()).unwrap_or_else(|problems| panic!("{problems}\n{file}"));
    assert!(plan.sources.len() > 1);
    for keys in schema::ALL {
        for key in keys.known {
            assert!(file.contains(key), "no example of {} {key}", keys.place);
        }
    }
}
