//! One record as it arrived, in the nouns of the platform.
//!
//! Invariant: every field of text is [`Hot`]; what is typed here (status, level, time) was parsed by the
//! collector and is harmless by its type. Fields that no decoder names go to `rest`, where they are sealed.

use crate::{Hot, Origin, Value};

/// A record of one line, borrowed from its buffer.
#[derive(Debug)]
pub struct Raw<'a> {
    /// Where it came from.
    pub origin: &'a Origin,
    /// When greffier read it (ms since 1970).
    pub observed: i64,
    /// What it is.
    pub body: Body<'a>,
}

/// The three things a line can be.
#[derive(Debug)]
pub enum Body<'a> {
    /// One called URL.
    Request(Box<RequestLine<'a>>),
    /// Any other record of the application.
    Text(Box<TextRecord<'a>>),
    /// A line that could not be understood.
    Broken(Broken<'a>),
}

/// A time as the line states it.
#[derive(Debug, Clone, Default)]
pub enum Time<'a> {
    /// Milliseconds since 1970, truncated.
    At(i64),
    /// Present and not a time: the observed time stands in, the original is sealed.
    Wrong(Hot<'a>),
    /// The line names none: the observed time stands in.
    #[default]
    Absent,
}

/// One called URL, from the application or from the proxy.
#[derive(Debug, Default)]
pub struct RequestLine<'a> {
    /// When the request began.
    pub time: Time<'a>,
    /// The application's own instance name.
    pub instance: Option<Hot<'a>>,
    /// Value of the configured tenant field.
    pub tenant: Option<Hot<'a>>,
    /// Host that was asked, where the line says it (else it is taken from an absolute `url`).
    pub host: Option<Hot<'a>>,
    /// Request id.
    pub req: Option<Hot<'a>>,
    /// Process or worker that wrote the line; part of the hold key, known and dropped otherwise.
    pub place: Option<Hot<'a>>,
    /// HTTP method as received.
    pub method: Option<Hot<'a>>,
    /// URL as received: absolute, or path and query.
    pub url: Option<Hot<'a>>,
    /// Name of the matched route.
    pub route: Option<Hot<'a>>,
    /// Parameters of the matched route, in order.
    pub route_params: Vec<(Hot<'a>, Value<'a>)>,
    /// Response status.
    pub status: Option<u16>,
    /// Duration in milliseconds.
    pub duration_ms: Option<f64>,
    /// How the request ended when not normally: shutdown, abandoned, reset.
    pub end: Option<Hot<'a>>,
    /// Class (or message) of the exception.
    pub exception: Option<Hot<'a>>,
    /// Roles of the person.
    pub roles: Vec<Hot<'a>>,
    /// Client address as the line states it.
    pub ip: Option<Hot<'a>>,
    /// Full user agent string.
    pub user_agent: Option<Hot<'a>>,
    /// The person as authenticated by the application.
    pub subject: Identity<'a>,
    /// The one who impersonates the subject (`switch_user`).
    pub impersonator: Option<Identity<'a>>,
    /// What was posted.
    pub post: Option<Post<'a>>,
    /// Level of the line, where it states one of its own (not the constant level of a request line).
    pub level: Option<Level>,
    /// Channel, where the line states one that means something.
    pub channel: Option<Hot<'a>>,
    /// Free text of the line (`message`, `error`).
    pub message: Option<Hot<'a>>,
    /// Every field no rule of the decoder names, by dotted path, in source order.
    pub rest: Vec<(Hot<'a>, Value<'a>)>,
}

/// Whom a line names. Every part as received.
#[derive(Debug, Clone, Default)]
pub struct Identity<'a> {
    /// User id; integers as decimal.
    pub uid: Option<Hot<'a>>,
    /// E-mail address.
    pub email: Option<Hot<'a>>,
    /// Login name.
    pub login: Option<Hot<'a>>,
    /// Full name.
    pub name: Option<Hot<'a>>,
    /// Front-end's own id.
    pub fid: Option<Hot<'a>>,
    /// Phone number.
    pub phone: Option<Hot<'a>>,
    /// Not authenticated, only claimed (a failed login, an impersonator known by login alone).
    pub claimed: bool,
}

