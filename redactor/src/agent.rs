//! User agents: family and major version, by a library.
//!
//! Invariant: what leaves is a word of the library's own list and at most four digits; nothing of the
//! client's text. The cache knows texts by a keyed hash only. Place on the path: `browser` and `os`.

use crate::cache::Cache;
use crate::detect::Scanner;
use crate::secrets;
use std::borrow::Cow;
use woothee::parser::Parser;

/// Longer agents are read to here only.
const LONGEST: usize = 1024;

/// What a user agent says about itself, as far as it may be said on.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Agent {
    /// `Firefox 128`
    pub(crate) browser: Option<String>,
    /// `Linux`
    pub(crate) os: Option<String>,
    /// Nothing has to be taken out of the whole text before it is sealed.
    pub(crate) clean: bool,
}

/// Parses user agents and remembers the answers.
pub(crate) struct Agents {
    parser: Parser,
    known: Cache<Agent>,
}

impl Agents {
    pub(crate) fn new() -> Self {
        Self { parser: Parser::new(), known: Cache::new() }
    }

    pub(crate) fn of(&mut self, text: &str, scanner: &Scanner) -> &Agent {
        let short = &text[..text.floor_char_boundary(LONGEST)];
        let parser = &self.parser;
        let ask = || {
            let mut agent = read(parser, short);
            // Of a longer text the cache knows its beginning only.
            // Cutting at a character's border leaves up to three bytes less.
            agent.clean = short.len() + 3 < LONGEST && is_clean(short, scanner);
            agent
        };
        self.known.of(short, ask)
    }
}

fn is_clean(text: &str, scanner: &Scanner) -> bool {
    matches!(secrets::without_path_keys(text), Cow::Borrowed(_))
        && scanner.scrubbed(text, false).is_none()
}

fn read(parser: &Parser, text: &str) -> Agent {
    let Some(found) = parser.parse(text) else { return Agent::default() };
    Agent {
        browser: family(found.name, found.version),
        os: family(found.os, &found.os_version),
        clean: false,
    }
}

/// `family` with the major number of `version`, where both are known.
fn family(family: &str, version: &str) -> Option<String> {
    if family.is_empty() || family.contains("UNKNOWN") {
        return None;
    }
    let digits = version.bytes().take_while(u8::is_ascii_digit).count();
    let major = if digits <= 4 { &version[..digits] } else { "" };
    Some(format!("{family} {major}").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        let mut agents = Agents::new();
        let agent = agents.of(text, &Scanner::new());
        format!(
            "{} | {}",
            agent.browser.as_deref().unwrap_or("-"),
            agent.os.as_deref().unwrap_or("-")
        )
    }

    #[test]
    fn family_and_major_only() {
        for (text, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "Firefox 128 | Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
                "Chrome 120 | Windows 10",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Mobile/15E148 Safari/604.1",
                "Safari 17 | iPhone 17",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64) Chrome/0612345678.0 Safari/537.36", "Chrome | Linux"),
            ("ua \"quoted\" \\back\\slash", "- | -"),
            ("alice@example.org", "- | -"),
            ("", "- | -"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn an_agent_is_clean_when_nothing_must_go() {
        let (mut agents, scanner) = (Agents::new(), Scanner::new());
        let long = "a".repeat(LONGEST);
        for (text, clean) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", true),
            ("bot at 203.0.113.7", false),
            ("bot +http://example.org/reset-password/2dfb8cc0448705b5", false),
            (long.as_str(), false),
        ] {
            assert_eq!(agents.of(text, &scanner).clean, clean, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text: String) {
            shown(&text);
            shown(&format!("Mozilla/5.0 ({text}) Version/{text} Safari CrOS {text})"));
        }
    }
}
