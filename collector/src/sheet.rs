//! From a tree of JSON to the roles of a record.
//!
//! A [`Sheet`] is one line laid out by the [`Table`] of its format. Invariant: a value that no rule names, and
//! one that does not fit its role (a status that is no number), ends in the rest, where the gate seals it. Only
//! what a table calls [`Role::Known`] disappears, and what says nothing: null, empty text, empty lists.
//! Place on the path: under the JSON decoders.

use crate::json::{Json, Members};
use crate::table::{Role, Rule, Table};
use crate::time;
use greffier_record::{Hot, Level, Time, Value};
use std::borrow::Cow;

/// Longest path under which objects are still taken apart. It bounds the work: without it, a long key above
/// many short ones would be copied once for each of them.
const LONGEST_PATH: usize = 128;

impl Table {
    /// Lays a line out.
    #[inline] // into the decoders, where the sheet is made: it is large to move
    pub(crate) fn lay<'a>(&self, members: Members<'a>) -> Sheet<'a, '_> {
        let mut sheet =
            Sheet { table: self, places: [const { None }; Role::Known as usize], rest: Vec::new() };
        sheet.walk(members, &mut String::new());
        sheet
    }
}

struct Place<'a, 't> {
    rule: &'t Rule,
    value: Json<'a>,
}

/// One line, by role.
pub(crate) struct Sheet<'a, 't> {
    table: &'t Table,
    places: [Option<Place<'a, 't>>; Role::Known as usize],
    rest: Vec<(Hot<'a>, Value<'a>)>,
}

impl<'a, 't> Sheet<'a, 't> {
    fn walk(&mut self, members: Members<'a>, path: &mut String) {
        let above = path.len();
        for (key, value) in members {
            if self.table.says_nothing(&value) {
                continue;
            }
            let full: &str = if above == 0 {
                &key
            } else {
                path.push('.');
                path.push_str(&key);
                path
            };
            match (self.table.find(full), value) {
                (Some(Rule { role: Role::Known, .. }), _) => {}
                (Some(rule), value) if fits(rule.role, &value) => self.fill(rule, value),
                (_, Json::Object(inner)) if !inner.is_empty() && full.len() <= LONGEST_PATH => {
                    if above == 0 {
                        path.push_str(&key);
                    }
                    self.walk(inner, path);
                }
                (_, value) => {
                    let name = if above == 0 { key } else { Cow::Owned(path.clone()) };
                    self.rest.push((Hot::new(name), value.into()));
                }
            }
            path.truncate(above);
        }
    }

    fn fill(&mut self, rule: &'t Rule, value: Json<'a>) {
        let place = &mut self.places[rule.role as usize];
        let new = Place { rule, value };
        let loser = match place {
            Some(old) if old.rule.rank <= rule.rank => Some(new),
            _ => place.replace(new),
        };
        let repeats = self.table.form.twins && matches!(rule.role, Role::Time | Role::RequestId);
        if let Some(Place { rule, value }) = loser.filter(|_| !repeats) {
            self.spare(&rule.path, value);
        }
    }

    /// Puts a value that its role cannot use where it is sealed.
    pub(crate) fn spare(&mut self, path: &str, value: Json<'a>) {
        self.rest.push((Hot::new(path.to_owned()), value.into()));
    }

    /// What no rule named, in source order, and behind it what did not fit.
    pub(crate) fn rest(&mut self) -> Vec<(Hot<'a>, Value<'a>)> {
        std::mem::take(&mut self.rest)
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.places[role as usize].is_some()
    }

    /// The value of a role and its path, once.
    pub(crate) fn take(&mut self, role: Role) -> Option<(&'t str, Json<'a>)> {
        self.places[role as usize].take().map(|place| (&*place.rule.path, place.value))
    }

    /// Forgets a value that another one already says.
    pub(crate) fn forget(&mut self, role: Role) {
        self.places[role as usize] = None;
    }

    /// The value of a role if `convert` can use it.
    pub(crate) fn take_as<T>(
        &mut self,
        role: Role,
        convert: impl FnOnce(Json<'a>) -> Result<T, Json<'a>>,
    ) -> Option<T> {
        let (path, value) = self.take(role)?;
        convert(value).map_err(|value| self.spare(path, value)).ok()
    }

    /// A text, or a number's token.
    pub(crate) fn text(&mut self, role: Role) -> Option<Hot<'a>> {
        self.take_as(role, text)
    }

    /// A number that is not negative, also as text.
    pub(crate) fn number(&mut self, role: Role) -> Option<f64> {
        self.take_as(role, |value| {
            let number = token(&value).and_then(|token| token.parse().ok());
            number.filter(|n: &f64| n.is_finite() && *n >= 0.0).ok_or(value)
        })
    }

    /// Duration in milliseconds, from whichever unit the line has.
    pub(crate) fn millis(&mut self) -> Option<f64> {
        let millis = self.number(Role::Millis);
        let seconds = self.number(Role::Seconds).map(|seconds| seconds * 1e3);
        let nanos = self.number(Role::Nanos).map(|nanos| nanos / 1e6);
        millis.or(seconds).or(nanos)
    }

