//! Reads tables and values, and turns everything unexpected into a problem.
//!
//! Invariant: each method either returns a value of its narrow type or notes exactly one problem and returns
//! `None`; unknown keys are noted when a table is opened. No problem repeats a value.

use crate::forms::Form;
use crate::report::Report;
use crate::schema::{self, Keys};
use crate::unit;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;
use toml_span::value::{Key, Table, Value, ValueInner};

static EMPTY: Table<'static> = Table::new();

/// A table that has been checked for unknown keys.
pub(crate) struct Section<'a> {
    report: &'a Report<'a>,
    keys: &'static Keys,
    table: &'a Table<'a>,
    at: usize,
}

impl<'a> Section<'a> {
    /// Opens a table that begins at a byte of the file.
    pub(crate) fn open(
        report: &'a Report<'a>,
        keys: &'static Keys,
        table: &'a Table<'a>,
        at: usize,
    ) -> Self {
        let section = Self { report, keys, table, at };
        for (key, value) in table {
            if !keys.known.contains(&key.name.as_ref()) {
                section.unknown(&key.name, key.span.start, value);
            }
        }
        section
    }

    fn unknown(&self, name: &str, at: usize, value: &Value<'_>) {
        if self.keys.later.contains(&name) {
            let what = "not in this build yet";
            return self.report.note(at, &self.place(name), what, "remove it");
        }
        let tables = |array: &Vec<Value<'_>>| array.iter().all(|item| item.as_table().is_some());
        let table = value.as_table().is_some() || value.as_array().is_some_and(tables);
        let noun = if table { "table" } else { "key" };
        let advice = match (schema::nearest(name, self.keys.known), schema::home(name)) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(home)) => format!("it belongs to {home}"),
            (None, None) if self.keys.known.is_empty() => "this table has no keys".into(),
            (None, None) => format!("known here: {}", self.keys.known.join(", ")),
        };
        let what = format!("unknown {noun}{}", schema::shown(name));
        self.report.note(at, self.keys.place, what, advice);
    }

    fn place(&self, key: &str) -> String {
        match self.keys.place {
            "" => key.to_owned(),
            table if table.ends_with(']') => format!("{table} {key}"),
            table => format!("{table}.{key}"),
        }
    }

    /// A value, if it is there.
    pub(crate) fn get(&self, key: &'static str) -> Option<Item<'a>> {
        debug_assert!(self.keys.known.contains(&key), "{key} is not in the schema");
        let value = self.table.get(key)?;
        Some(Item { report: self.report, place: self.place(key), at: value.span.start, value })
    }

    /// A value that must be there.
    pub(crate) fn need(&self, key: &'static str, advice: &str) -> Option<Item<'a>> {
        let item = self.get(key);
        if item.is_none() {
            self.report.note(self.at, &self.place(key), "missing", advice);
        }
        item
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Notes a problem with the table as a whole.
    pub(crate) fn fail<T>(&self, what: &str, advice: &str) -> Option<T> {
        self.report.note(self.at, self.keys.place, what, advice);
        None
    }

    /// A table inside; an empty one if it is not there or no table.
    pub(crate) fn table(&self, key: &'static str, keys: &'static Keys) -> Self {
        let empty = || Self { report: self.report, keys, table: &EMPTY, at: self.at };
        self.get(key).and_then(|item| item.section(keys)).unwrap_or_else(empty)
    }

    /// The tables of `[[key]]`.
    pub(crate) fn tables(&self, key: &'static str, keys: &'static Keys) -> Vec<Self> {
        let Some(item) = self.get(key) else { return Vec::new() };
        let items = match item.value.as_ref() {
            ValueInner::Array(array) => {
                array.iter().map(|value| item.inner(value, keys.place.to_owned())).collect()
            }
            ValueInner::Table(_) => {
                let advice = format!("write {} with two brackets", keys.place);
                self.report.note(item.at, keys.place, "a single table", advice);
                vec![item]
            }
            _ => item.wrong_type::<Vec<_>>(keys.place).unwrap_or_default(),
        };
        items.into_iter().filter_map(|item| item.section(keys)).collect()
    }
}

/// A value and its place.
pub(crate) struct Item<'a> {
    pub(crate) report: &'a Report<'a>,
    place: String,
    at: usize,
    value: &'a Value<'a>,
}

impl<'a> Item<'a> {
    /// Notes a problem here.
    pub(crate) fn fail<T>(&self, what: impl Into<String>, advice: impl Into<String>) -> Option<T> {
        self.report.note(self.at, &self.place, what, advice);
        None
    }

    fn wrong_type<T>(&self, advice: &str) -> Option<T> {
        let found = match self.value.as_ref() {
            ValueInner::String(_) => "a string",
            ValueInner::Integer(_) => "an integer",
            ValueInner::Float(_) => "a fraction",
            ValueInner::Boolean(_) => "true or false",
            ValueInner::Array(_) => "a list",
            ValueInner::Table(_) => "a table",
        };
        self.fail(format!("wrong type: {found}"), format!("write {advice}"))
    }

    pub(crate) fn is_table(&self) -> bool {
        self.value.as_table().is_some()
    }

    pub(crate) fn is_list(&self) -> bool {
        self.value.as_array().is_some()
    }

    /// Whether it is a list with nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.value.as_array().is_some_and(Vec::is_empty)
    }

    pub(crate) fn as_str(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        self.value.as_integer()
    }

    /// A string.
    pub(crate) fn text(&self) -> Option<&'a str> {
        self.value.as_str().or_else(|| self.wrong_type("a string in quotes"))
    }

    /// A string of a form.
    pub(crate) fn form(&self, form: &Form) -> Option<&'a str> {
        let text = self.text()?;
        if (form.holds)(text) { Some(text) } else { self.fail(form.wrong, form.advice) }
    }

    /// One of some words.
    pub(crate) fn word<T: Copy>(&self, noun: &str, words: &[(&str, T)]) -> Option<T> {
        let known = || {
            let quoted: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            let of = if quoted.len() == 1 { "" } else { "one of " };
            format!("{of}{}", quoted.join(", "))
        };
        let Some(text) = self.value.as_str() else { return self.wrong_type(&known()) };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Some(*value),
            None => self.fail(format!("unknown {noun}"), format!("write {}", known())),
        }
    }

    /// One of some words that this build does not have yet: noted.
    pub(crate) fn later(&self, words: &[&str], advice: &str) -> bool {
        let later = self.value.as_str().is_some_and(|text| words.contains(&text));
        if later {
            self.fail::<()>("not in this build yet", advice);
        }
        later
    }

    /// A whole number within bounds.
    pub(crate) fn integer(&self, bounds: RangeInclusive<i64>) -> Option<i64> {
        let advice = format!("a whole number from {} to {}", bounds.start(), bounds.end());
        match self.value.as_integer() {
            None => self.wrong_type(&advice),
            Some(number) if bounds.contains(&number) => Some(number),
            Some(_) => self.fail("out of bounds", format!("write {advice}")),
        }
    }

    /// A size within bounds, in bytes.
    pub(crate) fn bytes(&self, bounds: RangeInclusive<u64>) -> Option<u64> {
        let (low, high) = (unit::show_bytes(*bounds.start()), unit::show_bytes(*bounds.end()));
        let advice = format!("a size with its unit, from \"{low}\" to \"{high}\"");
        self.measure("size", &advice, &bounds, unit::bytes)
    }

    /// A duration within bounds.
    pub(crate) fn duration(&self, bounds: RangeInclusive<Duration>) -> Option<Duration> {
        let (low, high) =
            (unit::show_duration(*bounds.start()), unit::show_duration(*bounds.end()));
        let advice = format!("a duration with its unit, from \"{low}\" to \"{high}\"");
        self.measure("duration", &advice, &bounds, unit::duration)
    }

    fn measure<T: PartialOrd>(
        &self,
        noun: &str,
        advice: &str,
        bounds: &RangeInclusive<T>,
        parse: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let Some(text) = self.value.as_str() else { return self.wrong_type(advice) };
        match parse(text) {
            Some(value) if bounds.contains(&value) => Some(value),
            Some(_) => self.fail("out of bounds", format!("write {advice}")),
            None => self.fail(format!("not a {noun}"), format!("write {advice}")),
        }
    }

    /// An address and a port.
    pub(crate) fn socket(&self) -> Option<SocketAddr> {
        let advice = "write an IP address and a port, as in \"127.0.0.1:4380\"";
        let text = self.leaf()?;
        text.parse().ok().or_else(|| self.fail("not a socket address", advice))
    }

    /// The items of a list.
    pub(crate) fn list(&self) -> Option<Vec<Item<'a>>> {
        let Some(array) = self.value.as_array() else {
            return self.wrong_type("a list, as in [\"…\"]");
        };
        let place = |number: usize| format!("{} item {number}", self.place);
        Some(
            array.iter().zip(1..).map(|(value, number)| self.inner(value, place(number))).collect(),
        )
    }

    /// The strings of a list, all of one form, none twice.
    pub(crate) fn forms(&self, form: &Form) -> Option<Vec<String>> {
        self.forms_if(form, |_| true, "", "")
    }

    /// The same, and each must pass a test more.
    pub(crate) fn forms_if(
        &self,
        form: &Form,
        test: impl Fn(&str) -> bool,
        wrong: &str,
        advice: &str,
    ) -> Option<Vec<String>> {
        let mut found: Vec<String> = Vec::new();
        for item in self.list()? {
            let Some(text) = item.form(form) else { continue };
            if !test(text) {
                item.fail::<()>(wrong, advice);
            } else if found.iter().any(|other| other == text) {
                item.fail::<()>("written twice in this list", "remove one of the two");
            } else {
                found.push(text.to_owned());
            }
        }
        Some(found)
    }

    /// A table.
    pub(crate) fn section(&self, keys: &'static Keys) -> Option<Section<'a>> {
        match self.value.as_ref() {
            ValueInner::Table(table) => Some(Section::open(self.report, keys, table, self.at)),
            _ if keys.place.ends_with(']') => {
                self.wrong_type(&format!("one table, {}", keys.place))
            }
            _ => self.wrong_type("a table"),
        }
    }

    /// The pairs of a table whose keys are the operator's own, in the order of the file.
    pub(crate) fn pairs(&self) -> Option<Vec<(&'a str, Item<'a>)>> {
        let ValueInner::Table(table) = self.value.as_ref() else {
            return self.wrong_type("a table, as in { \"…\" = \"…\" }");
        };
        let mut pairs: Vec<_> = table.iter().collect();
        pairs.sort_by_key(|(key, _)| key.span.start);
        let item = |((key, value), number): ((&'a Key<'a>, &'a Value<'a>), usize)| {
            let place = match schema::showable(&key.name) {
                true => format!("{}.{}", self.place, key.name),
                false => format!("{} entry {number}", self.place),
            };
            (key.name.as_ref(), self.inner(value, place))
        };
        Some(pairs.into_iter().zip(1..).map(item).collect())
    }

    /// A value inside this one.
    fn inner(&self, value: &'a Value<'a>, place: String) -> Item<'a> {
        Item { report: self.report, place, at: value.span.start, value }
    }
}
