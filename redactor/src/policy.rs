//! The privacy part of the plan: what the operator decided, validated by `config`.

use crate::{OperatorEntity, Stream};
use greffier_record::Level;

/// Everything the gate needs to know. Built by `config` from the file, or [`Policy::default`].
#[derive(Debug, Clone)]
pub struct Policy {
    /// `svc` of every event: `[a-z0-9][a-z0-9._-]{0,63}`.
    pub service: String,
    /// `inst` of every event: greffier's own instance, same form.
    pub instance: String,
    /// How a line finds its tenant.
    pub tenant: TenantRule,
    /// Tenants that may appear; anything else becomes `-` and is counted.
    pub tenants: Vec<String>,
    /// What happens to the full IP address.
    pub ip: IpRule,
    /// Unnamed fields that may stay in clear (`x`), by dotted path, scalars only.
    pub keep: Vec<String>,
    /// Query parameters whose clean values stay: names, or a prefix ending in `*`.
    pub query_keep: Vec<String>,
    /// Path templates: literal segments and `{name}`; the value of `{name}` is what gets replaced.
    pub path_keep: Vec<String>,
    /// What may stay of a message.
    pub text: TextRule,
    /// What the operator wants found in text, beyond what greffier knows.
    pub entities: Vec<OperatorEntity>,
    /// Routes and paths with rules of their own, first match wins.
    pub routes: Vec<RouteRule>,
    /// The back office.
    pub audit: AuditRule,
    /// Application records that are always kept.
    pub events: Vec<EventRule>,
    /// Retention in days, by stream.
    pub retention: Retention,
    /// Claimed identities (failed logins) that get a key of their own, per tenant and hour.
    pub claimed_per_hour: u32,
}

/// How a line finds its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantRule {
    /// There is one tenant, or none.
    None,
    /// Every line belongs to this one.
    Fixed(String),
    /// The decoder delivers the configured field in `Raw`.
    Field,
    /// By host name, lower case, without port: (host, tenant).
    Host(Vec<(String, String)>),
    /// By the application's instance name: (instance, tenant).
    Instance(Vec<(String, String)>),
}

/// What happens to the full IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpRule {
    /// Three octets (/48 for IPv6) stay, the rest is gone.
    Truncate,
    /// Three octets stay in clear, the full address is sealed.
    TruncateAndSeal,
}

/// What may stay of a message and of an exception's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextRule {
    /// All but what the detector finds.
    Detect,
    /// Of that, only words that so many different persons have had at the same place, and a vocabulary.
    Known {
        /// How many persons make a word known; at least 2.
        after: usize,
    },
}

/// A rule for some routes or paths.
#[derive(Debug, Clone)]
pub struct RouteRule {
    /// Which requests.
    pub on: Matcher,
    /// No key id, nothing sealed: personal fields are dropped and counted.
    pub drop_person: bool,
}

/// Selects requests by route name or by path. `*` stands for any characters but `/`, `**` for any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matcher {
    /// Glob over the route name.
    Route(String),
    /// Glob over the path.
    Path(String),
}

/// Which request lines are audit records, and whom their posted values concern.
#[derive(Debug, Clone)]
pub struct AuditRule {
    /// Path globs of the back office.
    pub paths: Vec<String>,
    /// Methods that change something.
    pub methods: Vec<String>,
    /// Route glob → action word, first match wins; the event's `act`.
    pub actions: Vec<(String, String)>,
    /// Targets, first match wins.
    pub objects: Vec<ObjectRule>,
    /// What happens when the reserved share of the spool is full.
    pub when_full: WhenFull,
}

/// What a back-office action is about.
#[derive(Debug, Clone)]
pub struct ObjectRule {
    /// Which requests.
    pub on: Matcher,
    /// `person`: values sealed for that person; anything else is a clear `obj` (`content:812`).
    pub kind: String,
    /// Where its identifier stands.
    pub select: Selector,
}

/// Where an identifier stands in a request line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// `route_params.NAME`: a user id (or object id).
    RouteParam(String),
    /// `path.NAME`: a segment of the rule's own path template `/admin/content/{id}`.
    PathSegment {
        /// The template.
        template: String,
        /// Which of its names.
        name: String,
    },
    /// `post.a.b`: a user id in the posted data.
    PostId(Vec<String>),
    /// `email = "post.a.b"`: an e-mail address in the posted data.
    PostEmail(Vec<String>),
}

/// What to do when the audit share of the spool is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    /// Stop reading the source.
    Block,
    /// Drop the newest and count, with a gap event.
    Drop,
}

/// An application record that is always kept.
#[derive(Debug, Clone, Default)]
pub struct EventRule {
    /// Channel it must have.
    pub channel: Option<String>,
    /// Level it must reach.
    pub level: Option<Level>,
}

/// Retention in days, by stream; 1 … 3650.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention([u16; 6]);

impl Retention {
    /// Retention of a stream in days.
    #[must_use]
    pub fn days(&self, stream: Stream) -> u16 {
        self.0[usize::from(stream.number() - 1)]
    }

    /// Sets the retention of a stream.
    pub fn set(&mut self, stream: Stream, days: u16) {
        self.0[usize::from(stream.number() - 1)] = days;
    }

    /// The different retentions, ascending: each needs recipients of its own.
    #[must_use]
    pub fn distinct(&self) -> Vec<u16> {
        let mut days = self.0.to_vec();
        days.sort_unstable();
        days.dedup();
        days
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self([90, 90, 90, 90, 90, 365])
    }
}

impl Default for AuditRule {
    fn default() -> Self {
        Self {
            paths: vec!["/admin/**".into()],
            methods: ["POST", "PUT", "PATCH", "DELETE"].map(String::from).to_vec(),
            actions: Vec::new(),
            objects: Vec::new(),
            when_full: WhenFull::Block,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            service: "app".into(),
            instance: "local".into(),
            tenant: TenantRule::None,
            tenants: Vec::new(),
            ip: IpRule::Truncate,
            keep: Vec::new(),
            query_keep: vec!["page".into(), "sort".into(), "utm_*".into()],
            path_keep: Vec::new(),
            text: TextRule::Detect,
            entities: Vec::new(),
            routes: Vec::new(),
            audit: AuditRule::default(),
            events: Vec::new(),
            retention: Retention::default(),
            claimed_per_hour: 600,
        }
    }
}
