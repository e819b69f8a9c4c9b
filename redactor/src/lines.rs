//! One function for each kind of line: which clear fields it has, and whose the rest is.
//!
//! Invariant: every field of the record is named here or in `compose`, or it is in `rest`; what is not
//! written in clear ends in exactly one part. Place on the path: between the entry points and the composer.

use crate::attribution::Settled;
use crate::compose::{Composer, params, text};
use crate::content::Content;
use crate::desk::{Ending, Keep};
use crate::event::Key;
use crate::known::Sought;
use crate::owner::{Claims, Names, Parts, People, Person};
use crate::rules::{About, Facts, NO_TENANT, Rules};
use crate::tally::Count;
use crate::url::{Url, without_port};
use crate::{Attribution, Redactor, Stream};
use greffier_record::{Broken, Identity, Raw, RequestLine, Side, TextRecord, Time};
use greffier_vault::{NoKey, Role};

impl Redactor {
    /// A request line of the application.
    pub(crate) fn application(
        &mut self,
        raw: &Raw<'_>,
        line: &RequestLine<'_>,
        now_ms: i64,
    ) -> Result<Attribution, NoKey> {
        let id = self.next_id(now_ms);
        let (mut c, desk) = self.desk();
        let rules = c.rules;
        let url = Url::split(text(&line.url).unwrap_or_default());
        let tenant = tenant(&mut c, line, &url);
        let (params, path) = (params(line), url.decoded_path());
        let facts = Facts { params: &params, ..facts(line, &url, &path, Side::App) };
        let stream = rules.stream(&facts);
        let audit = stream == Stream::Audit;
        let dropped = rules.drops_person(&facts);
        let about = if audit { rules.about(&facts) } else { None };
        let exempt = dropped || c.notes.wanted();
        let people = people(line, about.as_ref(), |names| {
            exempt || admit(rules, desk.claims, tenant, names, now_ms)
        });
        c.tally.add(Count::Claimed, people.refused());
        c.known =
            [people.subject, people.impersonator.unwrap_or_default()].map(|p| Sought::new(p.names));
        // One person can impersonate many.
        let counts = people.impersonator.is_none() && !dropped;
        if counts {
            c.learn_from(tenant, &people.subject);
        }

        let at = c.when(&line.time, raw.observed);
        c.head(stream, id, at);
        c.origin(text(&line.instance), tenant, Side::App);
        c.request_id(text(&line.req), None, now_ms);
        c.target(line, &url);
        let address = c.client(line).filter(|_| rules.seals_ip());
        if people.impersonator.is_some() {
            c.event.flag(Key::Imp);
        }
        c.said(line.level, text(&line.channel), text(&line.message));
        if audit {
            let thing = match &about {
                Some(About::Thing(thing)) => Some(thing.as_str()),
                _ => None,
            };
            c.action(rules.action(facts.route), thing);
        }
        if let Some(post) = &line.post {
            c.post(post);
        }
        c.rest(&line.rest);
        c.error(None);

        let mut lost = std::mem::take(&mut c.lost);
        if audit {
            lost.tell_bodies();
        }
        let address = address.map(|address| address.to_string());
        let agent = (text(&line.user_agent), c.agent_is_clean);
        let mut parts = Parts::default();
        people.share(audit, agent, address, lost, &mut parts);
        let settled = Settled { dropped, counts };
        let attribution = Attribution::new(tenant, c.req.as_deref(), people.owner(), settled);
        let keep = if dropped { Keep::PersonDropped } else { Keep::Seal };
        let ending = Ending { stream, id, at, tenant, cut: 0, keep };
        desk.finish(c, &parts, &ending)?;
        Ok(attribution)
    }

    /// A request line of the proxy.
    pub(crate) fn forwarded(
        &mut self,
        raw: &Raw<'_>,
        line: &RequestLine<'_>,
        of: Option<&Attribution>,
        now_ms: i64,
    ) -> Result<(), NoKey> {
        let id = self.next_id(now_ms);
        let (mut c, desk) = self.desk();
        let rules = c.rules;
        let url = Url::split(text(&line.url).unwrap_or_default());
        let tenant = match of {
            Some(of) => of.tenant(),
            None => tenant(&mut c, line, &url),
        };
        let path = url.decoded_path();
        let dropped = of.is_some_and(Attribution::dropped)
            || rules.drops_person(&facts(line, &url, &path, Side::Proxy));
        let person = of.map(Attribution::person).unwrap_or_default();
        c.known = [person.names, Names::of(&line.subject)].map(Sought::new);
        if of.is_some_and(Attribution::counts) {
            c.learn_from(tenant, &person);
        }
        let stream = Stream::Requests;

        let at = c.when(&line.time, raw.observed);
        c.head(stream, id, at);
        c.origin(text(&line.instance), tenant, Side::Proxy);
        c.request_id(text(&line.req), of.and_then(Attribution::req), now_ms);
        c.target(line, &url);
        let address = c.client(line).filter(|_| rules.seals_ip());
        c.said(line.level, text(&line.channel), text(&line.message));
        if line.post.is_some() {
            c.tally.add(Count::NoPerson, 1);
            c.notes.dropped("post", "a proxy does not say whose it is", "proxy");
        }
        c.rest(&line.rest);
        c.error(None);

        let mut parts = Parts::default();
        let part = parts.of(Role::Subject, person);
        part.names = Names::of(&line.subject);
        (part.agent, part.agent_is_clean) = (text(&line.user_agent), c.agent_is_clean);
        part.ip = address.map(|address| address.to_string());
        part.content = std::mem::take(&mut c.lost);
        let keep = match (dropped, person.keyed) {
            (true, _) => Keep::PersonDropped,
            (false, true) => Keep::Seal,
            (false, false) => Keep::NoPerson,
        };
        let ending = Ending { stream, id, at, tenant, cut: 0, keep };
        desk.finish(c, &parts, &ending)
    }

