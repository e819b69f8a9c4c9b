//! When to look: windows of time, newest first, each longer than the one before.
//!
//! Invariant: the windows are the whole range, none overlaps another, and both ends of each are included, as
//! CloudWatch takes them. The newest events are nearly always what is looked for, and are found by few calls.

/// Both ends included, in ms since 1970.
pub(super) type Window = (i64, i64);

pub(super) const HOUR: i64 = 3_600_000;
pub(super) const DAY: i64 = 24 * HOUR;

/// CloudWatch takes events of at most 2 hours ahead.
const AHEAD: i64 = 2 * HOUR;
/// Expired events may stay for 72 hours; a day more for clocks and zones.
const AFTER_EXPIRY: i64 = 4 * DAY;
/// 2024-01-01: what is older cannot be asked for newest first, and greffier did not ship any.
pub(super) const FIRST_MOMENT: i64 = 1_704_067_200_000;

/// The length of the newest window, and how many times as long each next one is.
const NEWEST: i64 = 6 * HOUR;
const GROWTH: i64 = 6;

/// Everything from `since` until before `until` that can be there, with a retention of so many days.
pub(super) fn range(since: Option<i64>, until: Option<i64>, days: u16, now_ms: i64) -> Window {
    let kept = now_ms - i64::from(days) * DAY - AFTER_EXPIRY;
    let from = since.unwrap_or(kept).max(kept).max(FIRST_MOMENT);
    let newest = now_ms + AHEAD;
    (from, until.map_or(newest, |until| newest.min(until - 1)))
}

/// The time under which CloudWatch keeps an event: its own unless that is too far from its sealing
/// (`docs/formats/spool.md`, the time of a frame).
pub(super) fn kept_at(ts: i64, sealed: i64) -> i64 {
    if (sealed - 13 * DAY..=sealed + HOUR).contains(&ts) { ts } else { sealed }
}

/// What of a window CloudWatch can be asked for; `None` when that is nothing.
pub(super) fn askable((from, to): Window) -> Option<Window> {
    let from = from.max(FIRST_MOMENT);
    (from <= to).then_some((from, to))
}

/// The windows of a range.
pub(super) fn newest_first((from, to): Window) -> impl Iterator<Item = Window> {
    let mut next = Some((to, NEWEST));
    std::iter::from_fn(move || {
        let (end, length) = next.filter(|(end, _)| *end >= from)?;
        let start = from.max(end.saturating_sub(length - 1));
        next = Some((start - 1, length.saturating_mul(GROWTH)));
        Some((start, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_293_161_727;

    #[test]
    fn windows_are_the_whole_range_without_overlap() {
        let all: Vec<_> = newest_first(range(None, None, 90, NOW)).collect();
        assert_eq!(all.len(), 5, "few calls: {all:?}");
        assert_eq!(all[0], (NOW + AHEAD - NEWEST + 1, NOW + AHEAD));
        assert!(all.windows(2).all(|two| two[1].1 == two[0].0 - 1 && two[1].0 < two[1].1));
        assert_eq!(all[4].0, NOW - 94 * DAY);
    }

    #[test]
    fn bounds_are_bounds() {
        assert_eq!(range(Some(NOW - 9), Some(NOW), 90, NOW), (NOW - 9, NOW - 1));
        assert_eq!(range(Some(0), None, u16::MAX, NOW).0, FIRST_MOMENT);
        let one: Vec<_> = newest_first((NOW, NOW)).collect();
        assert_eq!(one, [(NOW, NOW)]);
        assert_eq!(newest_first((NOW, NOW - 1)).count(), 0, "until before since");
        assert_eq!(askable((-9, NOW)), Some((FIRST_MOMENT, NOW)));
        assert_eq!(askable((-9, 0)), None);
    }

    #[test]
    fn an_event_is_kept_under_a_time_that_cloudwatch_takes() {
        assert_eq!(kept_at(NOW - 13 * DAY, NOW), NOW - 13 * DAY);
        assert_eq!(kept_at(NOW - 13 * DAY - 1, NOW), NOW);
        assert_eq!(kept_at(NOW + 2 * HOUR, NOW), NOW);
    }
}
