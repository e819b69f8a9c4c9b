//! Who may reveal what: role × stream × class, denied unless listed (`docs/console.md`, "reveal").

use greffier_spool::Stream;
use greffier_vault::Class;

/// The role of the person who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clearance {
    /// Diagnoses requests.
    Support,
    /// Reviews the back office and greffier itself.
    Auditor,
    /// Answers for personal data.
    Dpo,
    /// Runs the sidecar; never sees content.
    Ops,
}

impl Clearance {
    /// Whether this role may open blobs of this class in this stream.
    #[must_use]
    pub fn may_reveal(self, stream: Stream, class: Class) -> bool {
        let sealed_data = matches!(class, Class::Identity | Class::Network | Class::Content);
        let listed = match self {
            Self::Support => {
                !matches!(stream, Stream::Audit | Stream::Access)
                    && !matches!(class, Class::Network)
            }
            Self::Auditor => matches!(stream, Stream::Audit | Stream::Access),
            Self::Dpo => true,
            Self::Ops => false,
        };
        sealed_data && listed
    }
}

/// The word for a class in commands and in what people read.
#[must_use]
pub const fn class_name(class: Class) -> &'static str {
    match class {
        Class::Identity => "identity",
        Class::Network => "network",
        Class::Content => "content",
        Class::Index => "index",
    }
}

/// The class of that name, of those that events hold.
#[must_use]
pub fn class_from_name(name: &str) -> Option<Class> {
    [Class::Identity, Class::Network, Class::Content].into_iter().find(|c| class_name(*c) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_denied() {
        use Clearance::{Auditor, Dpo, Ops, Support};
        assert!(Support.may_reveal(Stream::Errors, Class::Content));
        assert!(!Support.may_reveal(Stream::Sessions, Class::Network));
        assert!(!Support.may_reveal(Stream::Audit, Class::Identity));
        assert!(Auditor.may_reveal(Stream::Audit, Class::Network));
        assert!(!Auditor.may_reveal(Stream::Requests, Class::Identity));
        assert!(Dpo.may_reveal(Stream::Access, Class::Content));
        assert!(!Dpo.may_reveal(Stream::Access, Class::Index), "not in any event");
        assert!(Stream::ALL.iter().all(|stream| !Ops.may_reveal(*stream, Class::Content)));
    }
}
