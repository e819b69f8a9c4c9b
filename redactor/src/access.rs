//! greffier's own log: who searched, revealed, exported or erased, and why.
//!
//! Invariant: an access event is either sealed and filed or refused; nothing may be shown after a refusal.
//! Place on the path: the reading side writes through here, with a gate of its own.

use crate::desk::{Ending, Keep};
use crate::event::Key;
use crate::owner::{Names, Parts, Person};
use crate::rules::NO_TENANT;
use crate::{RecordId, Redactor, Stream};
use greffier_vault::{NoKey, Role};

/// One thing somebody did with the log.
#[derive(Clone, Copy, Default)]
pub struct AccessEvent<'a> {
    /// What: `reveal`, `search`, `show`, `export`, `erase.intent`, … A word of the program, never input.
    pub action: &'static str,
    /// Who, as the console knows them; empty for greffier itself.
    pub user: &'a str,
    /// The record it was about.
    pub of: Option<RecordId>,
    /// What was searched.
    pub query: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
    /// What was opened: data classes, or further record ids.
    pub opened: &'a [&'a str],
}

impl Redactor {
    /// An event of the stream `access`. Show nothing before its batch is durable.
    ///
    /// # Errors
    /// [`NoKey`] when it cannot be sealed: nothing was added, and nothing may be shown.
    pub fn access(&mut self, event: &AccessEvent<'_>, now_ms: i64) -> Result<RecordId, NoKey> {
        let id = self.next_id(now_ms);
        let (mut c, desk) = self.desk();
        let (stream, at) = (Stream::Access, now_ms);
        c.head(stream, id, at);
        c.event.text(Key::Ev, event.action);
        if let Some(of) = event.of {
            c.event.text(Key::Of, &of.to_string());
        }
        let login = Some(event.user.trim()).filter(|user| !user.is_empty());
        let names = Names { login, ..Names::default() };
        let mut parts = Parts::default();
        let person = Person { names, claimed: false, keyed: login.is_some() };
        let part = parts.of(Role::Actor, person);
        part.names = names;
        part.content.query = event.query;
        part.content.reason = event.reason;
        part.content.opened = event.opened;
        let (tenant, keep) = (NO_TENANT, Keep::Seal);
        desk.finish(c, &parts, &Ending { stream, id, at, tenant, cut: 0, keep })?;
        Ok(id)
    }
}
