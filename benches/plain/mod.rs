//! The yardstick: what an engineer writes in an afternoon with `serde_json`, five regular expressions and one
//! AES-256-GCM key.
//!
//! It parses a request line, cuts the last octet off the address, encrypts user id and e-mail, blanks what the
//! expressions find in the message, and writes JSON. It holds no context, keeps no key per person, looks into no
//! encoding, checks nothing, and forgets the user agent and the URL: it shows what parsing, one seal and one
//! scan cost with good libraries, not what greffier does.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A line of the synthetic workload.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(borrow)]
    route: Cow<'a, str>,
    #[serde(borrow)]
    user_id: Cow<'a, str>,
    #[serde(borrow)]
    email: Cow<'a, str>,
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow)]
    client_ip: Cow<'a, str>,
    #[serde(borrow)]
    user_agent: Cow<'a, str>,
    status: u16,
    latency_ms: f64,
    #[serde(borrow)]
    request_id: Cow<'a, str>,
    #[serde(borrow)]
    error: Cow<'a, str>,
}

/// What leaves.
#[derive(Serialize)]
struct Event<'a> {
    timestamp: &'a str,
    method: &'a str,
    url: &'a str,
    route: &'a str,
    who: &'a str,
    role: &'a str,
    client_ip: &'a str,
    user_agent: &'a str,
    status: u16,
    latency_ms: f64,
    request_id: &'a str,
    error: &'a str,
}

/// The pipeline with its compiled expressions and its key.
pub(crate) struct Plain {
    patterns: [(Regex, &'static str); 5],
    cipher: LessSafeKey,
    sealed: u64,
    who: String,
    scratch: Vec<u8>,
}

impl Plain {
    /// Compiles the expressions.
    pub(crate) fn new() -> Self {
        let compile = |pattern| Regex::new(pattern).expect("the pattern is a constant");
        let patterns = [
            (
                compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"),
                "<email>",
            ),
            (compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"), "<ip>"),
            (compile(r"\+\d{2}[ .-]?\d(?:[ .-]?\d){7,10}"), "<phone>"),
            (compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}"), "<iban>"),
            (compile(r"\b(?:\d[ -]?){13,19}\b"), "<card>"),
        ];
        let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("32 bytes");
        let cipher = LessSafeKey::new(key);
        Self { patterns, cipher, sealed: 0, who: String::new(), scratch: Vec::new() }
    }

    /// One line in, one line out.
    ///
    /// # Errors
    /// When the line is not of the workload.
    pub(crate) fn line(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        let line: Line<'_> = serde_json::from_slice(line)?;
        self.seal(&line.user_id, &line.email);
        let octets = line.client_ip.rfind('.').map_or("", |dot| &line.client_ip[..=dot]);
        let mut error = line.error;
        for (pattern, with) in &self.patterns {
            if let Cow::Owned(clean) = pattern.replace_all(&error, *with) {
                error = Cow::Owned(clean);
            }
        }
        let event = Event {
            timestamp: &line.timestamp,
            method: &line.method,
            url: &line.url,
            route: &line.route,
            who: &self.who,
            role: &line.role,
            client_ip: &format!("{octets}0"),
            user_agent: &line.user_agent,
            status: line.status,
            latency_ms: line.latency_ms,
            request_id: &line.request_id,
            error: &error,
        };
        serde_json::to_writer(&mut *out, &event)?;
        out.push(b'\n');
        Ok(())
    }

    fn seal(&mut self, uid: &str, email: &str) {
        self.sealed += 1;
        let mut nonce = [0; 12];
        nonce[4..].copy_from_slice(&self.sealed.to_be_bytes());
        self.scratch.clear();
        self.scratch.extend_from_slice(uid.as_bytes());
        self.scratch.push(b' ');
        self.scratch.extend_from_slice(email.as_bytes());
        self.cipher
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::empty(),
                &mut self.scratch,
            )
            .expect("a short text and a growing buffer");
        self.who.clear();
        URL_SAFE_NO_PAD.encode_string(&self.scratch, &mut self.who);
    }
}
