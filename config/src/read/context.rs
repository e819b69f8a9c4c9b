//! `[context]`: how long records are held, and what releases them.

use super::level;
use super::source::Sources;
use crate::plan::{ContextPlan, StatusMatch};
use crate::section::{Item, Section};
use crate::{forms, schema};
use greffier_record::JoinGroup;
use std::ops::RangeInclusive;
use std::time::Duration;

const STATUSES: RangeInclusive<i64> = 100..=599;
const MILLISECOND: Duration = Duration::from_millis(1);

/// Reads the table and marks the sources of each group.
pub(super) fn read(section: &Section<'_>, sources: &mut Sources) -> ContextPlan {
    let default = ContextPlan::default();
    let minutes = |count| Duration::from_mins(count);
    let trigger = section.table("trigger", &schema::TRIGGER);
    let status = trigger.get("status").and_then(|item| statuses(&item));
    let slower_than = trigger.get("slower_than");
    let exception = trigger.get("exception").and_then(|item| item.forms(&forms::CLASS));
    let excluded = section.get("exclude_status").and_then(|item| codes(&item));
    let idle =
        section.get("idle").and_then(|item| item.duration(Duration::from_secs(1)..=minutes(60)));
    let grace = section.get("grace").and_then(|item| item.duration(Duration::ZERO..=minutes(1)));
    let (per_request, total) = budgets(section, &default);
    ContextPlan {
        level: trigger.get("level").and_then(|item| level(&item)).unwrap_or(default.level),
        status: status.unwrap_or(default.status),
        slower_than: slower_than.and_then(|item| item.duration(MILLISECOND..=minutes(60))),
        exception: exception.unwrap_or_default(),
        exclude_status: excluded.unwrap_or(default.exclude_status),
        groups: section.get("join").map(|item| groups(&item, sources)).unwrap_or_default(),
        per_request,
        total,
        idle: idle.unwrap_or(default.idle),
        grace: grace.unwrap_or(default.grace),
    }
}

fn budgets(section: &Section<'_>, default: &ContextPlan) -> (u64, u64) {
    let one = section.get("per_request");
    let per_request = one.as_ref().and_then(|item| item.bytes(4 << 10..=64 << 20));
    let total = section.get("total").and_then(|item| item.bytes(64 << 10..=4 << 30));
    let (per_request, total) =
        (per_request.unwrap_or(default.per_request), total.unwrap_or(default.total));
    if per_request > total
        && let Some(item) = one.or_else(|| section.get("total"))
    {
        item.fail::<()>("per_request is larger than total", "make total the larger of the two");
    }
    (per_request, total)
}

/// `"5xx"`, `503`, or a list of such.
fn statuses(item: &Item<'_>) -> Option<Vec<StatusMatch>> {
    if item.is_list() {
        return Some(item.list()?.iter().filter_map(status).collect());
    }
    status(item).map(|one| vec![one])
}

fn status(item: &Item<'_>) -> Option<StatusMatch> {
    if item.as_integer().is_some() {
        return code(item).map(StatusMatch::Exactly);
    }
    let class = match item.text()?.as_bytes() {
        [digit @ b'1'..=b'5', b'x', b'x'] => Some(u16::from(digit - b'0')),
        _ => None,
    };
    let advice = "write a class as in \"5xx\", a number as in 503, or a list of them";
    class.map(StatusMatch::Class).or_else(|| item.fail("not a status", advice))
}

fn codes(item: &Item<'_>) -> Option<Vec<u16>> {
    Some(item.list()?.iter().filter_map(code).collect())
}

fn code(item: &Item<'_>) -> Option<u16> {
    item.integer(STATUSES).and_then(|number| u16::try_from(number).ok())
}

fn groups(item: &Item<'_>, sources: &mut Sources) -> Vec<Vec<String>> {
    let mut groups = Vec::new();
    for item in item.list().unwrap_or_default() {
        let mut names = Vec::new();
        let Some(members) = item.list() else { continue };
        if members.len() < 2 {
            item.fail::<()>("a group of fewer than two", "name the sources that share a request");
        }
        let number = JoinGroup::try_from(groups.len()).unwrap_or(JoinGroup::MAX);
        names.extend(members.iter().filter_map(|member| join(member, number, sources)));
        groups.push(names);
    }
    groups
}

fn join(item: &Item<'_>, number: JoinGroup, sources: &mut Sources) -> Option<String> {
    let name = item.text()?;
    let Some(source) = sources.plans.iter_mut().find(|source| source.name == name) else {
        // If a source is wrong, it may be that one.
        let unknown = || item.fail("no source of that name", "write the name of a [[source]]");
        return if sources.complete { unknown() } else { None };
    };
    if source.join.replace(number).is_some() {
        return item.fail("a source in two groups", "name each source once");
    }
    Some(name.to_owned())
}
