//! The clear part of an event, field by field in wire order; what may not stay is handed on for sealing.
//!
//! Invariant: a value is written only by a rule that names it; everything else goes to `lost`, the content
//! that will be sealed or dropped whole. Place on the path: the middle of the gate.

use crate::agent::Agents;
use crate::content::{Content, Item};
use crate::detect;
use crate::event::{EventWriter, Key};
use crate::explain::Notes;
use crate::judge::Judge;
use crate::owner::Names;
use crate::req::{self, RequestIds};
use crate::rules::{NO_TENANT, Rules, scalar};
use crate::tally::{Count, Tally};
use crate::time::{self, Stamps};
use crate::{RecordId, Stream, charset, ip, known, secrets, wipe};
use greffier_record::{Hot, Level, RequestLine, Side};
use std::borrow::Cow;
use std::net::IpAddr;

/// Bytes of a message and of an exception in clear.
const MESSAGE: usize = 4096;
const EXCEPTION: usize = 512;
/// A known name that begins before the cut ends within so many bytes after it.
const BEYOND: usize = 512;
/// Roles in clear.
const ROLES: usize = 32;
/// The rule behind most fields, in explanations.
pub(crate) const SCHEMA: &str = "event table";

/// Memory for texts on their way, kept from event to event and empty between them.
#[derive(Default)]
pub(crate) struct Texts {
    /// A clear form that is being made.
    pub(crate) clear: String,
    /// The URL of the line without its secrets.
    pub(crate) url: String,
}

impl Texts {
    /// Forgets them, with zeros.
    pub(crate) fn clear(&mut self) {
        wipe::text(&mut self.clear);
        wipe::text(&mut self.url);
    }
}

/// Everything that is needed to write clear fields, and what they leave over.
pub(crate) struct Composer<'r, 'a> {
    pub(crate) rules: &'r Rules,
    pub(crate) judge: &'r mut Judge,
    pub(crate) texts: &'r mut Texts,
    pub(crate) stamps: &'r mut Stamps,
    pub(crate) agents: &'r mut Agents,
    pub(crate) ids: &'r mut RequestIds,
    /// The tally before this event.
    pub(crate) before: Tally,
    pub(crate) tally: &'r mut Tally,
    pub(crate) notes: &'r mut Notes,
    pub(crate) event: EventWriter<'r>,
    /// The persons of the record, to be found in its text.
    pub(crate) known: [Names<'a>; 2],
    pub(crate) lost: Content<'a>,
    /// The request id as it stands in clear.
    pub(crate) req: Option<Cow<'a, str>>,
    pub(crate) wrong_date: bool,
    /// Nothing has to be taken out of the user agent before it is sealed.
    pub(crate) agent_is_clean: bool,
}

impl<'a> Composer<'_, 'a> {
    /// `v s id ts svc inst`
    pub(crate) fn head(&mut self, stream: Stream, id: RecordId, at: i64) {
        let ts = self.stamps.text(at);
        self.event.head(stream, id, &ts, &self.rules.service);
    }

    /// The time of the event; a wrong one is sealed as it was.
    pub(crate) fn when(&mut self, stated: &'a greffier_record::Time<'_>, observed: i64) -> i64 {
        let when = time::of(stated, observed);
        self.wrong_date = when.wrong;
        self.notes.clear("time", "ts", if when.wrong { "observed time stands in" } else { SCHEMA });
        if let Some(original) = when.original {
            self.lose("date", Item::Text(original));
        }
        when.at
    }

    /// `from tenant src`
    pub(crate) fn origin(&mut self, instance: Option<&'a str>, tenant: &str, side: Side) {
        if let Some(instance) = instance.filter(|text| !text.is_empty()) {
            if charset::instance(instance) && ip::parse(instance).is_none() {
                if instance != self.rules.policy.instance {
                    self.event.verbatim(Key::From, instance.as_bytes());
                }
                self.notes.clear("instance", "from", SCHEMA);
            } else {
                self.lose("instance", Item::Text(instance));
            }
        }
        if tenant != NO_TENANT {
            self.event.verbatim(Key::Tenant, tenant.as_bytes());
            self.notes.clear("tenant", "tenant", "tenants");
        }
        let side: &[u8] = match side {
            Side::App => b"app",
            Side::Proxy => b"proxy",
        };
        self.event.verbatim(Key::Src, side);
    }

    /// `req`: as the request line settled it, or by this line's own form.
    pub(crate) fn request_id(
        &mut self,
        req: Option<&'a str>,
        settled: Option<&'a str>,
        now_ms: i64,
    ) {
        let clear = match (settled, req) {
            (Some(settled), _) => Cow::Borrowed(settled),
            (None, Some(req)) if req::is_random(req) => Cow::Borrowed(req),
            (None, Some(req)) => Cow::Owned(self.ids.replacement(req, now_ms)),
            (None, None) => return,
        };
        self.event.verbatim(Key::Req, clear.as_bytes());
        if let Some(original) = req {
            if original == clear {
                self.notes.clear("request_id", "req", "random by its form");
            } else {
                self.tally.add(Count::RequestId, 1);
                self.notes.clear("request_id", "req", "replaced: it could have been chosen");
                self.lost.req = Some(original);
            }
        }
        self.req = Some(clear);
    }

    /// `exc`: a class name, or a text as the detector leaves it.
    pub(crate) fn exception(&mut self, exception: Option<&'a str>) {
        let Some(exception) = exception else { return };
        if charset::class(exception) {
            self.event.text(Key::Exc, exception);
            return self.notes.clear("exception", "exc", SCHEMA);
        }
        let changed = self.masked(Key::Exc, exception, EXCEPTION);
        self.notes.clear("exception", "exc", "detector");
        if changed {
            self.lose("exception", Item::Text(exception));
        }
    }

