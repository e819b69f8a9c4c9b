//! Whose data it is: the persons of a line, and what each part of an event is sealed for.
//!
//! Invariant: posted values never go under the actor's key; a claimed identity gets a key of its own only
//! within its hourly limit. Place on the path: between the rules and the seal.

use crate::content::Content;
use greffier_record::{Hot, Identity};
use greffier_vault::{Identifiers, Role, Who};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// What names a person, trimmed; `None` for what is absent or empty. In the order of the identity blob.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Names<'a> {
    pub(crate) email: Option<&'a str>,
    pub(crate) fid: Option<&'a str>,
    pub(crate) login: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
    pub(crate) phone: Option<&'a str>,
    pub(crate) uid: Option<&'a str>,
}

impl<'a> Names<'a> {
    pub(crate) fn of(identity: &'a Identity<'_>) -> Self {
        fn part<'a>(hot: &'a Option<Hot<'_>>) -> Option<&'a str> {
            hot.as_ref().map(|hot| hot.expose().trim()).filter(|text| !text.is_empty())
        }
        Self {
            email: part(&identity.email),
            fid: part(&identity.fid),
            login: part(&identity.login),
            name: part(&identity.name),
            phone: part(&identity.phone),
            uid: part(&identity.uid),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// True when something tells this person from others: a phone number alone does not.
    pub(crate) fn identify(&self) -> bool {
        [self.uid, self.email, self.login, self.fid, self.name].iter().any(Option::is_some)
    }

    /// The same names in the words of the vault.
    pub(crate) fn identifiers(&self) -> Identifiers<'a> {
        let Self { email, fid, login, name, phone, uid } = *self;
        Identifiers { uid, email, phone, name, fid, login }
    }
}

/// A person of a line, as far as there is one.
#[derive(Clone, Copy, Default)]
pub(crate) struct Person<'a> {
    pub(crate) names: Names<'a>,
    pub(crate) claimed: bool,
    /// Has a key of its own; else what it says is sealed as unattributed.
    pub(crate) keyed: bool,
}

/// Counts claimed identities per tenant and hour, by keyed hashes.
#[derive(Default)]
pub(crate) struct Claims {
    hour: i64,
    seen: HashMap<String, HashSet<u64>>,
    keys: RandomState,
}

impl Claims {
    /// True when this claimed identity may have a key of its own.
    pub(crate) fn admit(
        &mut self,
        tenant: &str,
        names: &Names<'_>,
        limit: u32,
        now_ms: i64,
    ) -> bool {
        let hour = now_ms.div_euclid(3_600_000);
        if hour > self.hour {
            self.hour = hour;
            self.seen.clear();
        }
        if !self.seen.contains_key(tenant) {
            self.seen.insert(tenant.to_owned(), HashSet::new());
        }
        let hash = self.keys.hash_one(names);
        let Some(seen) = self.seen.get_mut(tenant) else { return false };
        seen.contains(&hash) || seen.len() < limit as usize && seen.insert(hash)
    }
}

/// One role's share of an event.
#[derive(Default)]
pub(crate) struct Part<'a> {
    pub(crate) person: Person<'a>,
    /// Names to seal; not always those of the person (a target's are only its key).
    pub(crate) names: Names<'a>,
    pub(crate) agent: Option<&'a str>,
    /// Nothing has to be taken out of it before it is sealed.
    pub(crate) agent_is_clean: bool,
    pub(crate) ip: Option<String>,
    pub(crate) content: Content<'a>,
}

impl Part<'_> {
    pub(crate) fn has_identity(&self) -> bool {
        !self.names.is_empty() || self.agent.is_some() || self.ip.is_some()
    }
}

/// The shares of an event by role: subject, actor, target, unattributed.
#[derive(Default)]
pub(crate) struct Parts<'a>(pub(crate) [Option<Part<'a>>; 4]);

impl<'a> Parts<'a> {
    pub(crate) const ROLES: [Role; 4] =
        [Role::Subject, Role::Actor, Role::Target, Role::Unattributed];

    /// The share of `person` in `role`; of nobody when the person has no key.
    pub(crate) fn of(&mut self, role: Role, person: Person<'a>) -> &mut Part<'a> {
        let role = if person.keyed { role } else { Role::Unattributed };
        let part = self.0[role as usize].get_or_insert_default();
        part.person = person;
        part
    }

    pub(crate) fn nobody(&mut self) -> &mut Part<'a> {
        self.of(Role::Unattributed, Person::default())
    }
}

/// The persons of one request line.
#[derive(Clone, Copy, Default)]
pub(crate) struct People<'a> {
    pub(crate) subject: Person<'a>,
    pub(crate) impersonator: Option<Person<'a>>,
    pub(crate) target: Option<Person<'a>>,
}

impl<'a> People<'a> {
    /// Whom the other lines of the request belong to.
    pub(crate) fn owner(&self) -> Person<'a> {
        match self.impersonator {
            Some(actor) if !self.subject.keyed => actor,
            _ => self.subject,
        }
    }

    /// How many claimed identities got no key of their own.
    pub(crate) fn refused(&self) -> u64 {
        let all = self.impersonator.iter().chain([&self.subject]);
        all.filter(|person| person.names.identify() && !person.keyed).count() as u64
    }

    /// Shares out what could not stay in clear. The parts are the caller's: they are large to move.
    pub(crate) fn share(
        &self,
        audit: bool,
        (agent, agent_is_clean): (Option<&'a str>, bool),
        ip: Option<String>,
        mut content: Content<'a>,
        parts: &mut Parts<'a>,
    ) {
        let posted = content.take_posted();
        if self.impersonator.is_some() && !self.subject.names.is_empty() {
            let part = parts.of(Role::Subject, self.subject);
            part.names = self.subject.names;
        }
        let (actor, role) = match self.impersonator {
            Some(actor) => (actor, Role::Actor),
            None if audit => (self.subject, Role::Actor),
            None => (self.subject, Role::Subject),
        };
        let part = parts.of(role, actor);
        if !actor.names.is_empty() {
            part.names = actor.names;
        }
        (part.agent, part.agent_is_clean, part.ip) = (agent, agent_is_clean, ip);
        let holder = if audit { actor } else { self.owner() };
        let role = if audit || !self.subject.keyed { role } else { Role::Subject };
        parts.of(role, holder).content = content;
        if let Some(target) = self.target {
            parts.of(Role::Target, target).content.add_posted(posted);
        } else if posted.holds_posted() {
            parts.nobody().content.add_posted(posted);
        }
    }
}

/// Who it is for the vault.
pub(crate) fn who<'a>(person: &Person<'_>, ids: &'a Identifiers<'a>) -> Who<'a> {
    if person.keyed { Who::Person { ids, claimed: person.claimed } } else { Who::Unattributed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_limited_by_tenant_and_hour_and_known_ones_pass() {
        let mut claims = Claims::default();
        let name = |login| Names { login: Some(login), ..Names::default() };
        let hour = 3_600_000 * 500_000;
        assert!(claims.admit("a", &name("one"), 2, hour));
        assert!(claims.admit("a", &name("two"), 2, hour));
        assert!(!claims.admit("a", &name("three"), 2, hour));
        assert!(claims.admit("a", &name("one"), 2, hour));
        assert!(claims.admit("b", &name("three"), 2, hour));
        assert!(claims.admit("a", &name("three"), 2, hour + 3_600_000));
    }
}
