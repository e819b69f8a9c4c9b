//! The clear part of an event, field by field in wire order; what may not stay is handed on for sealing.
//!
//! Invariant: a value is written only by a rule that names it; everything else goes to `lost`, the content
//! that will be sealed or dropped whole. Place on the path: the middle of the gate.

use crate::agent::Agents;
use crate::content::{Clean, Content, Item};
use crate::detect::{Forms, was_unscanned};
use crate::event::{EventWriter, Key};
use crate::explain::Notes;
use crate::judge::Judge;
use crate::known::{self, Sought};
use crate::owner::Person;
use crate::req::{self, RequestIds};
use crate::rules::{NO_TENANT, Rules, scalar};
use crate::tally::{Count, Tally};
use crate::templates::{Templates, Voter};
use crate::time::{self, Stamps};
use crate::{RecordId, Stream, charset, findings, ip, secrets, wipe};
use greffier_record::{Hot, Level, RequestLine, Side};
use std::borrow::Cow;
use std::net::IpAddr;
use zeroize::Zeroizing;

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
    pub(crate) known: [Sought<'a>; 2],
    /// What was learned of messages, if only known words may stay.
    pub(crate) templates: Option<&'r mut Templates>,
    /// Who counts for what is learned from this record.
    pub(crate) voter: Option<Voter>,
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
        let lost = self.masked(Key::Exc, exception, EXCEPTION, "");
        self.notes.clear("exception", "exc", self.text_rule());
        if let Some(whole) = lost {
            self.lose("exception", Item::Clean(whole));
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
            self.lost.msg = self.masked(Key::Msg, message, MESSAGE, channel.unwrap_or_default());
            self.notes.clear("message", "msg", self.text_rule());
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

    /// By which rule a text stays.
    fn text_rule(&self) -> &'static str {
        if self.templates.is_some() { "detector, known words" } else { "detector" }
    }

    /// `person` counts for what is learned from this record, unless it is only explained.
    pub(crate) fn learn_from(&mut self, tenant: &str, person: &Person<'_>) {
        if !self.notes.wanted() {
            let templates = self.templates.as_ref();
            self.voter = templates.and_then(|templates| templates.voter(tenant, person));
        }
    }

    /// Writes the clear form of a text of `origin`, at most `max` bytes. If that is not the whole original: what may
    /// be sealed.
    fn masked(
        &mut self,
        key: Key,
        original: &'a str,
        max: usize,
        origin: &str,
    ) -> Option<Clean<'a>> {
        #[cfg(test)]
        crate::tests::may_panic(original);
        if self.notes.wanted() {
            let field = if key == Key::Exc { "exception" } else { "message" };
            findings::note(self.notes, &self.judge.scanner, &self.known, field, original);
        }
        let text = secrets::without_path_keys(original);
        let Forms { clear, sealed } = self.judge.scanner.forms(&text, self.rules.seals_ip());
        let unscanned = clear.as_ref().is_some_and(|clear| was_unscanned(&text, clear));
        self.tally.add(Count::Unscanned, unscanned.into());
        let masked = clear.as_ref().map_or(&*text, |clear| clear);
        let long = masked.len() > max;
        let masked = &masked[..masked.floor_char_boundary(max + BEYOND)];
        let named = known::mask(masked, &self.known);
        let shown = named.as_ref().map_or(masked, |named| named);
        let shown = if long { &shown[..shown.floor_char_boundary(max)] } else { shown };
        let learned = self.templates.as_mut().and_then(|templates| {
            let mut known = Zeroizing::new(shown.to_owned());
            templates.mask(origin, self.voter, &mut known).then_some(known)
        });
        self.event.text(key, learned.as_ref().map_or(shown, |known| known));
        self.tally.add(Count::OverLimit, long.into());
        let keyed = matches!(text, Cow::Owned(_));
        if !(long || keyed || clear.is_some() || named.is_some() || learned.is_some()) {
            return None;
        }
        self.tally.add(Count::Masked, 1);
        Some(match (sealed, text) {
            (Some(sealed), _) => Clean::Rewritten(sealed),
            (None, Cow::Owned(text)) => Clean::Rewritten(Zeroizing::new(text)),
            (None, Cow::Borrowed(text)) => Clean::Received(text),
        })
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
