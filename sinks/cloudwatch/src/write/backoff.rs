//! How long to wait after a failure: "decorrelated jitter", so that many sidecars do not come back at once.
//!
//! Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.

use std::time::Duration;

/// The shortest wait.
pub(super) const FIRST: Duration = Duration::from_millis(500);
/// The longest wait for what mends itself.
const LONGEST: Duration = Duration::from_secs(30);
/// The shortest and the longest wait for what somebody must mend.
const HELD: Duration = Duration::from_secs(10);
const HELD_LONGEST: Duration = Duration::from_mins(2);
/// The longest wait a server may ask for.
const ASKED: Duration = Duration::from_mins(15);

/// Waits grow until something succeeds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backoff(Duration);

impl Backoff {
    /// As after a success.
    pub(super) const fn new() -> Self {
        Self(FIRST)
    }

    /// The next wait: random between the first and three times the last, at most half a minute (two minutes if
    /// `held`), and never less than the server asked for. `random` is in [0, 1].
    pub(super) fn next(&mut self, held: bool, asked: Option<Duration>, random: f64) -> Duration {
        let (first, longest) = if held { (HELD, HELD_LONGEST) } else { (FIRST, LONGEST) };
        let spread = (self.0 * 3).saturating_sub(first);
        self.0 = (first + spread.mul_f64(random)).min(longest);
        self.0.max(asked.unwrap_or_default().min(ASKED))
    }
}

/// A number in [0, 1]. Without randomness the middle: waits are then merely less spread.
pub(super) fn random() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn waits_stay_within_their_bounds(
            steps in prop::collection::vec((any::<bool>(), 0.0..=1.0), 1..50)
        ) {
            let mut backoff = Backoff::new();
            for (held, random) in steps {
                let wait = backoff.next(held, None, random);
                let (first, longest) = if held { (HELD, HELD_LONGEST) } else { (FIRST, LONGEST) };
                prop_assert!((first..=longest).contains(&wait), "{wait:?}");
            }
        }
    }

    #[test]
    fn a_server_that_asks_for_more_gets_it_within_reason() {
        let asked = |seconds| Backoff::new().next(false, Some(Duration::from_secs(seconds)), 0.0);
        assert_eq!(asked(40), Duration::from_secs(40));
        assert_eq!(asked(0), FIRST);
        assert_eq!(asked(86_400), ASKED);
    }

    #[test]
    fn waits_grow() {
        let mut backoff = Backoff::new();
        let waits: Vec<_> = (0..8).map(|_| backoff.next(false, None, 1.0)).collect();
        assert!(waits.is_sorted() && waits[0] < waits[3] && waits[7] == LONGEST);
    }
}
