//! What is wrong with a configuration, for the person who has to repair it.
//!
//! Invariant: a problem never contains a value of the file. It names the file, the line, the key, what is
//! wrong and what to write instead; environment variables and absolute paths are named where they are the
//! thing that failed. Place on the path: before the path; `check`, `run` and `reload` print these.

use std::fmt;

/// One thing to repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The configuration file, as it was named.
    pub file: String,
    /// Line of the file, from 1; none if the file as a whole is meant.
    pub line: Option<u32>,
    /// Table and key: `[spool] max`; empty if the file as a whole is meant.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub advice: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.place.is_empty() {
            write!(f, ": {}", self.place)?;
        }
        write!(f, ": {}; {}", self.what, self.advice)
    }
}

/// Everything that is wrong with a file, in the order of its lines; never empty. One problem a line when shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Sorts the problems by line; `None` if there are none.
    pub(crate) fn of(mut problems: Vec<Problem>) -> Option<Self> {
        problems.sort_by_key(|problem| problem.line);
        (!problems.is_empty()).then_some(Self(problems))
    }

    /// A problem with the file as a whole.
    pub(crate) fn with_file(file: &str, what: impl Into<String>, advice: &str) -> Self {
        Self::one(Problem {
            file: file.to_owned(),
            line: None,
            place: String::new(),
            what: what.into(),
            advice: advice.to_owned(),
        })
    }

    /// A single problem.
    pub(crate) fn one(problem: Problem) -> Self {
        Self(vec![problem])
    }

    /// The problems.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl<'p> IntoIterator for &'p Problems {
    type Item = &'p Problem;
    type IntoIter = std::slice::Iter<'p, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
