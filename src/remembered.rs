//! What is remembered of many requests for a little while, by hold key.
//!
//! Invariant: an entry stays until its time is over or [`Remembered::new`]'s number of newer ones has come, and at
//! most twice as long as either. Entries stand in two generations, each forgotten whole, overwritten with zeros:
//! nothing is moved, freed or looked for one by one, after it has left the processor's caches.
//! Place on the path: inside the context, one entry for nearly every request.

use greffier_record::{BuildHoldKeyHasher, HoldKey, HotBuf};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem;
use std::ops::Range;

/// A bounded memory of requests: bytes, and a note beside them.
#[derive(Debug)]
pub(crate) struct Remembered<N> {
    young: Generation<N>,
    old: Generation<N>,
    /// Entries of a generation.
    size: usize,
}

/// Entries that are forgotten together.
#[derive(Debug)]
struct Generation<N> {
    places: HashMap<HoldKey, (Range<usize>, N), BuildHoldKeyHasher>,
    bytes: HotBuf,
    /// How many were inserted: those that were taken out, or came again, still have their bytes.
    inserted: usize,
    /// When the first and the last of them may be forgotten (ms since 1970); `None` when nothing is there.
    due: Option<(i64, i64)>,
}

impl<N: Copy> Remembered<N> {
    /// Remembers at least the last `size` requests.
    pub(crate) fn new(size: usize) -> Self {
        Self { young: Generation::new(), old: Generation::new(), size }
    }

    /// Remembers `bytes` until `due`, in place of an earlier entry of that key, and what `note` makes of its note.
    pub(crate) fn insert(
        &mut self,
        key: HoldKey,
        due: i64,
        bytes: &HotBuf,
        note: impl FnOnce(Option<N>) -> N,
    ) {
        if self.young.inserted >= self.size {
            self.turn();
        }
        let old = self.old.places.remove(&key).map(|(_, note)| note);
        let Generation { places, bytes: all, inserted, due: dues } = &mut self.young;
        *inserted += 1;
        let place = all.append(bytes);
        match places.entry(key) {
            Entry::Occupied(mut entry) => {
                let note = note(Some(entry.get().1));
                entry.insert((place, note));
            }
            Entry::Vacant(entry) => {
                entry.insert((place, note(old)));
            }
        }
        *dues = Some((dues.map_or(due, |(first, _)| first), due));
    }

    /// A copy of what is remembered of a key.
    pub(crate) fn get(&self, key: &HoldKey) -> Option<HotBuf> {
        let copy = |of: &Generation<N>| Some(of.bytes.copy(of.places.get(key)?.0.clone()));
        copy(&self.young).or_else(|| copy(&self.old))
    }

    /// Takes the entry of a key.
    pub(crate) fn remove(&mut self, key: &HoldKey) -> Option<(HotBuf, N)> {
        let [young, old] = [&mut self.young, &mut self.old].map(|of| of.remove(key));
        young.or(old)
    }

    /// Forgets what is over by `now`. What lies further ahead than the `wait` it was put in with comes from before
    /// the clock was set back: its time is over too.
    pub(crate) fn follow(&mut self, wait: i64, now: i64) {
        let over = |due| now >= due || due > now.saturating_add(wait);
        for generation in [&mut self.old, &mut self.young] {
            if generation.due.is_some_and(|(_, last)| over(last)) {
                generation.clear();
            }
        }
        if self.old.due.is_none() && self.young.due.is_some_and(|(first, _)| over(first)) {
            self.turn();
        }
    }

    /// When everything may be forgotten.
    pub(crate) fn newest(&self) -> Option<i64> {
        let last = |of: &Generation<N>| of.due.map(|(_, last)| last);
        last(&self.young).max(last(&self.old))
    }

    /// Forgets the old generation; the young one is old from now on.
    fn turn(&mut self) {
        self.old.clear();
        mem::swap(&mut self.young, &mut self.old);
    }

    /// How many entries there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.young.places.len() + self.old.places.len()
    }
}

