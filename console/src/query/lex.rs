//! A query as terms: `[-][field:]value`, the value as it is or in quotes.

use super::QueryError;

/// One term.
pub(super) struct Term {
    /// Where it begins, in characters from 1.
    pub(super) column: usize,
    pub(super) not: bool,
    /// What stands before the first `:` outside quotes.
    pub(super) field: Option<String>,
    pub(super) value: String,
}

impl Term {
    /// An error that points here.
    pub(super) fn error(&self, what: impl Into<String>) -> QueryError {
        QueryError { column: self.column, what: what.into() }
    }
}

/// All terms of a query.
pub(super) fn terms(text: &str) -> Result<Vec<Term>, QueryError> {
    let mut chars = text.chars().zip(1..).peekable();
    let mut terms = Vec::new();
    while let Some((first, column)) = chars.next_if(|_| true) {
        if first.is_whitespace() {
            continue;
        }
        let mut term = Term { column, not: first == '-', field: None, value: String::new() };
        // `-` was the sign; anything else is the beginning of the value.
        let mut next = if term.not { chars.next() } else { Some((first, column)) };
        let (mut quoted, mut was_quoted) = (false, false);
        while let Some((c, _)) = next {
            match c {
                '"' => (quoted, was_quoted) = (!quoted, true),
                '\\' if quoted && chars.peek().is_some_and(|(c, _)| matches!(c, '"' | '\\')) => {
                    term.value.extend(chars.next().map(|(c, _)| c));
                }
                c if c.is_whitespace() && !quoted => break,
                ':' if !was_quoted && term.field.is_none() => {
                    term.field = Some(std::mem::take(&mut term.value));
                }
                c => term.value.push(c),
            }
            next = chars.next();
        }
        if quoted {
            return Err(term.error("the quotes are not closed"));
        }
        if term.value.trim().is_empty() {
            return Err(term.error("there is no value"));
        }
        terms.push(term);
    }
    Ok(terms)
}
