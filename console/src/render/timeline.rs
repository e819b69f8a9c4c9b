//! A request as a timeline.

use super::{erased_on, json_line, number, person, subject, verb};
use crate::show::{Line, Timeline};
use crate::time::Zone;
use crate::{Class, Safe, class_name};
use greffier_sinks::Event;
use greffier_spool::Stream;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The request's head, then its events with the milliseconds since the first.
#[must_use]
pub fn timeline(timeline: &Timeline, zone: Zone) -> String {
    let Some(head) = timeline.lines.get(timeline.head) else {
        return "nothing is kept under this id\n".to_owned();
    };
    let mut out = String::new();
    write_head(&mut out, head, zone);
    out.push('\n');
    let offsets: Vec<_> =
        timeline.lines.iter().map(|line| format!("+{} ms", line.offset_ms)).collect();
    let width = offsets.iter().map(String::len).max().unwrap_or(0);
    for (line, offset) in timeline.lines.iter().zip(&offsets) {
        writeln!(out, "{offset:>width$}  {}", words(line)).expect("a String takes everything");
    }
    out.push('\n');
    write_reveals(&mut out, timeline);
    out
}

/// One JSON object a line, in the order they happened.
#[must_use]
pub fn timeline_json(timeline: &Timeline) -> String {
    let mut out = String::new();
    for line in &timeline.lines {
        let more = format!(r#","offset_ms":{}"#, line.offset_ms);
        json_line(&mut out, &line.stored, line.erasure, &more);
    }
    out
}

fn write_head(out: &mut String, line: &Line, zone: Zone) {
    let event = line.stored.event();
    let (short, time) =
        (line.stored.id.short(), zone.show(line.stored.ts, "%-d %b %Y %H:%M:%S%.3f"));
    let mut first = format!("{short}  {} {}", verb(&event), subject(&event));
    if let Some(status) = event.status {
        first += &format!("  {status}  {} ms", number(event.ms));
    }
    let parts = [
        Some(format!("{time} {}", zone.name())),
        event.req.as_deref().map(|req| format!("request {req}")),
        Some(&*line.stored.tenant).filter(|t| *t != "-").map(|tenant| format!("tenant {tenant}")),
        event.inst.as_deref().map(|inst| format!("instance {inst}")),
        event.route.as_deref().map(|route| format!("route {route}")),
    ];
    let who = [
        Some(format!("person {}", person(event.person().as_ref()))),
        Some(event.roles.iter().map(|role| &**role).collect::<Vec<_>>().join(" ")),
        event.imp.then(|| "impersonated".to_owned()),
        event.ip.as_deref().map(str::to_owned),
        event.browser.as_deref().map(str::to_owned),
        event.os.as_deref().map(str::to_owned),
    ];
    let join = |parts: &[Option<String>]| {
        let shown = parts.iter().flatten().filter(|part| !part.is_empty());
        shown.map(|part| Safe(part).to_string()).collect::<Vec<_>>().join(" · ")
    };
    let erased = erased_on(line.erasure);
    let erased = if erased == "erased" { erased } else { format!("erased on {erased}") };
    writeln!(out, "{first}\n{}\n{}\n{erased}", join(&parts), join(&who))
        .expect("a String takes everything");
}

/// One event in words: where it is from, what it says, what was lost, what is sealed.
fn words(line: &Line) -> String {
    let event = line.stored.event();
    let source = match line.stored.stream {
        Stream::Requests => event.src.as_deref().unwrap_or("app"),
        other => other.name(),
    };
    let mut text = format!("{:<7} {} {}", Safe(source).to_string(), verb(&event), subject(&event));
    if let Some(status) = event.status {
        text += &format!(" {status}");
    }
    if let Some(ms) = event.ms {
        text += &format!(" {ms} ms");
    }
    for (name, value) in losses(&event) {
        text += &format!(" [{name} {}]", Safe(&value));
    }
    text += &format!("  {}", line.stored.id.short());
    for (role, class) in &line.sealed {
        text += &format!("  {} {} •••", role.name(), class_name(*class));
    }
    text
}

/// What the event says about itself that is not as it should be, and what was done.
fn losses(event: &Event<'_>) -> Vec<(&'static str, String)> {
    let err = event.err.map(|err| err.get().trim_matches('"').to_owned());
    let parts = [
        ("action", event.act.as_deref().map(str::to_owned)),
        ("object", event.obj.as_deref().filter(|_| event.path.is_some()).map(str::to_owned)),
        ("posted", event.post.map(|post| post.get().to_owned())),
        ("end", event.end.as_deref().map(str::to_owned)),
        ("broken:", err),
        ("bytes cut:", event.cut.map(|cut| cut.to_string())),
        ("without personal part:", event.px.as_deref().map(str::to_owned)),
    ];
    parts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Which commands would open what.
fn write_reveals(out: &mut String, timeline: &Timeline) {
    let mut shown: Vec<String> = Vec::new();
    let mut alike = 0;
    for line in &timeline.lines {
        let classes: BTreeMap<u8, Class> =
            line.sealed.iter().map(|(_, class)| (*class as u8, *class)).collect();
        let names = classes.into_values().map(class_name).collect::<Vec<_>>().join(",");
        if names.is_empty() {
            continue;
        }
        if shown.contains(&names) {
            alike += 1;
            continue;
        }
        let short = line.stored.id.short();
        writeln!(out, "greffier reveal {short} --class {names} --reason \"…\"")
            .expect("a String takes everything");
        shown.push(names);
    }
    match (shown.is_empty(), alike) {
        (true, _) => out.push_str("nothing is sealed in these records\n"),
        (false, 0) => {}
        (false, n) => writeln!(out, "(the other {n} alike, by their own ids)")
            .expect("a String takes everything"),
    }
}
