//! The end of an event: plaintexts are fitted, keys are asked for, blobs are written.
//!
//! Invariant: plaintext lives in one scratch buffer that is overwritten with zeros before the next event. When
//! a key cannot be had, nothing personal has been written. Place on the path: last, before the batch.

use crate::event::{EventWriter, Key};
use crate::id::text22;
use crate::owner::{Part, Parts, who};
use crate::plain::{self, Cleaner, Loss, Plain};
use crate::{RecordId, Stream, wipe};
use greffier_vault::{Class, NoKey, Owner, Role, Writer};
use std::ops::Range;

/// An event is at most this long, whatever came in.
pub(crate) const EVENT_MAX: usize = 700_000;
/// Plaintext of an identity blob, of a content blob beside posted values, and of any other content blob.
const IDENTITY_MAX: usize = 8_000;
const BESIDE_MAX: usize = 32_000;
const CONTENT_MAX: usize = 400_000;
/// The clear part: path 1 k, query 4 k, shape 16 k + 200 · 16, message 4 k and `x` 4 k (· 6 when escaped), …
const CLEAR_MAX: usize = 87_000;

/// Base64url of a blob: 22 bytes of overhead and Padmé's 12 % at most below 256 bytes, 2.1 % above 2^18.
const fn blob(plain: usize) -> usize {
    let padded = plain + if plain < 100_000 { plain / 16 + 64 } else { plain / 48 + 64 };
    (padded + 22).div_ceil(3) * 4
}
const _: () =
    assert!(CLEAR_MAX + 2 * blob(IDENTITY_MAX) + blob(BESIDE_MAX) + blob(CONTENT_MAX) <= EVENT_MAX);

/// What all blobs of one event have in common.
pub(crate) struct Sealing<'s> {
    pub(crate) writer: &'s mut Writer,
    /// True while the writer works: a panic then must not let it go on.
    pub(crate) sealing: &'s mut bool,
    pub(crate) cleaner: Cleaner<'s>,
    pub(crate) scratch: &'s mut Vec<u8>,
    /// The URL of the line without its secrets.
    pub(crate) url: &'s str,
    pub(crate) id: RecordId,
    pub(crate) stream: Stream,
    pub(crate) tenant: &'s str,
    pub(crate) retention: u16,
}

/// The plaintexts of one part inside the scratch buffer; an empty range is no blob.
struct Plaintexts {
    identity: Range<usize>,
    content: Range<usize>,
}

