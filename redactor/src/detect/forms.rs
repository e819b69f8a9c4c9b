//! The clear form of a text and the form that may be sealed, from one scan.
//!
//! Invariant: the two are what [`Scanner::mask`] and [`Scanner::scrub`] make of the text, each with scans of its
//! own. Place on the path: asked for every text that may stay in clear and is sealed if it cannot.

use super::focus::Focus;
use super::{Entity, Finding, Found, ROUNDS, Scanner, replace, resolve};
use zeroize::Zeroizing;

/// What a text becomes; `None` where it stays as it is.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Forms {
    /// As [`Scanner::mask`] writes it.
    pub(crate) clear: Option<Zeroizing<String>>,
    /// As [`Scanner::scrub`] writes it.
    pub(crate) sealed: Option<Zeroizing<String>>,
}

impl Scanner {
    /// Both forms of `text`; they share their scans until they differ.
    pub(crate) fn forms(&self, text: &str, keep_full_ip: bool) -> Forms {
        let mut found = Found::new();
        self.collect(text, &Focus::all(text.len()), &mut found);
        let must_go = |finding: &Finding| goes(finding.entity, keep_full_ip);
        let mut shared = None::<Zeroizing<String>>;
        let mut left = ROUNDS - 1;
        while left > 0 && !found.is_empty() && found.iter().all(must_go) {
            let text = shared.as_ref().map_or(text, |text| text);
            shared = Some(self.next_round(text, &mut found));
            left -= 1;
        }
        let text = shared.as_ref().map_or(text, |text| text);
        let gone = found.iter().filter(|finding| must_go(finding)).cloned().collect();
        let sealed = self.without(text, gone, left, |entity| goes(entity, keep_full_ip));
        let clear = self.without(text, found, left, |_| true);
        Forms { clear: clear.or_else(|| shared.clone()), sealed: sealed.or(shared) }
    }

    /// The form of `text` that may be sealed, if that is another.
    pub(crate) fn scrubbed(&self, text: &str, keep_full_ip: bool) -> Option<Zeroizing<String>> {
        let mut found = Found::new();
        self.collect(text, &Focus::all(text.len()), &mut found);
        self.without(text, found, ROUNDS - 1, |entity| goes(entity, keep_full_ip))
    }

    /// `text` without the `found` that `applies` selects, and without what comes to light in at most `left` more
    /// scans: what replacing brings together may be a finding of its own. `None` if there is none.
    pub(super) fn without(
        &self,
        text: &str,
        mut found: Found,
        left: u8,
        applies: impl Fn(Entity) -> bool,
    ) -> Option<Zeroizing<String>> {
        let mut current = None::<Zeroizing<String>>;
        for left in (0..=left).rev() {
            found.retain(|finding| applies(finding.entity));
            if found.is_empty() {
                return current;
            }
            if left > 0 {
                let text = current.as_ref().map_or(text, |text| text);
                current = Some(self.next_round(text, &mut found));
            }
        }
        Some(Zeroizing::new(Entity::Unscanned.placeholder().to_owned()))
    }

    /// `text` with everything in `found` replaced; `found` is then what is found in that.
    fn next_round(&self, text: &str, found: &mut Found) -> Zeroizing<String> {
        resolve(found);
        let whole = matches!(&found[..], [one] if one.range == (0..text.len()));
        let (replaced, placeholders) = replace(text, found);
        if whole {
            found.clear(); // a placeholder or a network alone
            return Zeroizing::new(replaced);
        }
        let focus = Focus::near(placeholders.into_iter(), replaced.len());
        found.clear();
        self.collect(&replaced, &focus, found);
        Zeroizing::new(replaced)
    }
}

/// Must an entity be taken out of what is sealed?
pub(super) fn goes(entity: Entity, keep_full_ip: bool) -> bool {
    entity.dropped() || (entity == Entity::Ip && !keep_full_ip)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn separate(scanner: &Scanner, text: &str, keep_full_ip: bool) -> Forms {
        let (mut clear, mut sealed) = (String::new(), String::new());
        let masked = scanner.mask(text, &mut clear);
        let scrubbed = scanner.scrub(text, keep_full_ip, &mut sealed);
        Forms {
            clear: masked.then(|| Zeroizing::new(clear)),
            sealed: scrubbed.then(|| Zeroizing::new(sealed)),
        }
    }

    fn any_text() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            2 => "[ -~]{0,6}",
            1 => "\\PC{0,3}",
            4 => prop::sample::select(vec![
                "ada@example.org", "203.0.113.7", "2001:db8::5", "4111 1111 1111 1111", "password=",
                "hunter2 ", "token: ", "Bearer ", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
                "https://ada:secret@", "%40", "%32", "\\u0040", "&#64;", "=3D", "0612345678", " ", ",", "\n",
                "user=Ada&", "+33 6 12 34 56 78", "YWRhQGV4YW1wbGUub3JnIHB3PXg=", "1.2.3", ".4", "41111111",
            ]).prop_map(str::to_owned),
        ];
        prop::collection::vec(part, 0..9).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn one_scan_gives_what_two_scans_give(text in any_text(), keep_full_ip: bool) {
            thread_local!(static SCANNER: Scanner = Scanner::new());
            SCANNER.with(|scanner| {
                let forms = scanner.forms(&text, keep_full_ip);
                prop_assert_eq!(forms, separate(scanner, &text, keep_full_ip));
                Ok(())
            })?;
        }
    }

    #[test]
    fn the_forms_part_where_they_differ() {
        let scanner = Scanner::new();
        let of = |text| {
            let Forms { clear, sealed } = scanner.forms(text, false);
            (clear.map(|text| text.to_string()), sealed.map(|text| text.to_string()))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of("cache miss"), (None, None));
        assert_eq!(of("to ada@example.org"), (some("to <email>"), None));
        assert_eq!(of("at 203.0.113.7"), (some("at 203.0.113.0/24"), some("at 203.0.113.0/24")));
        assert_eq!(
            of("ada@example.org at 203.0.113.7"),
            (some("<email> at 203.0.113.0/24"), some("ada@example.org at 203.0.113.0/24"))
        );
    }
}
