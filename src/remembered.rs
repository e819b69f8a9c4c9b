//! What is remembered of many requests for a little while, by hold key, in the order of its deadlines.
//!
//! Invariant: at most `max` entries, each found by its key until it is taken, its time is over or it is the oldest of
//! too many. Entries stand in a ring in the order they came: putting one in and forgetting the oldest touch
//! the two ends of the ring and a small table of numbers, wherever in memory the requests between them lie.
//! Place on the path: inside the context, one entry for nearly every request.

use greffier_record::{BuildHoldKeyHasher, HoldKey};
use hashbrown::HashTable;
use std::collections::VecDeque;
use std::hash::BuildHasher as _;

#[derive(Debug)]
struct Entry<T> {
    key: HoldKey,
    /// Until when it stays (ms since 1970).
    due: i64,
    /// `None` once taken or replaced by a newer one.
    value: Option<T>,
}

/// A bounded memory of requests, the newest at the back.
#[derive(Debug)]
pub(crate) struct Remembered<T> {
    ring: VecDeque<Entry<T>>,
    /// Number of the entry at the front; each entry's is one more than that of the one before it.
    front: u64,
    /// Numbers of the entries that hold a value, by their keys.
    table: HashTable<u64>,
    max: usize,
}

impl<T> Remembered<T> {
    /// Remembers at most `max` requests.
    pub(crate) fn new(max: usize) -> Self {
        Self { ring: VecDeque::new(), front: 0, table: HashTable::new(), max }
    }

    /// Remembers a value until `due`, in place of an earlier one of that key. Of too many, the oldest goes.
    pub(crate) fn insert(&mut self, key: HoldKey, due: i64, value: T) {
        self.remove(&key);
        let number = self.front + self.ring.len() as u64;
        self.ring.push_back(Entry { key, due, value: Some(value) });
        let Self { ring, front, table, .. } = self;
        table.insert_unique(hash(&key), number, |at| hash(&ring[place(*at, *front)].key));
        while self.table.len() > self.max {
            self.pop_front();
        }
        if self.ring.len() > 2 * self.max + 16 {
            self.compact();
        }
    }

    /// Takes out the entries without a value; costs as many steps as there were insertions since the last time.
    fn compact(&mut self) {
        self.ring.retain(|entry| entry.value.is_some());
        self.front = 0;
        self.table.clear();
        let Self { ring, table, .. } = self;
        for (number, entry) in (0..).zip(&*ring) {
            table.insert_unique(hash(&entry.key), number, |at| hash(&ring[place(*at, 0)].key));
        }
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &HoldKey) -> Option<&T> {
        let Self { ring, front, table, .. } = self;
        let number = table.find(hash(key), |at| ring[place(*at, *front)].key == *key)?;
        ring[place(*number, *front)].value.as_ref()
    }

    /// Takes the value of a key.
    pub(crate) fn remove(&mut self, key: &HoldKey) -> Option<T> {
        let Self { ring, front, table, .. } = self;
        let found = table.find_entry(hash(key), |at| ring[place(*at, *front)].key == *key).ok()?;
        let (number, _) = found.remove();
        ring[place(number, *front)].value.take()
    }

    /// Forgets what is over by `now`. An entry that lies further ahead than the `wait` it was put in with comes from
    /// before the clock was set back: its time is over too.
    pub(crate) fn forget(&mut self, wait: i64, now: i64) {
        while let Some(oldest) = self.ring.front()
            && (oldest.value.is_none()
                || now >= oldest.due
                || oldest.due > now.saturating_add(wait))
        {
            self.pop_front();
        }
    }

    /// When the newest may be forgotten, and all others with it.
    pub(crate) fn newest(&self) -> Option<i64> {
        self.ring.back().map(|entry| entry.due)
    }

    /// How many values there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    fn pop_front(&mut self) {
        let Some(oldest) = self.ring.pop_front() else { return };
        let number = self.front;
        self.front += 1;
        if oldest.value.is_some()
            && let Ok(found) = self.table.find_entry(hash(&oldest.key), |at| *at == number)
        {
            found.remove();
        }
    }
}

/// Where an entry stands in the ring.
fn place(number: u64, front: u64) -> usize {
    usize::try_from(number - front).expect("a ring is no longer than its memory")
}

fn hash(key: &HoldKey) -> u64 {
    BuildHoldKeyHasher::default().hash_one(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use greffier_record::{Body, Format, HoldHasher, Hot, Origin, Raw, RequestLine};
    use proptest::prelude::*;

    fn keys(count: usize) -> Vec<HoldKey> {
        let (hasher, format) = (HoldHasher::default(), Format::Json);
        let origin = Origin { source: 0, name: "app".into(), format, connection: 0, join: None };
        let key = |n: usize| {
            let req = Some(Hot::new(n.to_string()));
            let body = Body::Request(Box::new(RequestLine { req, ..RequestLine::default() }));
            hasher.own(&Raw { origin: &origin, observed: 0, body }).unwrap()
        };
        (0..count).map(key).collect()
    }

    #[test]
    fn the_oldest_of_too_many_goes() {
        let keys = keys(4);
        let mut remembered = Remembered::new(3);
        keys.iter().zip(0..).for_each(|(key, n)| remembered.insert(*key, n, n));
        assert_eq!(remembered.get(&keys[0]), None);
        assert_eq!(remembered.remove(&keys[1]), Some(1));
        assert_eq!(remembered.remove(&keys[1]), None);
        assert_eq!(remembered.newest(), Some(3));
    }

    #[test]
    fn a_clock_set_back_holds_nothing_for_ever() {
        let keys = keys(1);
        let mut remembered = Remembered::new(3);
        remembered.insert(keys[0], 1_000_000, ());
        remembered.forget(2_000, 999_000);
        assert!(remembered.get(&keys[0]).is_some());
        remembered.forget(2_000, 5_000);
        assert_eq!((remembered.get(&keys[0]), remembered.newest()), (None, None));
    }

    proptest! {
        /// Inserts, removals and forgetting in any order, beside a plain list.
        #[test]
        fn does_what_a_list_does(steps in prop::collection::vec((0..3_u8, 0..12_usize), 0..200)) {
            let keys = keys(12);
            let mut remembered = Remembered::new(1_000);
            let mut list: Vec<(usize, i64)> = Vec::new();
            for (now, (step, n)) in (0_i64..).zip(steps) {
                match step {
                    0 => {
                        remembered.insert(keys[n], now + 5, now);
                        list.retain(|(other, _)| *other != n);
                        list.push((n, now));
                    }
                    1 => {
                        let expected = list.iter().position(|(other, _)| *other == n);
                        let expected = expected.map(|at| list.remove(at).1);
                        prop_assert_eq!(remembered.remove(&keys[n]), expected);
                    }
                    _ => {
                        remembered.forget(5, now);
                        list.retain(|(_, put)| put + 5 > now);
                    }
                }
                for (n, key) in keys.iter().enumerate() {
                    let expected = list.iter().find(|(other, _)| *other == n).map(|(_, put)| put);
                    prop_assert_eq!(remembered.get(key), expected);
                }
            }
        }
    }
}
