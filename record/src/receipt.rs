//! The acknowledgement a source waits for.
//!
//! Invariant: a receipt answers exactly once. [`Receipt::commit`] says "durable"; dropping it says
//! "redeliver", so a panic or an early return can never acknowledge what was not written.

use std::fmt;

/// What became of the lines a receipt stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Durable in the spool: the source may forget them.
    Committed,
    /// Not durable: the source must deliver them again, or tell its sender to.
    Redeliver,
}

type Answer = Box<dyn FnOnce(Outcome) + Send>;

/// A handle on one delivery; answering it is the only way to acknowledge.
pub struct Receipt(Option<Answer>);

impl Receipt {
    /// A receipt that tells `answer` what became of the delivery.
    pub fn new(answer: impl FnOnce(Outcome) + Send + 'static) -> Self {
        Self(Some(Box::new(answer)))
    }

    /// For sources nobody waits for (standard input).
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// The delivery is durable.
    pub fn commit(mut self) {
        if let Some(answer) = self.0.take() {
            answer(Outcome::Committed);
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        if let Some(answer) = self.0.take() {
            answer(Outcome::Redeliver);
        }
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipt")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_dropped_receipt_asks_for_redelivery_and_a_committed_one_does_not() {
        let (tx, rx) = mpsc::sync_channel(2);
        let again = tx.clone();
        drop(Receipt::new(move |outcome| again.send(outcome).expect("receiver lives")));
        Receipt::new(move |outcome| tx.send(outcome).expect("receiver lives")).commit();
        let answers: Vec<_> = rx.iter().collect();
        assert_eq!(answers, [Outcome::Redeliver, Outcome::Committed]);
    }
}
