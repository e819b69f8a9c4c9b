//! `[audit]`, `[[audit.object]]` and `[[event]]`: what is always kept, and whom it concerns.

use super::{level, matcher};
use crate::section::{Item, Section};
use crate::{forms, schema};
use greffier_redactor::{AuditRule, EventRule, Matcher, ObjectRule, Selector, WhenFull};

/// The methods of RFC 9110 and RFC 5789.
const METHODS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
const METHOD: forms::Form = forms::Form {
    holds: |text| METHODS.contains(&text),
    wrong: "not a method",
    advice: "write methods in capitals, as in \"POST\"",
};

pub(super) fn read(section: &Section<'_>) -> AuditRule {
    let default = AuditRule::default();
    let words = [("block", WhenFull::Block), ("drop", WhenFull::Drop)];
    let when_full = section.get("when_full").and_then(|item| item.word("rule", &words));
    let paths = section.get("paths").and_then(|item| item.forms(&forms::PATH_GLOB));
    let methods = section.get("methods").and_then(|item| item.forms(&METHOD));
    let objects = section.tables("object", &schema::AUDIT_OBJECT);
    AuditRule {
        paths: paths.unwrap_or(default.paths),
        methods: methods.unwrap_or(default.methods),
        actions: section.get("actions").map(|item| actions(&item)).unwrap_or_default(),
        objects: objects.iter().filter_map(object).collect(),
        when_full: when_full.unwrap_or(default.when_full),
    }
}

/// Route pattern → word, in the order of the file.
fn actions(item: &Item<'_>) -> Vec<(String, String)> {
    let mut actions = Vec::new();
    for (glob, item) in item.pairs().unwrap_or_default() {
        if !(forms::ROUTE_GLOB.holds)(glob) {
            item.fail::<()>(forms::ROUTE_GLOB.wrong, forms::ROUTE_GLOB.advice);
        }
        if let Some(word) = item.form(&forms::KIND) {
            actions.push((glob.to_owned(), word.to_owned()));
        }
    }
    actions
}

fn object(section: &Section<'_>) -> Option<ObjectRule> {
    let on = matcher(section, &forms::TEMPLATE_GLOB);
    let kind = section
        .need("kind", "write kind = \"person\", or another word, as in \"content\"")
        .and_then(|item| item.form(&forms::KIND));
    let select = match (section.get("id"), section.get("email")) {
        (Some(id), None) => selector(&id, on.as_ref()),
        (None, Some(email)) => email_selector(&email, kind),
        (Some(_), Some(email)) => email.fail("id and email together", "write one of the two"),
        (None, None) => {
            section.fail("selects no object", "write id = \"route_params.…\" or email = \"post.…\"")
        }
    };
    Some(ObjectRule { on: on.map(without_names)?, kind: kind?.to_owned(), select: select? })
}

/// `route_params.NAME`, `path.NAME` or `post.a.b`.
fn selector(item: &Item<'_>, on: Option<&Matcher>) -> Option<Selector> {
    let text = item.form(&forms::FIELD)?;
    match text.split_once('.') {
        Some(("route_params", name)) if forms::is_segment(name) => {
            Some(Selector::RouteParam(name.to_owned()))
        }
        Some(("path", name)) if forms::is_segment(name) => path_selector(item, on, name),
        Some(("post", names)) => Some(Selector::PostId(split(names))),
        _ => item
            .fail("not a selector", "write \"route_params.NAME\", \"path.NAME\" or \"post.NAME\""),
    }
}

fn path_selector(item: &Item<'_>, on: Option<&Matcher>, name: &str) -> Option<Selector> {
    match on? {
        Matcher::Route(_) => {
            item.fail("a path segment of a route", "write path = \"/…/{id}\" in place of route")
        }
        Matcher::Path(path) if path.contains('*') => item
            .fail("a path segment of a pattern", "write the path without *, as in \"/user/{id}\""),
        Matcher::Path(path) if !forms::template_names(path).any(|other| other == name) => {
            item.fail("names a segment that the path does not have", "write it as {name} in path")
        }
        Matcher::Path(path) => {
            Some(Selector::PathSegment { template: path.clone(), name: name.to_owned() })
        }
    }
}

fn email_selector(item: &Item<'_>, kind: Option<&str>) -> Option<Selector> {
    let text = item.form(&forms::FIELD)?;
    if kind.is_some_and(|kind| kind != "person") {
        return item.fail("an e-mail address of something else", "write kind = \"person\", or id");
    }
    match text.split_once('.') {
        Some(("post", names)) => Some(Selector::PostEmail(split(names))),
        _ => item.fail("not a selector", "write \"post.NAME\""),
    }
}

fn split(names: &str) -> Vec<String> {
    names.split('.').map(str::to_owned).collect()
}

/// The pattern of a template: each `{name}` matches one segment.
fn without_names(on: Matcher) -> Matcher {
    let Matcher::Path(path) = on else { return on };
    let open = |part: &str| if part.starts_with('{') { "*".to_owned() } else { part.to_owned() };
    Matcher::Path(path.split('/').map(open).collect::<Vec<_>>().join("/"))
}

/// `[[event]]`.
pub(super) fn events(root: &Section<'_>) -> Vec<EventRule> {
    root.tables("event", &schema::EVENT).iter().filter_map(event).collect()
}

fn event(section: &Section<'_>) -> Option<EventRule> {
    let (channel, reached) = (section.get("channel"), section.get("level"));
    if channel.is_none() && reached.is_none() {
        return section.fail("selects every record", "write channel = \"…\" or level = \"…\"");
    }
    Some(EventRule {
        channel: channel.and_then(|item| item.form(&forms::CHANNEL)).map(str::to_owned),
        level: reached.and_then(|item| level(&item)),
    })
}
