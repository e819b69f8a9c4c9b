//! The query people type, in search box and command line alike:
//!
//! `status:5xx route:admin_* user:42 dur:>500ms since:1h30m "timeout" -proxy`
//!
//! Terms are separated by spaces; a value with spaces stands in quotes; `-` in front excludes. The same field
//! twice means either, different fields mean both. A term without a field is searched in what is clear of
//! message, exception and path.
//!
//! Invariant: an error points at the term and never repeats a value, for a value may name a person; the masked
//! form of a query names nobody either.

mod field;
mod lex;

use field::{Field, Meaning};
use greffier_sinks::{Group, Query, Test};
use greffier_spool::Stream;
use lex::Term;
use std::fmt;

/// Looking at more events than this is not a search any more; the answer says that it stopped.
const MAX_SCANNED: u64 = 2_000_000;

/// A query that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {what}")]
pub struct QueryError {
    /// Where the term begins, in characters from 1.
    pub column: usize,
    /// What is wrong with it, without its value.
    pub what: String,
}

/// By what a person is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PersonKey {
    User,
    Email,
    Phone,
    Name,
    FrontEnd,
    Login,
}

/// One or more values of one person field, any of which may match. No `Debug` of the values.
pub(crate) struct Persons {
    pub(crate) not: bool,
    pub(crate) key: PersonKey,
    pub(crate) values: Vec<String>,
}

impl fmt::Debug for Persons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Persons({:?}, {} masked)", self.key, self.values.len())
    }
}

/// A query, understood.
#[derive(Debug)]
pub struct Search {
    /// What the archive can check.
    pub(crate) query: Query,
    /// Whom it names; their keys become part of `query` once the index has told them.
    pub(crate) persons: Vec<Persons>,
    /// The tenant, if there is exactly one: persons are looked up there.
    pub(crate) tenant: Option<String>,
    /// The query for the access log: nobody is named in it.
    pub(crate) masked: String,
}

impl Search {
    /// Understands `text`; relative times count from `now_ms`.
    ///
    /// # Errors
    /// When a term cannot be understood.
    pub fn parse(text: &str, now_ms: i64) -> Result<Self, QueryError> {
        let mut search = Self {
            query: Query { max_scanned: MAX_SCANNED, ..Query::new(Vec::new()) },
            persons: Vec::new(),
            tenant: None,
            masked: String::new(),
        };
        for term in lex::terms(text)? {
            let field = Field::of(&term)?;
            search.mask(&term, field);
            let meaning = field.read(&term, now_ms).map_err(|what| term.error(what))?;
            search.add(&term, meaning)?;
        }
        if search.query.streams.is_empty() {
            search.query.streams.extend(Stream::ALL.into_iter().filter(|s| *s != Stream::Access));
        }
        search.tenant = search.only_tenant();
        Ok(search)
    }

    /// True when the query names a person: it needs the reading keys, and is logged.
    #[must_use]
    pub fn names_person(&self) -> bool {
        !self.persons.is_empty()
    }

    fn add(&mut self, term: &Term, meaning: Meaning) -> Result<(), QueryError> {
        let not = term.not;
        match meaning {
            Meaning::Test(test) => self.add_test(not, test),
            Meaning::Person(key, value) => {
                let same = |p: &&mut Persons| p.not == not && p.key == key;
                match self.persons.iter_mut().find(same) {
                    Some(persons) => persons.values.push(value),
                    None => self.persons.push(Persons { not, key, values: vec![value] }),
                }
            }
            Meaning::Stream(_) | Meaning::Since(_) | Meaning::Until(_) if not => {
                return Err(term.error("this field cannot be excluded: take the - away"));
            }
            Meaning::Stream(stream) => self.query.streams.push(stream),
            Meaning::Since(ms) => self.query.since = self.query.since.max(Some(ms)),
            Meaning::Until(ms) => {
                self.query.until = Some(self.query.until.map_or(ms, |until| until.min(ms)));
            }
        }
        Ok(())
    }

    /// The same field twice means either; words of free text must all be there.
    fn add_test(&mut self, not: bool, test: Test) {
        let same = |group: &&mut Group| {
            group.not == not
                && !matches!(test, Test::Text(_))
                && std::mem::discriminant(&group.any[0]) == std::mem::discriminant(&test)
        };
        match self.query.groups.iter_mut().find(same) {
            Some(group) => group.any.push(test),
            None => self.query.groups.push(Group { not, any: vec![test] }),
        }
    }

    fn mask(&mut self, term: &Term, field: Field) {
        if !self.masked.is_empty() {
            self.masked.push(' ');
        }
        self.masked += if term.not { "-" } else { "" };
        if let Some(name) = field.name() {
            self.masked += name;
            self.masked.push(':');
        }
        self.masked += if field.is_technical() { &term.value } else { "…" };
    }

    fn only_tenant(&self) -> Option<String> {
        let mut tenants = self.query.groups.iter().filter(|group| !group.not).filter_map(|group| {
            match &group.any[..] {
                [Test::Tenant(tenant)] => Some(tenant.clone()),
                _ => None,
            }
        });
        tenants.next()
    }
}

#[cfg(test)]
mod tests;
