//! The end of every line: sealed, dropped by name, or explained; then filed in the batch.
//!
//! Invariant: an event is filed whole or not at all. Audit and access events without a key are taken back and
//! tried again later; the others leave without their personal part and say so (`px`). Place on the path:
//! after the clear part.

use crate::compose::Composer;
use crate::event::Key;
use crate::owner::{Claims, Parts};
use crate::plain::Cleaner;
use crate::seal::{EVENT_MAX, Sealing, identity_fields};
use crate::tally::Count;
use crate::{RecordId, Stream};
use greffier_vault::{Class, NoKey, Role, Writer};

/// What sealing needs beside the clear part.
pub(crate) struct Desk<'r> {
    pub(crate) writer: &'r mut Writer,
    pub(crate) scratch: &'r mut Vec<u8>,
    pub(crate) claims: &'r mut Claims,
    /// True while the writer works.
    pub(crate) sealing: &'r mut bool,
}

/// What is known of an event beside its fields.
pub(crate) struct Ending<'t> {
    pub(crate) stream: Stream,
    pub(crate) id: RecordId,
    pub(crate) at: i64,
    pub(crate) tenant: &'t str,
    /// Bytes lost before the gate.
    pub(crate) cut: u64,
    pub(crate) keep: Keep,
}

/// What happens to what is not clear.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    Seal,
    /// A rule drops the person.
    PersonDropped,
    /// A proxy line whose person is not known.
    NoPerson,
}

impl Desk<'_> {
    /// Ends an event: seals `parts`, or drops them as `ending` says, and files it.
    pub(crate) fn finish(
        self,
        mut c: Composer<'_, '_>,
        parts: &Parts<'_>,
        ending: &Ending<'_>,
    ) -> Result<(), NoKey> {
        let done = self.write(&mut c, parts, ending);
        c.texts.clear();
        match done {
            Ok(true) => {
                let time = sink_time(ending.at, ending.id.millis());
                let length = c.event.close(ending.id, ending.stream, time, ending.tenant);
                debug_assert!(length <= EVENT_MAX, "an event of {length} bytes");
                Ok(())
            }
            Ok(false) => {
                c.event.discard();
                Ok(())
            }
            Err(no_key) => {
                c.event.discard();
                *c.tally = c.before;
                Err(no_key)
            }
        }
    }

    /// Writes the sealed parts. False when the event was only to be explained.
    fn write(
        self,
        c: &mut Composer<'_, '_>,
        parts: &Parts<'_>,
        ending: &Ending<'_>,
    ) -> Result<bool, NoKey> {
        let nothing = Parts::default();
        let parts = match ending.keep {
            Keep::Seal => parts,
            Keep::PersonDropped => {
                drop_all(c, parts, Count::PersonDropped, "person = drop");
                &nothing
            }
            Keep::NoPerson => {
                drop_all(c, parts, Count::NoPerson, "proxy line without a person");
                &nothing
            }
        };
        if c.notes.wanted() {
            note(c, parts);
            return Ok(false);
        }
        let sealing = Sealing {
            writer: self.writer,
            cleaner: Cleaner { judge: &mut *c.judge, keep_ip: c.rules.seals_ip() },
            sealing: self.sealing,
            scratch: self.scratch,
            url: &c.texts.url,
            id: ending.id,
            stream: ending.stream,
            tenant: ending.tenant,
            retention: c.rules.policy.retention.days(ending.stream),
        };
        match sealing.write(&mut c.event, parts, ending.cut) {
            Ok(loss) => {
                c.tally.add(Count::BytesCut, loss.cut);
                c.tally.add(Count::Secret, loss.secrets);
                c.tally.add(Count::Unscanned, loss.unscanned);
            }
            Err(no_key) if matches!(ending.stream, Stream::Audit | Stream::Access) => {
                return Err(no_key);
            }
            Err(_) => {
                c.tally.add(Count::NoKey, 1);
                c.event.text(Key::Px, "nokey");
            }
        }
        Ok(true)
    }
}

/// `at` if a sink takes it (−13 days … +1 hour of sealing), else the time of sealing.
fn sink_time(at: i64, sealed: i64) -> i64 {
    let window = sealed - 13 * 86_400_000..=sealed + 3_600_000;
    if window.contains(&at) { at } else { sealed }
}

fn drop_all(c: &mut Composer<'_, '_>, parts: &Parts<'_>, count: Count, reason: &str) {
    for part in parts.0.iter().flatten() {
        let names = identity_fields(part).into_iter().filter(|(.., value)| value.is_some());
        let names = names.map(|(_, field, _)| field);
        for field in names.chain(part.content.fields().map(|(_, field)| field)) {
            c.tally.add(count, 1);
            c.notes.dropped(field, reason, reason);
        }
    }
}

fn note(c: &mut Composer<'_, '_>, parts: &Parts<'_>) {
    for (role, part) in Parts::ROLES.into_iter().zip(&parts.0) {
        let Some(part) = part else { continue };
        let rule = match role {
            Role::Subject => "the person of the request",
            Role::Actor => "the actor",
            Role::Target => "[[audit.object]]",
            Role::Unattributed => "nobody known",
        };
        for (key, field, value) in identity_fields(part) {
            if value.is_some() {
                c.notes.sealed(field, (Class::Identity, role), key, rule);
            }
        }
        for (key, field) in part.content.fields() {
            c.notes.sealed(field, (Class::Content, role), key, rule);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_gets_a_time_it_takes() {
        let now = 1_795_293_166_679;
        assert_eq!(sink_time(now - 1, now), now - 1);
        assert_eq!(sink_time(now - 14 * 86_400_000, now), now);
        assert_eq!(sink_time(now + 7_200_000, now), now);
    }
}
