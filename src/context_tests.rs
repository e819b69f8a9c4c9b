//! What the context promises, line by line.

use super::*;
use greffier_record::{Format, Hot, TextRecord};

fn origin() -> Arc<Origin> {
    Arc::new(Origin {
        source: 0,
        name: "app".into(),
        format: Format::Monolog,
        connection: 0,
        join: None,
    })
}

fn text<'a>(origin: &'a Origin, req: &'static str, level: Level) -> Raw<'a> {
    let text = TextRecord {
        req: (!req.is_empty()).then(|| Hot::new(req)),
        level: Some(level),
        ..TextRecord::default()
    };
    Raw { origin, observed: 0, body: Body::Text(Box::new(text)) }
}

fn line(origin: &Arc<Origin>, bytes: usize, observed: i64) -> Line {
    Line {
        origin: Arc::clone(origin),
        bytes: HotBuf::new(vec![b'x'; bytes]),
        observed,
        stream: Stream::Errors,
    }
}

fn request(req: &'static str, status: u16) -> RequestLine<'static> {
    RequestLine { req: Some(Hot::new(req)), status: Some(status), ..RequestLine::default() }
}

/// A person.
#[derive(Debug)]
struct Who(HotBuf);

impl AsRef<HotBuf> for Who {
    fn as_ref(&self) -> &HotBuf {
        &self.0
    }
}

impl From<HotBuf> for Who {
    fn from(bytes: HotBuf) -> Self {
        Self(bytes)
    }
}

#[allow(clippy::disallowed_methods, reason = "a test looks at what it put in")]
fn name(who: Option<&Who>) -> Option<&str> {
    who.map(|who| std::str::from_utf8(who.0.expose_to_decoder()).expect("a name is text"))
}

struct Bench {
    origin: Arc<Origin>,
    context: Context<Who>,
}

impl Bench {
    fn new(change: impl FnOnce(&mut ContextPlan)) -> Self {
        let mut plan = ContextPlan { exclude_status: vec![404, 405], ..ContextPlan::default() };
        change(&mut plan);
        Self { origin: origin(), context: Context::new(plan) }
    }

    fn hold(&mut self, req: &'static str, level: Level, at: i64) -> Option<Release<Who>> {
        self.hold_sized(req, level, 10, at)
    }

    fn hold_sized(
        &mut self,
        req: &'static str,
        level: Level,
        bytes: usize,
        at: i64,
    ) -> Option<Release<Who>> {
        let held = line(&self.origin, bytes, at);
        let origin = Arc::clone(&self.origin);
        self.context.hold(&text(&origin, req, level), held, at)
    }

    fn conclude(&mut self, req: &'static str, status: u16, at: i64) {
        let origin = Arc::clone(&self.origin);
        let raw = Raw {
            origin: &origin,
            observed: at,
            body: Body::Request(Box::new(request(req, status))),
        };
        let who = Who(HotBuf::new(req.into()));
        self.context.conclude(&raw, &request(req, status), who, at);
    }
}

#[test]
fn a_failed_request_releases_its_lines_in_order_after_the_grace_time() {
    let mut b = Bench::new(|_| ());
    b.hold("r1", Level::Debug, 0);
    b.hold("r1", Level::Info, 1);
    b.conclude("r1", 500, 10);
    b.hold("r1", Level::Debug, 1_000);
    assert!(b.context.decide(2_009).is_empty());
    let released = b.context.decide(2_010);
    assert_eq!(released.len(), 1);
    assert_eq!(name(released[0].of.as_ref()), Some("r1"));
    let times: Vec<_> = released[0].lines.iter().map(|line| line.observed).collect();
    assert_eq!(times, [0, 1, 1_000]);
    assert_eq!(b.context.held_lines(), 0);
}

#[test]
fn a_request_that_ends_well_is_forgotten_and_counted() {
    let mut b = Bench::new(|_| ());
    b.hold("r1", Level::Warning, 0);
    b.hold("r1", Level::Debug, 0);
    b.conclude("r1", 200, 10);
    assert!(b.context.finish().is_empty());
    assert_eq!(b.context.take_counts(), Counts { forgotten: 2, overflowed: 0 });
}

#[test]
fn an_excluded_status_wins_over_an_error_and_a_critical_line_over_both() {
    let mut b = Bench::new(|_| ());
    b.hold("r1", Level::Error, 0);
    b.conclude("r1", 404, 10);
    b.hold("r2", Level::Critical, 0);
    b.conclude("r2", 404, 10);
    let released = b.context.finish();
    let of: Vec<_> = released.iter().map(|r| name(r.of.as_ref())).collect();
    assert_eq!(of, [Some("r2")]);
    assert_eq!(b.context.take_counts().forgotten, 1);
}

#[test]
fn without_a_request_line_the_idle_time_decides() {
    let mut b = Bench::new(|plan| plan.idle = std::time::Duration::from_secs(60));
    b.hold("r1", Level::Error, 0);
    b.hold("r1", Level::Debug, 30_000);
    assert!(b.context.decide(89_999).is_empty());
    let released = b.context.decide(90_000);
    assert_eq!((name(released[0].of.as_ref()), released[0].lines.len()), (None, 2));
}

#[test]
fn a_line_that_names_no_request_decides_for_itself() {
    let mut b = Bench::new(|_| ());
    assert!(b.hold("", Level::Error, 0).is_some());
    assert!(b.hold("", Level::Info, 0).is_none());
    assert_eq!(b.context.take_counts().forgotten, 1);
}

#[test]
fn a_request_that_holds_too_much_loses_its_oldest_harmless_lines_and_says_so() {
    let mut b = Bench::new(|plan| plan.per_request = 100 + 2 * OVERHEAD);
    b.hold_sized("r1", Level::Error, 40, 0);
    for at in 1..5 {
        b.hold_sized("r1", Level::Debug, 40, at);
    }
    b.conclude("r1", 500, 10);
    let released = b.context.finish();
    let times: Vec<_> = released[0].lines.iter().map(|line| line.observed).collect();
    assert_eq!(times, [0, 4]);
    assert_eq!(released[0].overflowed, 3);
    assert_eq!(b.context.take_counts(), Counts { forgotten: 0, overflowed: 3 });
}

#[test]
fn the_total_is_bounded_and_a_request_that_failed_is_released_rather_than_lost() {
    let mut b = Bench::new(|plan| plan.total = 100 + OVERHEAD);
    b.hold_sized("r1", Level::Error, 60, 0);
    b.hold_sized("r2", Level::Debug, 60, 1);
    b.hold_sized("r3", Level::Debug, 60, 2);
    assert_eq!(b.context.held_lines(), 2, "r1 waits to leave, r3 is held");
    let released = b.context.finish();
    assert_eq!(released.iter().map(|r| r.lines.len()).sum::<usize>(), 1);
    assert_eq!(b.context.take_counts(), Counts { forgotten: 1, overflowed: 1 });
    assert_eq!(b.context.held_lines(), 0);
}

#[test]
fn two_workers_that_name_the_same_request_id_do_not_flush_each_other() {
    let mut b = Bench::new(|_| ());
    let mut other = Origin::clone(&b.origin);
    other.connection = 7;
    let other = Arc::new(other);
    b.hold("r1", Level::Debug, 0);
    let held = line(&other, 10, 0);
    b.context.hold(&text(&other, "r1", Level::Debug), held, 0);
    b.conclude("r1", 500, 1);
    let released = b.context.finish();
    assert_eq!(released.iter().map(|r| r.lines.len()).sum::<usize>(), 1);
    assert_eq!(b.context.take_counts().forgotten, 1);
}

#[test]
fn many_short_lines_are_bounded_too() {
    let mut b = Bench::new(|plan| plan.total = 10 * OVERHEAD);
    for at in 0..100 {
        b.hold_sized("r1", Level::Debug, 0, at);
    }
    assert!(b.context.held_lines() <= 10);
}

#[test]
fn a_request_id_that_comes_twice_is_joined_as_long_as_the_later_says() {
    let mut b = Bench::new(|_| ());
    b.origin = Arc::new(Origin { join: Some(1), ..Origin::clone(&b.origin) });
    let proxy = Arc::clone(&b.origin);
    let line =
        || Raw { origin: &proxy, observed: 0, body: Body::Request(Box::new(request("r1", 200))) };
    b.conclude("r1", 200, 0);
    b.conclude("r1", 200, 4_000);
    b.context.decide(5_000);
    assert_eq!(name(b.context.person(&line()).as_ref()), Some("r1"));
    b.context.decide(9_000);
    assert!(b.context.person(&line()).is_none());
}

#[test]
fn what_is_remembered_of_requests_is_bounded_and_forgotten() {
    let mut b = Bench::new(|_| ());
    b.origin = Arc::new(Origin { join: Some(1), ..Origin::clone(&b.origin) });
    for n in 0..2 * JOINED + 10 {
        b.conclude(format!("r{n}").leak(), 200, n as i64 / 1_000);
    }
    assert!((JOINED..=2 * JOINED).contains(&b.context.joined.len()));
    assert!((CONCLUDED..=2 * CONCLUDED).contains(&b.context.concluded.len()));
    let all = b.context.next_due().expect("something is remembered");
    b.context.decide(all);
    assert_eq!((b.context.joined.len(), b.context.concluded.len()), (0, 0));
    assert_eq!(b.context.next_due(), None);
}

#[test]
fn a_line_that_comes_after_its_request_line_is_decided_by_it() {
    let mut b = Bench::new(|_| ());
    b.conclude("r1", 500, 0);
    b.conclude("r2", 200, 0);
    b.hold("r1", Level::Debug, 1_500);
    b.hold("r2", Level::Debug, 1_500);
    b.hold("r1", Level::Debug, 3_000);
    assert!(b.context.decide(3_499).is_empty(), "the late line waits for others like it");
    let released = b.context.decide(3_500);
    assert_eq!(
        released.iter().map(|r| (name(r.of.as_ref()), r.lines.len())).collect::<Vec<_>>(),
        [(Some("r1"), 2)]
    );
    assert_eq!(b.context.take_counts().forgotten, 1);
    b.hold("r2", Level::Error, 4_000);
    assert!(b.context.finish()[0].of.is_none(), "too late to know");
}

#[test]
fn a_request_line_that_comes_twice_keeps_the_triggers_of_both() {
    let mut b = Bench::new(|_| ());
    for (status, at) in [(500, 0), (200, 1_000)] {
        b.conclude("r1", status, at);
    }
    b.hold("r1", Level::Debug, 1_000);
    b.hold("r2", Level::Debug, 1_000);
    for (status, at) in [(500, 1_000), (200, 1_500)] {
        b.conclude("r2", status, at);
    }
    assert_eq!(b.context.decide(3_499).len(), 1);
    assert_eq!(b.context.decide(3_500).len(), 1);
}

#[test]
fn a_clock_that_is_set_back_decides_early_rather_than_an_hour_late() {
    let mut b = Bench::new(|_| ());
    b.hold("r1", Level::Error, 3_600_000);
    b.conclude("r1", 500, 3_600_000);
    b.hold("r2", Level::Error, 10);
    b.conclude("r2", 500, 10);
    assert_eq!(b.context.decide(20).len(), 1);
    assert_eq!(b.context.decide(2_010).len(), 1);
}
