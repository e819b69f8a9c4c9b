//! This machine's name, as the default of `[service] instance`.

/// The host name in the form of an instance (see [`fit`]).
#[must_use]
pub fn host_instance() -> String {
    fit(&rustix::system::uname().nodename().to_string_lossy())
}

/// Makes a name fit `[a-z0-9][a-z0-9._-]{0,63}`: lower case, other characters as `-`; `local` if nothing is left.
pub(crate) fn fit(name: &str) -> String {
    let lower = name.to_lowercase();
    let kept = lower.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let plain =
        |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
    let fitted: String = kept.chars().take(64).map(plain).collect();
    if fitted.is_empty() { "local".into() } else { fitted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms;

    #[test]
    fn names_fit() {
        assert_eq!(fit("Web-1.Example.ORG"), "web-1.example.org");
        assert_eq!(fit("-_caf\u{e9} 7"), "caf--7");
        assert_eq!(fit("\u{fffd}\u{fffd}"), "local");
        assert_eq!(fit(""), "local");
        assert_eq!(fit(&"a".repeat(300)).len(), 64);
        assert!((forms::INSTANCE.holds)(&host_instance()));
    }
}