impl Sealing<'_> {
    /// Writes `cut` and the sealed parts. `cut` is what was lost before.
    pub(crate) fn write(
        mut self,
        event: &mut EventWriter<'_>,
        parts: &Parts<'_>,
        cut: u64,
    ) -> Result<Loss, NoKey> {
        let result = self.try_write(event, parts, cut);
        wipe::tail(self.scratch, 0);
        result
    }

    fn try_write(
        &mut self,
        event: &mut EventWriter<'_>,
        parts: &Parts<'_>,
        cut: u64,
    ) -> Result<Loss, NoKey> {
        let mut loss = Loss { cut, ..Loss::default() };
        let posted = parts.0.iter().flatten().any(|part| part.content.holds_posted());
        let plain = parts
            .0
            .each_ref()
            .map(|part| part.as_ref().map(|part| self.plaintexts(part, posted, &mut loss)));
        if loss.cut > 0 {
            event.number(Key::Cut, loss.cut);
        }
        let before = event.mark();
        for ((role, part), plain) in Parts::ROLES.into_iter().zip(&parts.0).zip(&plain) {
            let (Some(part), Some(plain)) = (part, plain) else { continue };
            *self.sealing = true;
            let sealed = self.part(event, role, part, plain);
            *self.sealing = false;
            if let Err(no_key) = sealed {
                event.rewind(before);
                return Err(no_key);
            }
        }
        Ok(loss)
    }

    fn plaintexts(&mut self, part: &Part<'_>, posted: bool, loss: &mut Loss) -> Plaintexts {
        let mut range = |from: usize, loss_here: Loss, scratch: &[u8]| {
            loss.cut += loss_here.cut;
            loss.secrets += loss_here.secrets;
            loss.unscanned += loss_here.unscanned;
            from..scratch.len()
        };
        let start = self.scratch.len();
        let mut lost = Loss::default();
        if part.has_identity() {
            lost = plain::fit(&mut self.cleaner, self.scratch, IDENTITY_MAX, |out| {
                identity(part, out)
            });
        }
        let identity = range(start, lost, self.scratch);
        lost = Loss::default();
        if !part.content.is_empty() {
            let beside = posted && !part.content.holds_posted();
            let limit = if beside { BESIDE_MAX } else { CONTENT_MAX };
            lost = plain::fit(&mut self.cleaner, self.scratch, limit, |out| {
                part.content.write(self.url, out);
            });
        }
        let content = range(identity.end, lost, self.scratch);
        Plaintexts { identity, content }
    }

    fn part(
        &mut self,
        event: &mut EventWriter<'_>,
        role: Role,
        part: &Part<'_>,
        plain: &Plaintexts,
    ) -> Result<(), NoKey> {
        let blobs =
            [("i", Class::Identity, &plain.identity), ("c", Class::Content, &plain.content)];
        let blobs = blobs.into_iter().filter(|(.., range)| !range.is_empty());
        if role == Role::Unattributed && blobs.clone().next().is_none() {
            return Ok(());
        }
        let ids = part.person.names.identifiers();
        let who = who(&part.person, &ids);
        let owner = Owner { tenant: self.tenant, retention: self.retention, who };
        let mut chain = self.writer.chain(&owner, self.id.millis())?; // the day of sealing is the id's
        let (key, value) = keys(role);
        event.verbatim(key, &text22(&chain.kid()));
        let (id, stream) = (self.id.as_bytes(), self.stream.name());
        event.object(value, blobs.map(|blob| (blob.0, blob)), |(_, class, range), out| {
            out.push(b'"');
            #[cfg(test)]
            crate::tests::saw(value.name(), class, &self.scratch[range.clone()]);
            chain.seal(class, role, id, stream, &self.scratch[range.clone()], out);
            out.push(b'"');
        });
        Ok(())
    }
}

/// The two keys of a role.
pub(crate) const fn keys(role: Role) -> (Key, Key) {
    match role {
        Role::Subject => (Key::K, Key::P),
        Role::Actor => (Key::Ka, Key::Pa),
        Role::Target => (Key::Kt, Key::Pt),
        Role::Unattributed => (Key::Ku, Key::Pu),
    }
}

/// (key in the blob, name of the source field, value) of an identity, sorted by key.
pub(crate) fn identity_fields<'p>(
    part: &'p Part<'_>,
) -> [(&'static str, &'static str, Option<&'p str>); 8] {
    let names = part.names;
    [
        ("email", "email", names.email),
        ("fid", "front_id", names.fid),
        ("ip", "ip", part.ip.as_deref()),
        ("login", "login", names.login),
        ("name", "name", names.name),
        ("phone", "phone", names.phone),
        ("ua", "user_agent", part.agent),
        ("uid", "user_id", names.uid),
    ]
}

fn identity(part: &Part<'_>, out: &mut Plain<'_, '_>) {
    let names = part.names;
    out.object(|out| {
        let mut member = |key, value: Option<&str>, clean| {
            if let Some(value) = value {
                out.member(key, |out| if clean { out.verbatim(value) } else { out.text(value) });
            }
        };
        member("email", names.email, true);
        member("fid", names.fid, true);
        member("ip", part.ip.as_deref(), true);
        member("login", names.login, true);
        member("name", names.name, true);
        member("phone", names.phone, true);
        member("ua", part.agent, part.agent_is_clean);
        member("uid", names.uid, true);
    });
}