    /// A status between 100 and 999.
    pub(crate) fn status(&mut self) -> Option<u16> {
        self.take_as(Role::Status, |value| {
            let status = token(&value).and_then(|token| token.parse().ok());
            status.filter(|status| (100..1000).contains(status)).ok_or(value)
        })
    }

    /// The time; text that is none comes back as [`Time::Wrong`].
    pub(crate) fn time(&mut self) -> Time<'a> {
        let time = self.take_as(Role::Time, |value| match value {
            Json::Number(token) => Ok(match time::epoch(token) {
                Some(millis) => Time::At(millis),
                None => Time::Wrong(Hot::new(token)),
            }),
            Json::Text(text) => Ok(match time::parse(&text) {
                Some(millis) => Time::At(millis),
                None => Time::Wrong(Hot::new(text)),
            }),
            other => Err(other),
        });
        time.unwrap_or_default()
    }

    /// Texts: one, an array of them, or an object whose values they are (as PHP writes a list with gaps).
    pub(crate) fn texts(&mut self, role: Role) -> Vec<Hot<'a>> {
        let is_text = |item: &Json<'_>| matches!(item, Json::Text(_));
        let texts = self.take_as(role, |value| match value {
            Json::Text(_) => Ok(vec![value]),
            Json::Array(items) if items.iter().all(is_text) => Ok(items),
            Json::Object(members) if members.iter().all(|(_, item)| is_text(item)) => {
                Ok(members.into_iter().map(|(_, item)| item).collect())
            }
            other => Err(other),
        });
        texts.unwrap_or_default().into_iter().filter_map(|item| text(item).ok()).collect()
    }

    /// The members of an object.
    pub(crate) fn members(&mut self, role: Role) -> Vec<(Hot<'a>, Value<'a>)> {
        let members = self.take_as(role, |value| match value {
            Json::Object(members) => Ok(members),
            other => Err(other),
        });
        let members = members.unwrap_or_default().into_iter();
        members.map(|(key, value)| (Hot::new(key), value.into())).collect()
    }

    /// An exception: text as it stands, or the class of an object, the rest of which stays in the rest.
    pub(crate) fn exception(&mut self) -> Option<Hot<'a>> {
        let (path, value) = self.take(Role::Exception)?;
        let Json::Object(mut members) = value else {
            return text(value).map_err(|value| self.spare(path, value)).ok();
        };
        let is_class = |(key, value): &(Cow<'_, str>, Json<'_>)| {
            matches!(&**key, "class" | "type" | "name") && matches!(value, Json::Text(_))
        };
        let class = members.iter().position(is_class).map(|at| members.remove(at).1);
        self.walk(members, &mut path.to_owned());
        class.and_then(|class| text(class).ok())
    }

    /// A level by name, or by the number of pino, bunyan (10 … 60) or Monolog (100 … 600).
    pub(crate) fn level(&mut self) -> Option<Level> {
        let number = self.take_as(Role::Level, level);
        let name = self.take_as(Role::LevelName, level);
        number.or(name)
    }

    /// Process and host in one, to tell workers apart.
    pub(crate) fn place(&mut self) -> Option<Hot<'a>> {
        let process = self.take_as(Role::ProcessId, owned);
        let host = self.take_as(Role::Hostname, owned);
        if process.is_none() && host.is_none() {
            return None;
        }
        let (process, host) = (process.unwrap_or_default(), host.unwrap_or_default());
        Some(Hot::new(format!("{process}@{host}")))
    }
}

/// Whether a role takes a value of that shape; others do not swallow objects, their members are looked at.
fn fits(role: Role, value: &Json<'_>) -> bool {
    let takes_objects =
        matches!(role, Role::RouteParams | Role::Roles | Role::Exception | Role::Post);
    takes_objects || !matches!(value, Json::Object(_))
}

fn token<'j>(value: &'j Json<'_>) -> Option<&'j str> {
    match value {
        Json::Number(token) => Some(token),
        Json::Text(text) => Some(text.trim()),
        _ => None,
    }
}

pub(crate) fn text<'a>(value: Json<'a>) -> Result<Hot<'a>, Json<'a>> {
    match value {
        Json::Text(text) => Ok(Hot::new(text)),
        Json::Number(token) => Ok(Hot::new(token)),
        other => Err(other),
    }
}

fn owned(value: Json<'_>) -> Result<String, Json<'_>> {
    token(&value).map(str::to_owned).ok_or(value)
}

fn level(value: Json<'_>) -> Result<Level, Json<'_>> {
    let Some(token) = token(&value) else { return Err(value) };
    let level = match token.parse::<u16>() {
        Ok(10 | 20) => Some(Level::Debug),
        Ok(30) => Some(Level::Info),
        Ok(40) => Some(Level::Warning),
        Ok(50) => Some(Level::Error),
        Ok(60) => Some(Level::Critical),
        Ok(number) => Level::from_monolog(number),
        Err(_) => Level::from_name(token),
    };
    level.ok_or(value)
}

#[cfg(test)]
mod tests;
