//! `[privacy]` and `[retention]`: what may stay in clear, and for how long anything stays.

use super::{entity, matcher};
use crate::sealed_names::reaches_sealed;
use crate::section::{Item, Section};
use crate::{forms, schema, unit};
use greffier_redactor::{IpRule, Policy, Retention, RouteRule, Stream, TextRule};

/// Days that every store can keep: the retentions CloudWatch knows, up to the longest a policy may have.
const DAYS: [u16; 21] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288,
];

/// Persons that make a word known, by default.
const KNOWN_AFTER: usize = 5;

/// The policy's privacy part; the rest is at its default.
pub(super) fn read(section: &Section<'_>) -> Policy {
    let default = Policy::default();
    let rules = [("truncate", IpRule::Truncate), ("truncate+seal", IpRule::TruncateAndSeal)];
    let ip = section.get("ip").and_then(|item| item.word("rule", &rules));
    let keep = section.get("keep").and_then(|item| open_names(&item, &forms::FIELD));
    let query = section.get("query_keep").and_then(|item| open_names(&item, &forms::QUERY_NAME));
    let path_keep = section.get("path_keep").and_then(|item| item.forms(&forms::TEMPLATE));
    let claimed = section.get("claimed_per_hour").and_then(|item| item.integer(0..=100_000));
    Policy {
        ip: ip.unwrap_or(default.ip),
        keep: keep.unwrap_or(default.keep),
        query_keep: query.unwrap_or(default.query_keep),
        path_keep: path_keep.unwrap_or(default.path_keep),
        claimed_per_hour: claimed
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(default.claimed_per_hour),
        text: text_rule(section),
        entities: entity::read(section),
        routes: section
            .tables("route", &schema::PRIVACY_ROUTE)
            .iter()
            .filter_map(route_rule)
            .collect(),
        ..default
    }
}

/// What may stay of messages.
fn text_rule(section: &Section<'_>) -> TextRule {
    let text = section
        .get("text")
        .and_then(|item| item.word("rule", &[("detect", false), ("known", true)]));
    let after = section.get("known_after");
    let persons = after.as_ref().and_then(|item| item.integer(2..=100));
    match (text, after) {
        (Some(true), _) => TextRule::Known {
            after: persons.and_then(|n| n.try_into().ok()).unwrap_or(KNOWN_AFTER),
        },
        (_, Some(item)) if persons.is_some() => item
            .fail("counts only with text = \"known\"", "write that too, or remove this")
            .unwrap_or(TextRule::Detect),
        _ => TextRule::Detect,
    }
}

/// An allow-list, without what no allow-list can open.
fn open_names(item: &Item<'_>, form: &forms::Form) -> Option<Vec<String>> {
    item.forms_if(
        form,
        |name| !reaches_sealed(name),
        "reaches a field that is always sealed or dropped",
        "remove it: no list can open personal fields, passwords or tokens",
    )
}

fn route_rule(section: &Section<'_>) -> Option<RouteRule> {
    let on = matcher(section, &forms::PATH_GLOB);
    let person = section.need("person", "write person = \"drop\"");
    let drop_person = person.and_then(|item| item.word("rule", &[("drop", true)]));
    Some(RouteRule { on: on?, drop_person: drop_person? })
}

pub(super) fn retention(section: &Section<'_>) -> Retention {
    let mut retention = Retention::default();
    for stream in Stream::ALL {
        if let Some(days) = section.get(stream.name()).and_then(|item| days(&item)) {
            retention.set(stream, days);
        }
    }
    retention
}

fn days(item: &Item<'_>) -> Option<u16> {
    let Some(days) = item.as_str().and_then(unit::days) else {
        return item.fail("not a number of days", "write days, as in \"90d\"");
    };
    let known = DAYS.into_iter().find(|known| u64::from(*known) == days);
    known.or_else(|| {
        let list = DAYS.map(|days| format!("{days}d")).join(", ");
        item.fail("a retention that log stores do not have", format!("write one of {list}"))
    })
}
