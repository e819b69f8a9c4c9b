//! What goes into a content blob (`docs/formats/events.md`, "Sealed parts").
//!
//! Invariant: top-level keys are sorted bytewise, absent ones are omitted. Place on the path: filled by the
//! composer, shared out to the persons, written just before sealing.

use crate::plain::Plain;
use greffier_record::Value;
use std::ops::Deref;
use zeroize::Zeroizing;

/// Values of class 3, by key; what is absent is not written.
#[derive(Default)]
pub(crate) struct Content<'a> {
    pub(crate) files: Option<&'a Value<'a>>,
    pub(crate) method: Option<&'a str>,
    pub(crate) msg: Option<Clean<'a>>,
    pub(crate) opened: &'a [&'a str],
    pub(crate) post: Option<Item<'a>>,
    pub(crate) query: Option<&'a str>,
    pub(crate) raw: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) req: Option<&'a str>,
    /// The clear form of the URL lost something.
    pub(crate) url: bool,
    pub(crate) x: Vec<(&'a str, Item<'a>)>,
    /// Unnamed fields that hold a body: written beside `x`, but posted.
    pub(crate) sent: Vec<(&'a str, Item<'a>)>,
}

/// A value on its way into a blob.
pub(crate) enum Item<'a> {
    Value(&'a Value<'a>),
    Text(&'a str),
    Clean(Clean<'a>),
    List(Vec<&'a str>),
}

/// A text without what must not exist: nothing has to be looked for in it any more.
pub(crate) enum Clean<'a> {
    Received(&'a str),
    Rewritten(Zeroizing<String>),
}

impl Deref for Clean<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Received(text) => text,
            Self::Rewritten(text) => text,
        }
    }
}

impl<'a> Content<'a> {
    /// What is there but for `x`: (key in the blob, name of the source field).
    fn fixed(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all: [(bool, &'static str, &str); 10] = [
            (self.files.is_some(), "files", "files"),
            (self.method.is_some(), "method", "method"),
            (self.msg.is_some(), "msg", "message"),
            (!self.opened.is_empty(), "opened", "opened"),
            (self.post.is_some(), "post", "post"),
            (self.query.is_some(), "query", "query"),
            (self.raw.is_some(), "raw", "line"),
            (self.reason.is_some(), "reason", "reason"),
            (self.req.is_some(), "req", "request_id"),
            (self.url, "url", "url"),
        ];
        all.into_iter().filter(|(there, ..)| *there).map(|(_, key, field)| (key, field))
    }

    /// (key in the blob, name of the source field) of everything that is there.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.fixed().chain(self.unnamed().map(|(path, _)| ("x", *path)))
    }

    fn unnamed(&self) -> impl Iterator<Item = &(&'a str, Item<'a>)> {
        self.x.iter().chain(&self.sent)
    }

    /// Tells unnamed fields that hold what was posted, by their path, from the others.
    pub(crate) fn tell_bodies(&mut self) {
        if !self.x.iter().any(|(path, _)| is_body(path)) {
            return;
        }
        let (sent, x) =
            std::mem::take(&mut self.x).into_iter().partition(|(path, _)| is_body(path));
        (self.sent, self.x) = (sent, x);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields().next().is_none()
    }

    /// Splits off what was posted.
    pub(crate) fn take_posted(&mut self) -> Self {
        let (files, post, raw) = (self.files.take(), self.post.take(), self.raw.take());
        Self { files, post, raw, sent: std::mem::take(&mut self.sent), ..Self::default() }
    }

    /// Adds what was posted.
    pub(crate) fn add_posted(&mut self, posted: Self) {
        (self.files, self.post, self.raw) = (posted.files, posted.post, posted.raw);
        self.sent = posted.sent;
    }

    pub(crate) fn holds_posted(&self) -> bool {
        self.files.is_some() || self.post.is_some() || self.raw.is_some() || !self.sent.is_empty()
    }

    /// Writes the object; `url` is the URL of the line without its secrets.
    pub(crate) fn write(&self, url: &str, out: &mut Plain<'_, '_>) {
        let text = |out: &mut Plain<'_, '_>, key, value: Option<&str>| {
            if let Some(value) = value {
                out.member(key, |out| out.text(value));
            }
        };
        out.object(|out| {
            if let Some(files) = self.files {
                out.member("files", |out| out.value(files));
            }
            text(out, "method", self.method);
            if let Some(msg) = &self.msg {
                out.member("msg", |out| out.verbatim(msg));
            }
            if !self.opened.is_empty() {
                out.member("opened", |out| out.list(self.opened));
            }
            if let Some(post) = &self.post {
                out.member("post", |out| out.item(post));
            }
            text(out, "query", self.query);
            text(out, "raw", self.raw);
            text(out, "reason", self.reason);
            text(out, "req", self.req);
            text(out, "url", self.url.then_some(url));
            if self.unnamed().next().is_some() {
                out.member("x", |out| {
                    out.object(|out| {
                        for (path, item) in self.unnamed() {
                            out.scrubbed_member(path, |out| out.item(item));
                        }
                    });
                });
            }
        });
    }
}

/// True when a part of the dotted path is a usual name for the body of a request.
fn is_body(path: &str) -> bool {
    const NAMES: [&str; 16] = [
        "body",
        "data",
        "fields",
        "files",
        "form",
        "formdata",
        "input",
        "json",
        "parameters",
        "params",
        "parsedbody",
        "payload",
        "post",
        "postdata",
        "rawbody",
        "requestbody",
    ];
    path.split('.').any(|part| {
        let letters = part.bytes().filter(u8::is_ascii_alphabetic);
        let lower = letters.map(|letter| letter.to_ascii_lowercase());
        NAMES.iter().any(|name| lower.clone().eq(name.bytes()))
    })
}
