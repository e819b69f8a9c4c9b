//! Everything that is counted, read in one moment: the account, the spool's ledger, the signs of life.
//!
//! Invariant: a snapshot is taken while nothing is half done, so the account balances in every one:
//! received = sealed + dropped + held, and for every sink and stream
//! sealed + recovered = shipped + set aside + lost + backlog. On no path of a record.

use crate::accounts::{Accounts, Report, sink_of};
use crate::vitals::Vitals;
use greffier_spool::{Ledger, Room, Spool, Stream, Usage};
use std::fmt;

/// Where the numbers are; cheap to clone.
#[derive(Clone)]
pub(crate) struct Books {
    /// Every record's account.
    pub(crate) accounts: Accounts,
    /// The durable log.
    pub(crate) spool: Spool,
    /// The pipeline's signs of life.
    pub(crate) vitals: Vitals,
}

/// The numbers of one moment.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    /// The account.
    pub(crate) report: Report,
    /// What the spool took in, and what became of it at each sink.
    pub(crate) ledger: Ledger,
    /// What is in the spool; read a moment later.
    pub(crate) usage: Usage,
    /// Who may still enter the spool; read a moment later.
    pub(crate) room: Room,
}

impl Books {
    /// The numbers of this moment.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let (ledger, report) = self.spool.ledger(|| self.accounts.report());
        Snapshot { report, ledger, usage: self.spool.usage(), room: self.spool.room() }
    }
}

impl Snapshot {
    /// Whether no record has vanished, by the two equations above.
    pub(crate) fn balances(&self) -> bool {
        let sealed = |stream| self.report.sealed(stream) == self.ledger.appended.get(stream);
        let mut sinks = self.ledger.sinks.iter();
        self.report.balances()
            && Stream::ALL.into_iter().all(sealed)
            && sinks.all(|(_, sink)| sink.balances(&self.ledger.appended))
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.report)?;
        for (name, sink) in &self.ledger.sinks {
            let (waiting, recovered) = (sink.backlog.total(), sink.recovered.total());
            if waiting > 0 {
                write!(f, "; {waiting} wait for {name}")?;
            }
            if recovered > 0 {
                write!(f, " (of the last run: {recovered})")?;
            }
            for (lost, how) in [(&sink.set_aside, "set aside"), (&sink.lost, "lost")] {
                if lost.total() > 0 {
                    write!(f, "; {how} for {} {}", sink_of(name), lost.total())?;
                }
            }
        }
        let told = !self.report.balances();
        if self.balances() || told { Ok(()) } else { f.write_str(" (DOES NOT BALANCE)") }
    }
}
