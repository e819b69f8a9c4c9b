//! The live rows of a day, found by the tag of whom they belong to.
//!
//! Invariant: a row never moves, because moving would leave copies of its keys behind: rows stand in one slab
//! whose memory is asked for once, and used (and so taken from the machine) only as far as there are rows. A
//! line of a known person touches the table of tags and one row of three cache lines, no list and no heap.

use crate::Kid;
use crate::person::{Known, Tag};
use crate::ratchet::Ratchet;
use hashbrown::HashTable;

/// Rows that are kept; then one that has not been asked for since the hand last passed gives way, and its
/// person starts a new row next time ("second chance", Corbato 1968).
pub(super) const ROWS: usize = 65_536;

/// Rows of one person and day that differ in identifiers.
pub(super) const ROWS_PER_PERSON: usize = 8;

/// In place of a row's number: there is none.
const NONE: u32 = u32::MAX;

/// The live end of one key row.
#[derive(Default)]
#[repr(align(64))]
pub(super) struct Live {
    tag: Tag,
    pub(super) kid: Kid,
    /// Identifiers the row's index entry holds.
    pub(super) known: Known,
    /// The same person's next row.
    next: u32,
    /// Asked for since the hand last passed.
    seen: bool,
    pub(super) chains: [Ratchet; 3],
}

impl Live {
    fn has_room(&self) -> bool {
        self.chains.iter().all(Ratchet::has_room)
    }

    /// True when the row's index entry holds all of a line's identifiers.
    fn fits(&self, line: &Known) -> bool {
        line.iter().zip(&self.known).all(|(id, known)| *id == 0 || id == known)
    }
}

/// The rows of the day, at most [`ROWS`].
pub(super) struct LiveRows {
    /// Numbers of first rows, by tag.
    table: HashTable<u32>,
    rows: Vec<Live>,
    capacity: usize,
    hand: usize,
}

impl LiveRows {
    pub(super) fn new(capacity: usize) -> Self {
        Self { table: HashTable::new(), rows: Vec::with_capacity(capacity), capacity, hand: 0 }
    }

    /// Forgets every row.
    pub(super) fn clear(&mut self) {
        self.table.clear();
        self.rows.clear();
        self.hand = 0;
    }

    pub(super) fn row(&mut self, at: usize) -> &mut Live {
        &mut self.rows[at]
    }

    /// The row that takes a line: the first whose index entry holds all its identifiers. Beyond
    /// [`ROWS_PER_PERSON`] the newest takes everything.
    pub(super) fn find(&mut self, tag: &Tag, line: &Known) -> Option<usize> {
        let mut at = self.first(tag)?;
        let mut count = 1;
        loop {
            let row = &mut self.rows[at];
            let full = row.next == NONE && count >= ROWS_PER_PERSON;
            if row.has_room() && (full || row.fits(line)) {
                row.seen = true;
                return Some(at);
            }
            if row.next == NONE {
                return None;
            }
            at = row.next as usize;
            count += 1;
        }
    }

    /// A place for a new row of a tag, for the caller to fill: a worn row of its own, or one behind its others, for
    /// which another person's may have to go.
    pub(super) fn place(&mut self, tag: &Tag) -> usize {
        if let Some(worn) = self.rows_of(tag).find(|at| !self.rows[*at].has_room()) {
            return worn;
        }
        let at = self.vacant();
        let last = self.rows_of(tag).last();
        let number = u32::try_from(at).expect("a slab has fewer rows than u32 has numbers");
        match last {
            Some(last) => self.rows[last].next = number,
            None => {
                let rows = &self.rows;
                self.table.insert_unique(hash(tag), number, |at| hash(&rows[*at as usize].tag));
            }
        }
        let row = &mut self.rows[at];
        (row.tag, row.next, row.seen) = (*tag, NONE, true);
        at
    }

    fn first(&self, tag: &Tag) -> Option<usize> {
        let first = self.table.find(hash(tag), |at| self.rows[*at as usize].tag == *tag);
        first.map(|at| *at as usize)
    }

    /// The numbers of a tag's rows, oldest first.
    fn rows_of(&self, tag: &Tag) -> impl Iterator<Item = usize> {
        let next = |at: &usize| {
            let next = self.rows[*at].next;
            (next != NONE).then_some(next as usize)
        };
        std::iter::successors(self.first(tag), next)
    }

