//! What was asked for and how it went: the middle of a request line's clear part.
//!
//! Invariant: when the clear form of a URL lost something, the URL is sealed, but never its secrets. Place on
//! the path: between the head of an event and its client.

use crate::compose::{Composer, SCHEMA, Texts, params, text};
use crate::content::Item;
use crate::event::Key;
use crate::judge::Judge;
use crate::tally::Count;
use crate::url::{NoSecrets, Url, announces};
use crate::{findings, path, query, wipe};
use greffier_record::RequestLine;

impl<'a> Composer<'_, 'a> {
    /// `method path query route status ms end exc`
    pub(crate) fn target(&mut self, line: &'a RequestLine<'_>, url: &Url<'_>) {
        if let Some(method) = text(&line.method) {
            let known = METHODS.contains(&method);
            self.event.verbatim(Key::Method, if known { method } else { "_OTHER" }.as_bytes());
            self.notes.clear("method", "method", "RFC 9110, RFC 5789");
            if !known {
                self.lost.method = Some(method);
            }
        }
        let route = text(&line.route).filter(|route| self.is_label(route));
        self.url(line, url, route);
        match (route, text(&line.route)) {
            (Some(route), _) => self.word(Key::Route, route, "route"),
            (None, Some(route)) => self.lose("route", Item::Text(route)),
            (None, None) => {}
        }
        if let Some(status) = line.status {
            self.event.number(Key::Status, status.into());
            self.notes.clear("status", "status", SCHEMA);
        }
        if let Some(ms) = line.duration_ms.and_then(whole_ms) {
            self.event.number(Key::Ms, ms);
            self.notes.clear("duration_ms", "ms", SCHEMA);
        }
        match text(&line.end) {
            Some(end @ ("shutdown" | "abandoned" | "reset")) => self.word(Key::End, end, "end"),
            Some(end) => self.lose("end", Item::Text(end)),
            None => {}
        }
        self.exception(text(&line.exception));
    }

    fn url(&mut self, line: &'a RequestLine<'_>, url: &Url<'_>, route: Option<&str>) {
        if text(&line.url).is_none() {
            return;
        }
        if self.notes.wanted() {
            let url = text(&line.url).unwrap_or_default();
            findings::note(self.notes, &self.judge.scanner, &[], "url", url);
        }
        let params = params(line);
        let names = path::Known { keep: &self.rules.path_keep, route, params: &params };
        let Texts { clear, url: sealed } = &mut *self.texts;
        wipe::text(clear);
        let lost = !url.odd.is_empty() || url.prefix.contains('@');
        let path = path::clear(url.path, &names, clear);
        self.event.text(Key::Path, clear);
        self.notes.clear("url", "path", "path_keep, route, vocabulary");
        let (mut lost, mut known) =
            (lost | path.lost, NoSecrets { path: path.no_secrets, query: false });
        if let Some(text) = url.query {
            wipe::text(clear);
            let query = query::clear(text, &self.rules.query_keep, self.judge, clear);
            (lost, known.query) = (lost | query.lost, query.no_secrets);
            self.event.text(Key::Query, clear);
            self.notes.clear("url", "query", "names; values by query_keep");
        }
        lost |= url.fragment.is_some_and(|fragment| !fragment.is_empty());
        let hidden = secret_params(&params, self.judge);
        let secrets = url.without_secrets(self.judge, &hidden, known, sealed);
        if secrets > 0 {
            self.tally.add(Count::Secret, secrets);
            self.notes.dropped("url", "secret segment or parameter", "always dropped");
        }
        self.lost.url = lost;
    }
}

/// RFC 9110 and RFC 5789.
const METHODS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// Values of route parameters that are keys to an account.
fn secret_params<'a>(params: &[(&str, &'a str)], judge: &Judge) -> Vec<&'a str> {
    let secret = |name: &str| judge.scanner.secret_name(name) || announces(name);
    params.iter().filter(|(name, _)| secret(name)).map(|(_, value)| *value).collect()
}

/// Milliseconds, half up; `None` for what is no duration.
fn whole_ms(ms: f64) -> Option<u64> {
    let whole = (ms + 0.5).floor();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "in range by the check before"
    )]
    (0.0..9e15).contains(&whole).then_some(whole as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::{Known, Template};
    use crate::query::Keep;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_known_of_secrets_is_true(
            url in "/((reset|admin|é|%61|%E9|[a-z0-9]{16}|)/){0,4}(\\?((a|token|%74oken)(=b)?&?){0,4})?"
        ) {
            let (mut judge, mut clear) = (Judge::new(), String::new());
            let keep = [Template::new("/reset/{id}/")];
            let url = Url::split(&url);
            let path = path::clear(url.path, &Known { keep: &keep, route: None, params: &[] }, &mut clear);
            clear.clear();
            let query = url.query.map(|text| query::clear(text, &Keep::new(&[]), &mut judge, &mut clear));
            let query = query.is_some_and(|query| query.no_secrets);
            let mut sealed = |known| {
                let mut out = String::new();
                let count = url.without_secrets(&mut judge, &[], known, &mut out);
                (count, out)
            };
            let known = NoSecrets { path: path.no_secrets, query };
            prop_assert_eq!(sealed(known), sealed(NoSecrets::default()));
        }
    }
}
