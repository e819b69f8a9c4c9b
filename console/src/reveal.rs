//! `greffier reveal`: opens what is sealed in one record.
//!
//! Invariant: reason, then clearance, then the access log, then the keys, in this order; each step takes what
//! only the one before can give. A step that fails leaves everything closed. Refusals are logged too.

use crate::access::{self, AccessLog, Recorded};
use crate::keys::{KeysError, Place};
use crate::reader::{Operator, Reader, ReaderError};
use crate::show::{blobs_of, find};
use crate::target::Target;
use crate::{Class, Outcome, class_name};
use greffier_redactor::AccessEvent;
use greffier_sinks::{Kid, Role, Stored};
use zeroize::Zeroizing;

/// What is asked for, and why.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Why: free text, at least 3 characters that are no spaces.
    pub reason: &'a str,
    /// Which classes; none means all that the record has.
    pub classes: &'a [Class],
}

/// What a reveal gave.
#[derive(Debug, Default)]
pub struct Revealed {
    /// The record.
    pub event: Option<Stored>,
    /// Its blobs, opened or not.
    pub opened: Vec<Opened>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// What one blob held.
pub type Plaintext = Result<Zeroizing<Vec<u8>>, KeysError>;

/// One blob.
pub struct Opened {
    /// Whose.
    pub role: Role,
    /// Of which class.
    pub class: Class,
    /// Compact JSON, wiped when dropped, or why it stayed closed.
    pub json: Plaintext,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({:?}, {:?}, masked)", self.role, self.class)
    }
}

/// A blob that is to be opened.
struct Wanted<'e> {
    role: Role,
    class: Class,
    kid: Kid,
    text: &'e str,
}

pub(crate) fn run(
    reader: &mut Reader,
    target: &Target,
    ask: &Ask<'_>,
    now_ms: i64,
) -> Result<(Outcome, Revealed), ReaderError> {
    if ask.reason.chars().filter(|c| !c.is_whitespace()).count() < 3 {
        return Err(ReaderError::Reason);
    }
    let mut found = find(reader, target)?;
    if found.len() > 1 {
        return Err(ReaderError::Ambiguous(found.len()));
    }
    let Some(stored) = found.pop() else { return Ok((Outcome::Nothing, Revealed::default())) };
    let mut notes = std::mem::take(&mut reader.notes);
    let (keys, store) = match (&reader.keys, &reader.store) {
        (Ok(keys), Some(store)) => (keys, store),
        (keys, _) => {
            let why = keys.as_ref().err().map_or("there is no key store", |why| why);
            notes.push(format!("nothing can be opened: {why}"));
            return Ok((
                Outcome::Denied,
                Revealed { event: Some(stored), notes, ..Revealed::default() },
            ));
        }
    };
    let event = stored.event();
    let open = |logged: &Recorded, wanted: &Wanted<'_>| {
        let Wanted { role, class, kid, text } = *wanted;
        let place = Place { event: &stored, version: event.v, kid, role, class };
        keys.open_blob(store, logged, place, text, now_ms)
    };
    let (outcome, opened) =
        open_logged(&mut reader.log, &reader.operator, &stored, ask, now_ms, &open)?;
    if let Err(error) = reader.log.settle() {
        notes.push(error.later());
    }
    notes.extend(explain(outcome, &opened));
    drop(event);
    Ok((outcome, Revealed { event: Some(stored), opened, notes }))
}

/// The heart: decides, logs, and only then opens.
fn open_logged(
    log: &mut dyn AccessLog,
    operator: &Operator,
    stored: &Stored,
    ask: &Ask<'_>,
    now_ms: i64,
    open: &dyn Fn(&Recorded, &Wanted<'_>) -> Plaintext,
) -> Result<(Outcome, Vec<Opened>), ReaderError> {
    let event = stored.event();
    let all = blobs_of(&event)
        .filter(|(_, class, ..)| ask.classes.is_empty() || ask.classes.contains(class))
        .map(|(role, class, kid, text)| Wanted { role, class, kid, text });
    let (may, may_not): (Vec<_>, Vec<_>) =
        all.partition(|wanted| operator.clearance.may_reveal(stored.stream, wanted.class));
    // What was asked for by name is given whole or not at all; "everything" is everything one may see.
    let denied = !may_not.is_empty() && (may.is_empty() || !ask.classes.is_empty());
    let asked = if denied { may_not } else { may };
    if asked.is_empty() {
        return Ok((Outcome::Nothing, Vec::new()));
    }
    let names: Vec<String> = asked
        .iter()
        .map(|wanted| format!("{} {}", wanted.role.name(), class_name(wanted.class)))
        .collect();
    let opened: Vec<&str> = names.iter().map(String::as_str).collect();
    let entry = AccessEvent {
        action: if denied { "denied" } else { "reveal" },
        user: &operator.user,
        of: Some(stored.id),
        query: None,
        reason: Some(ask.reason),
        opened: &opened,
    };
    let logged = access::record(log, &entry, now_ms)?;
    if denied {
        return Ok((Outcome::Denied, Vec::new()));
    }
    let opened = asked.iter().map(|wanted| Opened {
        role: wanted.role,
        class: wanted.class,
        json: open(&logged, wanted),
    });
    Ok((Outcome::Found, opened.collect()))
}

fn explain(outcome: Outcome, opened: &[Opened]) -> Option<String> {
    match outcome {
        Outcome::Found if opened.iter().all(|opened| opened.json.is_err()) => {
            Some("nothing could be opened".to_owned())
        }
        Outcome::Found => None,
        Outcome::Nothing => Some("nothing of this kind is sealed in this record".to_owned()),
        Outcome::Denied => Some("your role may not see this; the attempt was logged".to_owned()),
    }
}

#[cfg(test)]
mod tests;