    /// A place nobody has: the next of the slab, or that of the row the hand takes.
    fn vacant(&mut self) -> usize {
        if self.rows.len() < self.capacity {
            self.rows.push(Live::default());
            return self.rows.len() - 1;
        }
        while std::mem::take(&mut self.rows[self.hand].seen) {
            self.hand = (self.hand + 1) % self.capacity;
        }
        let at = self.hand;
        self.hand = (at + 1) % self.capacity;
        self.unlink(at);
        self.rows[at] = Live::default();
        at
    }

    fn unlink(&mut self, at: usize) {
        let Live { tag, next, .. } = self.rows[at];
        let before = self.rows_of(&tag).find(|other| self.rows[*other].next as usize == at);
        if let Some(before) = before {
            self.rows[before].next = next;
            return;
        }
        let first = self.table.find_entry(hash(&tag), |first| *first as usize == at);
        let mut first = first.expect("a row is behind another of its tag, or in the table");
        if next == NONE {
            first.remove();
        } else {
            *first.get_mut() = next;
        }
    }
}

/// A tag is a keyed hash already.
const fn hash(tag: &Tag) -> u64 {
    tag[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: Known = [0; 6];

    fn tag(n: u64) -> Tag {
        [n % 3, n] // few hashes: the table must compare tags
    }

    fn add(rows: &mut LiveRows, n: u64, email: u64) -> usize {
        let at = rows.place(&tag(n));
        let row = rows.row(at);
        row.known = [1, email, 0, 0, 0, 0];
        row.chains.iter_mut().for_each(|chain| *chain = Ratchet::default());
        at
    }

    #[test]
    fn a_row_is_three_cache_lines() {
        assert_eq!(size_of::<Live>(), 192, "the memory of `Writer` is documented");
    }

    #[test]
    fn rows_are_found_by_tag_and_by_what_they_hold() {
        let mut rows = LiveRows::new(8);
        let of_one = [add(&mut rows, 1, 7), add(&mut rows, 1, 8)];
        let of_four = add(&mut rows, 4, 7);
        assert_eq!(rows.find(&tag(1), &[1, 8, 0, 0, 0, 0]), Some(of_one[1]));
        assert_eq!(rows.find(&tag(1), &[1, 0, 0, 0, 0, 0]), Some(of_one[0]));
        assert_eq!(rows.find(&tag(4), &[1, 7, 0, 0, 0, 0]), Some(of_four));
        assert_eq!(rows.find(&tag(4), &[1, 8, 0, 0, 0, 0]), None);
        assert_eq!(rows.find(&tag(7), &NOBODY), None);
        rows.clear();
        assert_eq!(rows.find(&tag(1), &NOBODY), None);
    }

    #[test]
    fn who_was_not_asked_for_gives_way() {
        let mut rows = LiveRows::new(4);
        for n in 1..=4 {
            add(&mut rows, n, 0);
        }
        add(&mut rows, 5, 0); // all had been seen once: the hand went round, the oldest went
        assert_eq!(rows.find(&tag(1), &NOBODY), None);
        assert!(rows.find(&tag(2), &NOBODY).is_some());
        add(&mut rows, 6, 0);
        assert!(rows.find(&tag(2), &NOBODY).is_some(), "asked for since");
        assert_eq!(rows.find(&tag(3), &NOBODY), None);
    }

    #[test]
    fn any_row_of_a_person_can_go() {
        for gone in 0..3 {
            let mut rows = LiveRows::new(4);
            for email in 0..4 {
                add(&mut rows, 1, 10 + email);
            }
            add(&mut rows, 2, 0); // the hand passes all
            let line = |email: u64| [1, 10 + email, 0, 0, 0, 0];
            // Row 0 made place; those seen again stay, and `gone` is the next.
            let others = (1..4).filter(|email| *email != gone + 1);
            for email in others.clone() {
                assert!(rows.find(&tag(1), &line(email)).is_some());
            }
            add(&mut rows, 3, 0);
            let left = (0..4).filter(|email| rows.find(&tag(1), &line(*email)).is_some());
            assert_eq!(left.collect::<Vec<_>>(), others.collect::<Vec<_>>());
            assert!(rows.find(&tag(2), &NOBODY).is_some());
        }
    }

    #[test]
    fn a_person_with_many_rows_may_lose_one_to_itself() {
        let mut rows = LiveRows::new(4);
        for email in 0..6 {
            add(&mut rows, 1, 10 + email);
        }
        assert_eq!(rows.rows_of(&tag(1)).count(), 4);
    }
}