    /// Any other record of the application.
    pub(crate) fn record(
        &mut self,
        raw: &Raw<'_>,
        record: &TextRecord<'_>,
        (stream, overflowed): (Stream, u64),
        of: Option<&Attribution>,
        now_ms: i64,
    ) -> Result<(), NoKey> {
        let id = self.next_id(now_ms);
        let (mut c, desk) = self.desk();
        let tenant = match of {
            Some(of) => of.tenant(),
            None => found(&mut c, text(&record.tenant), || None, text(&record.instance)),
        };
        let person = of.map(Attribution::person).unwrap_or_default();
        c.known[0] = Sought::new(person.names);
        if of.is_some_and(Attribution::counts) {
            c.learn_from(tenant, &person);
        }
        let at = c.when(&record.time, raw.observed);
        c.head(stream, id, at);
        c.origin(text(&record.instance), tenant, raw.origin.format.side());
        c.request_id(text(&record.req), of.and_then(Attribution::req), now_ms);
        c.exception(text(&record.exception));
        c.said(record.level, text(&record.channel), text(&record.message));
        let note = (overflowed > 0).then_some(("overflowed", overflowed));
        c.event.object(Key::X, note, |count, out| {
            out.extend_from_slice(count.to_string().as_bytes());
        });
        c.error(None);

        let mut parts = Parts::default();
        let part = parts.of(Role::Subject, person);
        let lost = std::mem::take(&mut c.lost);
        part.content = match record.line.expose() {
            "" => lost,
            line => Content { raw: Some(line), ..Content::default() }, // it holds all that was lost
        };
        let dropped = of.is_some_and(Attribution::dropped);
        let keep = if dropped { Keep::PersonDropped } else { Keep::Seal };
        let ending = Ending { stream, id, at, tenant, cut: 0, keep };
        desk.finish(c, &parts, &ending)
    }

    /// A line that could not be understood.
    pub(crate) fn unreadable(
        &mut self,
        raw: &Raw<'_>,
        broken: &Broken<'_>,
        now_ms: i64,
    ) -> Result<(), NoKey> {
        let id = self.next_id(now_ms);
        let (mut c, desk) = self.desk();
        let tenant = found(&mut c, None, || None, None);
        let (stream, at) = (Stream::Requests, c.when(&Time::Absent, raw.observed));
        c.head(stream, id, at);
        c.origin(None, tenant, raw.origin.format.side());
        c.error(Some(broken.fault.name()));

        let mut parts = Parts::default();
        let line = Some(broken.line.expose()).filter(|line| !line.is_empty());
        parts.nobody().content.raw = line;
        let (cut, keep) = (broken.cut, Keep::Seal);
        let ending = Ending { stream, id, at, tenant, cut, keep };
        desk.finish(c, &parts, &ending)
    }
}

impl Rules {
    /// True when the stream of this request line is `audit`.
    pub(crate) fn is_audit(&self, line: &RequestLine<'_>, side: Side) -> bool {
        let url = Url::split(text(&line.url).unwrap_or_default());
        let path = url.decoded_path();
        self.stream(&facts(line, &url, &path, side)) == Stream::Audit
    }
}

fn facts<'a>(line: &'a RequestLine<'_>, url: &Url<'a>, path: &'a str, side: Side) -> Facts<'a> {
    Facts {
        side,
        method: text(&line.method),
        route: text(&line.route),
        raw_path: url.path,
        path,
        params: &[],
        fields: line.post.as_ref().and_then(|post| post.fields.as_ref()),
        posted: line.post.is_some(),
    }
}

fn tenant<'r>(c: &mut Composer<'r, '_>, line: &RequestLine<'_>, url: &Url<'_>) -> &'r str {
    let host = || text(&line.host).map(without_port).or(url.host());
    found(c, text(&line.tenant), host, text(&line.instance))
}

pub(crate) fn found<'r, 'h>(
    c: &mut Composer<'r, '_>,
    field: Option<&str>,
    host: impl FnOnce() -> Option<&'h str>,
    instance: Option<&str>,
) -> &'r str {
    let (tenant, unknown) = c.rules.tenant(field, host, instance);
    if unknown {
        c.tally.add(Count::Tenant, 1);
        c.notes.dropped("tenant", "not on the list", "tenants");
    }
    debug_assert!(!unknown || tenant == NO_TENANT);
    tenant
}

/// The persons a request line names. `admit` says whether a claimed identity may have a key of its own.
fn people<'a>(
    line: &'a RequestLine<'_>,
    about: Option<&'a About<'_>>,
    mut admit: impl FnMut(&Names<'a>) -> bool,
) -> People<'a> {
    let mut person = |identity: &'a Identity<'_>| {
        let (names, claimed) = (Names::of(identity), identity.claimed);
        let keyed = names.identify() && (!claimed || admit(&names));
        Person { names, claimed, keyed }
    };
    let subject = person(&line.subject);
    let impersonator = line.impersonator.as_ref().map(person).filter(|p| !p.names.is_empty());
    let names = match about {
        Some(About::User(id)) => Some(Names { uid: Some(id), ..Names::default() }),
        Some(About::Address(email)) => Some(Names { email: Some(email), ..Names::default() }),
        Some(About::Thing(_)) | None => None,
    };
    let target = names.map(|names| Person { names, claimed: false, keyed: true });
    People { subject, impersonator, target }
}

fn admit(rules: &Rules, claims: &mut Claims, tenant: &str, names: &Names<'_>, now_ms: i64) -> bool {
    claims.admit(tenant, names, rules.policy.claimed_per_hour, now_ms)
}