impl Identity<'_> {
    /// True when no part names anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.uid, &self.email, &self.login, &self.name, &self.fid, &self.phone]
            .into_iter()
            .all(|part| part.as_ref().is_none_or(Hot::is_empty))
    }

    /// The same identity with a life of its own.
    #[must_use]
    pub fn into_owned(self) -> Identity<'static> {
        Identity {
            uid: self.uid.map(Hot::into_owned),
            email: self.email.map(Hot::into_owned),
            login: self.login.map(Hot::into_owned),
            name: self.name.map(Hot::into_owned),
            fid: self.fid.map(Hot::into_owned),
            phone: self.phone.map(Hot::into_owned),
            claimed: self.claimed,
        }
    }
}

/// What was posted. Content type, length and the truncation flag are known and dropped.
#[derive(Debug, Default)]
pub struct Post<'a> {
    /// Parsed fields (form or JSON).
    pub fields: Option<Value<'a>>,
    /// A body that was not parsed.
    pub raw: Option<Hot<'a>>,
    /// Uploaded files: name, type, size.
    pub files: Option<Value<'a>>,
}

/// A record of the application that is no request line.
#[derive(Debug, Default)]
pub struct TextRecord<'a> {
    /// When it was logged.
    pub time: Time<'a>,
    /// The application's own instance name.
    pub instance: Option<Hot<'a>>,
    /// Value of the configured tenant field.
    pub tenant: Option<Hot<'a>>,
    /// Request id.
    pub req: Option<Hot<'a>>,
    /// Process or worker; part of the hold key.
    pub place: Option<Hot<'a>>,
    /// Severity.
    pub level: Option<Level>,
    /// Channel.
    pub channel: Option<Hot<'a>>,
    /// Message text.
    pub message: Option<Hot<'a>>,
    /// Class of the exception.
    pub exception: Option<Hot<'a>>,
    /// The whole line as received: what is sealed as `raw`.
    pub line: Hot<'a>,
}

/// A line that could not be understood.
#[derive(Debug)]
pub struct Broken<'a> {
    /// What is wrong with it.
    pub fault: Fault,
    /// Its bytes, at most 256 KiB, as text (bytes that are no UTF-8 shown as `\xHH`).
    pub line: Hot<'a>,
    /// How many bytes were cut away.
    pub cut: u64,
}

/// What is wrong with a line; the event's `err`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Not JSON.
    Json,
    /// Not UTF-8.
    Utf8,
    /// Holds a NUL byte.
    Nul,
    /// Nested deeper than 128.
    Depth,
    /// Longer than a line may be (1 MiB).
    Long,
    /// The input ended inside the line.
    Half,
    /// An object names one key twice.
    DupKey,
    /// Not of its format's form (a text format, or JSON without what makes a record).
    Form,
}

impl Fault {
    /// The word in the event.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Utf8 => "utf8",
            Self::Nul => "nul",
            Self::Depth => "depth",
            Self::Long => "long",
            Self::Half => "half",
            Self::DupKey => "dup_key",
            Self::Form => "form",
        }
    }
}

/// Severity, with the names of PSR-3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Detail for development.
    Debug,
    /// Interesting events.
    Info,
    /// Normal but significant.
    Notice,
    /// Exceptional, not an error.
    Warning,
    /// A runtime error.
    Error,
    /// A critical condition.
    Critical,
    /// Action must be taken at once.
    Alert,
    /// The system is unusable.
    Emergency,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 8] = [
        Self::Debug,
        Self::Info,
        Self::Notice,
        Self::Warning,
        Self::Error,
        Self::Critical,
        Self::Alert,
        Self::Emergency,
    ];

    /// The PSR-3 name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
            Self::Alert => "alert",
            Self::Emergency => "emergency",
        }
    }

    /// The level of that PSR-3 name, or of a common other one (`warn`, `err`, `fatal`, `trace`), in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "trace" => Some(Self::Debug),
            "warn" => Some(Self::Warning),
            "err" => Some(Self::Error),
            "crit" | "fatal" => Some(Self::Critical),
            "emerg" | "panic" => Some(Self::Emergency),
            name => Self::ALL.into_iter().find(|level| level.name() == name),
        }
    }

    /// The level of a Monolog number (100 debug … 600 emergency).
    #[must_use]
    pub const fn from_monolog(number: u16) -> Option<Self> {
        Some(match number {
            100 => Self::Debug,
            200 => Self::Info,
            250 => Self::Notice,
            300 => Self::Warning,
            400 => Self::Error,
            500 => Self::Critical,
            550 => Self::Alert,
            600 => Self::Emergency,
            _ => return None,
        })
    }
}
