//! Collects problems while a file is read, and knows on which line each byte stands.
//!
//! Invariant: reading goes on after a problem, so that one run of `check` shows all of them.

use crate::{Problem, Problems};
use std::cell::RefCell;

/// Looks up an environment variable.
pub type Env<'e> = &'e dyn Fn(&str) -> Option<String>;

/// The problems found so far.
pub(crate) struct Report<'r> {
    file: &'r str,
    line_ends: Vec<usize>,
    env: Env<'r>,
    problems: RefCell<Vec<Problem>>,
}

impl<'r> Report<'r> {
    pub(crate) fn new(file: &'r str, text: &str, env: Env<'r>) -> Self {
        let line_ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at);
        Self { file, line_ends: line_ends.collect(), env, problems: RefCell::default() }
    }

    /// Notes a problem at a byte of the file, and reading goes on.
    pub(crate) fn note(
        &self,
        at: usize,
        place: &str,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.problems.borrow_mut().push(self.problem(at, place, what, advice));
    }

    /// A problem at a byte of the file.
    pub(crate) fn problem(
        &self,
        at: usize,
        place: &str,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Problem {
        Problem {
            file: self.file.to_owned(),
            line: Some(self.line(at)),
            place: place.to_owned(),
            what: what.into(),
            advice: advice.into(),
        }
    }

    /// The line of a byte, from 1.
    pub(crate) fn line(&self, at: usize) -> u32 {
        let before = self.line_ends.partition_point(|end| *end < at);
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn env(&self, name: &str) -> Option<String> {
        (self.env)(name)
    }

    /// The plan, if nothing was wrong.
    pub(crate) fn finish<T>(self, plan: T) -> Result<T, Problems> {
        match Problems::of(self.problems.into_inner()) {
            None => Ok(plan),
            Some(problems) => Err(problems),
        }
    }
}