    /// `roles ip browser os`; returns the full address.
    pub(crate) fn client(&mut self, line: &'a RequestLine<'_>) -> Option<IpAddr> {
        self.roles(&line.roles);
        let stated = text(&line.ip);
        let address = stated.and_then(ip::parse);
        if let Some(address) = address {
            self.event.quoted(Key::Ip, |out| ip::network(address, out));
            self.notes.clear("ip", "ip", "truncated to a network");
        } else if let Some(stated) = stated {
            self.tally.add(Count::Address, 1);
            // Digits nobody understands may be a whole address in a form that cannot be truncated.
            if self.rules.seals_ip() || !stated.chars().any(char::is_numeric) {
                self.lose("ip", Item::Text(stated));
            } else {
                self.notes.dropped("ip", "not understood, so not truncated", "ip = truncate");
            }
        }
        if let Some(agent) = text(&line.user_agent) {
            let agent = self.agents.of(agent, &self.judge.scanner);
            self.event.text(Key::Browser, agent.browser.as_deref().unwrap_or_default());
            self.event.text(Key::Os, agent.os.as_deref().unwrap_or_default());
            self.agent_is_clean = agent.clean;
            self.notes.clear("user_agent", "browser", "family and major version");
        }
        address
    }

    /// `roles`: labels; whatever else the line names as one is lost.
    fn roles(&mut self, roles: &'a [Hot<'_>]) {
        let (mut clear, mut count) = ([""; ROLES], 0);
        let (mut other, mut over) = (Vec::new(), Vec::new());
        for role in roles.iter().map(Hot::expose).filter(|role| !role.is_empty()) {
            match (self.is_label(role), clear.get_mut(count)) {
                (true, Some(place)) => (*place, count) = (role, count + 1),
                (true, None) => over.push(role),
                (false, _) => other.push(role),
            }
        }
        other.append(&mut over);
        self.event.labels(Key::Roles, &clear[..count]);
        if count > 0 {
            self.notes.clear("roles", "roles", SCHEMA);
        }
        if !other.is_empty() {
            self.lose("roles", Item::List(other));
        }
    }

    /// `lvl ch msg`
    pub(crate) fn said(
        &mut self,
        level: Option<Level>,
        channel: Option<&'a str>,
        message: Option<&'a str>,
    ) {
        if let Some(level) = level {
            self.word(Key::Lvl, level.name(), "level");
        }
        match channel {
            Some(channel) if self.is_label(channel) => self.word(Key::Ch, channel, "channel"),
            Some(channel) => self.lose("channel", Item::Text(channel)),
            None => {}
        }
        if let Some(message) = message {
            let changed = self.masked(Key::Msg, message, MESSAGE);
            self.notes.clear("message", "msg", "detector");
            if changed {
                self.lost.msg = Some(message);
            }
        }
    }

    /// `act obj`
    pub(crate) fn action(&mut self, act: Option<&str>, thing: Option<&str>) {
        self.event.text(Key::Act, act.unwrap_or_default());
        if let Some(thing) = thing.filter(|thing| self.is_label(thing)) {
            self.event.text(Key::Obj, thing);
        }
    }

    /// `err`
    pub(crate) fn error(&mut self, fault: Option<&str>) {
        let fault = fault.or(self.wrong_date.then_some("date"));
        self.event.text(Key::Err, fault.unwrap_or_default());
    }

    /// A label or a word of ours: neither needs escaping.
    pub(crate) fn word(&mut self, key: Key, value: &str, field: &str) {
        self.event.verbatim(key, value.as_bytes());
        self.notes.clear(field, key.name(), SCHEMA);
    }

    pub(crate) fn lose(&mut self, path: &'a str, item: Item<'a>) {
        self.lost.x.push((path, item));
    }

    pub(crate) fn is_label(&mut self, text: &str) -> bool {
        self.judge.of(text).stays_as_label
    }

    /// Writes the clear form of a text, at most `max` bytes; true if it is not the original any more.
    fn masked(&mut self, key: Key, original: &str, max: usize) -> bool {
        let text = secrets::without_path_keys(original);
        let out = &mut self.texts.clear;
        out.clear();
        let masked = self.judge.scanner.mask(&text, out);
        let unscanned = masked && detect::was_unscanned(&text, out);
        self.tally.add(Count::Unscanned, unscanned.into());
        let mut changed = masked || matches!(text, Cow::Owned(_));
        let long = out.len() > max;
        out.truncate(out.floor_char_boundary(max + BEYOND));
        for names in &self.known {
            changed |= known::mask(out, names);
        }
        if long {
            out.truncate(out.floor_char_boundary(max));
            self.tally.add(Count::OverLimit, 1);
            changed = true;
        }
        self.event.text(key, out);
        self.tally.add(Count::Masked, changed.into());
        changed
    }
}

/// A field that is there and not empty.
pub(crate) fn text<'a>(hot: &'a Option<Hot<'_>>) -> Option<&'a str> {
    hot.as_ref().map(Hot::expose).filter(|text| !text.is_empty())
}

/// Route parameters that are scalars: (name, value).
pub(crate) fn params<'a>(line: &'a RequestLine<'_>) -> Vec<(&'a str, &'a str)> {
    let pairs = line.route_params.iter().take(64);
    pairs.filter_map(|(name, value)| Some((name.expose(), scalar(value)?))).collect()
}