impl<N: Copy> Generation<N> {
    fn new() -> Self {
        Self { places: HashMap::default(), bytes: HotBuf::default(), inserted: 0, due: None }
    }

    fn remove(&mut self, key: &HoldKey) -> Option<(HotBuf, N)> {
        let (place, note) = self.places.remove(key)?;
        Some((self.bytes.copy(place), note))
    }

    /// Keeps the memory.
    fn clear(&mut self) {
        self.places.clear();
        self.bytes.clear();
        self.inserted = 0;
        self.due = None;
    }
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

    fn bytes(n: i64) -> HotBuf {
        HotBuf::new(n.to_be_bytes().to_vec())
    }

    #[allow(clippy::disallowed_methods, reason = "a test looks at what it put in")]
    fn number(bytes: &HotBuf) -> i64 {
        i64::from_be_bytes(bytes.expose_to_decoder().try_into().unwrap())
    }

    #[test]
    fn of_too_many_the_last_stay() {
        let keys = keys(10);
        let mut remembered = Remembered::new(3);
        keys.iter().zip(0..).for_each(|(key, n)| remembered.insert(*key, n, &bytes(n), |_| n));
        assert_eq!((remembered.len(), remembered.newest()), (4, Some(9)));
        for (key, n) in keys.iter().zip(0..).skip(6) {
            assert_eq!(remembered.get(key).as_ref().map(number), Some(n));
            assert_eq!(remembered.remove(key).map(|(_, note)| note), Some(n));
        }
        assert!(keys.iter().all(|key| remembered.get(key).is_none()));
    }

    #[test]
    fn a_clock_set_back_holds_nothing_for_ever() {
        let keys = keys(1);
        let mut remembered = Remembered::new(3);
        remembered.insert(keys[0], 1_000_000, &bytes(0), |_| ());
        remembered.follow(2_000, 999_000);
        assert!(remembered.get(&keys[0]).is_some());
        remembered.follow(2_000, 5_000);
        assert!(remembered.get(&keys[0]).is_none() && remembered.newest().is_none());
    }

    proptest! {
        /// Inserts, removals and forgetting in any order, beside a plain list.
        #[test]
        fn what_may_stay_stays_and_what_must_go_goes(
            steps in prop::collection::vec((0..3_u8, 0..12_usize), 0..200),
        ) {
            let (keys, wait) = (keys(12), 5);
            let mut remembered = Remembered::new(1_000);
            let mut list: Vec<(usize, i64)> = Vec::new();
            for (now, (step, n)) in (0_i64..).zip(steps) {
                match step {
                    0 => {
                        let mut earlier = None;
                        remembered.insert(keys[n], now + wait, &bytes(now), |note| {
                            earlier = note;
                            now
                        });
                        let put = list.iter().find(|(other, _)| *other == n).map(|(_, put)| *put);
                        let over = put.is_some_and(|put| put + wait <= now);
                        prop_assert!(earlier == put || over && earlier.is_none());
                        list.retain(|(other, _)| *other != n);
                        list.push((n, now));
                    }
                    1 => {
                        let removed = remembered.remove(&keys[n]);
                        let removed = removed.map(|(bytes, note)| (number(&bytes), note));
                        let expected = list.iter().position(|(other, _)| *other == n);
                        let put = expected.map(|at| list.remove(at).1);
                        let may_be_over = put.is_some_and(|put| put + wait <= now);
                        prop_assert!(
                            removed == put.map(|put| (put, put)) || may_be_over && removed.is_none()
                        );
                    }
                    _ => {}
                }
                remembered.follow(wait, now);
                for (n, key) in keys.iter().enumerate() {
                    let put = list.iter().find(|(other, _)| *other == n).map(|(_, put)| *put);
                    let got = remembered.get(key).as_ref().map(number);
                    let stays = put.is_some_and(|put| now < put + wait);
                    let goes = put.is_none_or(|put| now >= put + 2 * wait);
                    prop_assert!(got == put || got.is_none());
                    prop_assert!(got.is_some() || !stays);
                    prop_assert!(got.is_none() || !goes);
                }
            }
        }
    }
}
