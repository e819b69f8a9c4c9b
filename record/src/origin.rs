//! Where a line came from. Nothing here is personal: it is the operator's own configuration.

/// Which side of the platform wrote the line; the event's `src`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The application: knows the person, may write audit records.
    App,
    /// The proxy before it: knows neither.
    Proxy,
}

/// The form of a source's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Monolog's `JsonFormatter`, including the request line of the Symfony subscriber.
    Monolog,
    /// nginx `log_format … escape=json`.
    NginxJson,
    /// The combined log format of nginx and Apache.
    Combined,
    /// One JSON object a line with the usual field names.
    Json,
}

impl Format {
    /// Every format, in the order the documentation lists them.
    pub const ALL: [Self; 4] = [Self::Monolog, Self::NginxJson, Self::Combined, Self::Json];

    /// The name used in the configuration, in URLs and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monolog => "monolog",
            Self::NginxJson => "nginx-json",
            Self::Combined => "combined",
            Self::Json => "json",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Which side writes this format.
    #[must_use]
    pub const fn side(self) -> Side {
        match self {
            Self::Monolog | Self::Json => Side::App,
            Self::NginxJson | Self::Combined => Side::Proxy,
        }
    }
}

/// Number of a `[context] join` group.
pub type JoinGroup = u16;

/// The source of a line, shared by all its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Position of the source in the plan.
    pub source: u16,
    /// The source's name in the configuration, for metrics and messages.
    pub name: String,
    /// The form of its lines.
    pub format: Format,
    /// Which connection (0 where there is none); part of the hold key.
    pub connection: u64,
    /// Sources of one group share the decision about a request.
    pub join: Option<JoinGroup>,
}
