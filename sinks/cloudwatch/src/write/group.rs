//! A log group as it was promised: made when it is missing, and read back before anything is put into it.
//!
//! Invariant: [`Group::is_confirmed`] is true only if a read-back of the last two hours showed the promised
//! retention and key; setting them proves nothing, because an account's policy can override them silently. A
//! read-back that shows something else ends it at once. Place on the path: before a target's first put, and
//! hourly beside it.

use super::failure::{Class, Failure};
use aws_sdk_cloudwatchlogs::Client;
use greffier_sinks::SinkError;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Time between two looks at a group.
pub(super) const LOOK: Duration = Duration::from_hours(1);
/// How long a look counts: one that fails may be made up for.
const COUNTS_MS: i64 = 2 * 3_600_000;
/// A group can be made, get its retention and its key, and is read back after each.
const ROUNDS: usize = 4;

/// One group.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) days: u16,
    kms_key: Option<String>,
    /// When it was last as promised, ms since 1970; 0 for never.
    confirmed: AtomicI64,
}

/// What a group has, or should have.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    days: Option<i32>,
    kms_key: Option<String>,
}

/// What is not as promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Difference {
    /// Days promised, days found (`None`: for ever).
    Retention(u16, Option<i32>),
    /// True when there is another key, false when there is none.
    Key(bool),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retention(want, Some(days)) => {
                write!(f, "expected a retention of {want} days, found {days}; an account policy may override it: change that, or [retention]")
            }
            Self::Retention(want, None) => {
                write!(f, "expected a retention of {want} days, found none; set it, or allow logs:PutRetentionPolicy")
            }
            Self::Key(true) => f.write_str(
                "expected the KMS key of kms_key, found another; associate the right one, or change kms_key",
            ),
            Self::Key(false) => f.write_str(
                "expected the KMS key of kms_key, found none; associate it, or allow logs:AssociateKmsKey",
            ),
        }
    }
}

/// Why a group is not confirmed.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It is there, and it is not what was promised, even after it was set; or setting it was refused.
    Differs(Difference, Option<Failure>),
    /// It could not be found out, or made.
    Failed(Failure),
    /// It was made, and is not listed yet.
    NotYet,
}

impl Trouble {
    /// True when the next group may be better.
    pub(super) fn is_of_the_group(&self) -> bool {
        !matches!(self, Self::Failed(_))
    }

    /// Whether somebody must do something.
    pub(super) fn is_held(&self) -> bool {
        match self {
            Self::Differs(..) => true,
            Self::Failed(failure) => !matches!(failure.class(), Class::Retry),
            Self::NotYet => false,
        }
    }

    /// What the server asked for.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Differs(_, failure) => failure.as_ref()?.retry_after,
            Self::Failed(failure) => failure.retry_after,
            Self::NotYet => None,
        }
    }

    /// In words, with the group's name and what to do.
    pub(super) fn error(&self, group: &Group, delay: Duration) -> SinkError {
        let name = &group.name;
        let what = match self {
            Self::Differs(difference, Some(failure)) => {
                format!("group {name}: {difference} (setting it: {})", explained(failure))
            }
            Self::Differs(difference, None) => format!("group {name}: {difference}"),
            Self::Failed(failure) => format!("group {name}: {}", explained(failure)),
            Self::NotYet => format!("group {name}: made, and not listed yet"),
        };
        if self.is_held() { SinkError::held(delay, what) } else { SinkError::retry(delay, what) }
    }
}

/// A failure with what to do about it.
pub(super) fn explained(failure: &Failure) -> String {
    match failure.class() {
        Class::Hold(advice) => format!("{failure}: {advice}"),
        _ => failure.to_string(),
    }
}

impl Group {
    pub(super) fn new(name: String, days: u16, kms_key: Option<&str>) -> Self {
        let kms_key = kms_key.map(str::to_owned);
        Self { name, days, kms_key, confirmed: AtomicI64::new(0) }
    }

    /// Whether events may be put into it.
    pub(super) fn is_confirmed(&self, now_ms: i64) -> bool {
        now_ms - self.confirmed.load(Ordering::Relaxed) < COUNTS_MS
    }

    /// It is not there any more, or not to be trusted.
    pub(super) fn forget(&self) {
        self.confirmed.store(0, Ordering::Relaxed);
    }

    /// Reads the group back, and mends what differs; makes it if it is missing and `make` says so.
    pub(super) async fn confirm(
        &self,
        client: &Client,
        now_ms: i64,
        make: bool,
    ) -> Result<(), Trouble> {
        let mut mended = None;
        for _ in 0..=ROUNDS {
            let Some(found) = self.read_back(client).await.map_err(Trouble::Failed)? else {
                self.forget();
                if !make {
                    return Ok(());
                }
                self.make(client).await.map_err(Trouble::Failed)?;
                continue;
            };
            let Some(difference) = self.difference(&found) else {
                self.confirmed.store(now_ms, Ordering::Relaxed);
                return Ok(());
            };
            self.forget();
            if mended == Some(difference) {
                return Err(Trouble::Differs(difference, None));
            }
            tracing::warn!(group = self.name, %difference, "a log group is not as promised: setting it");
            self.mend(client, difference).await.map_err(|failure| match failure.class() {
                Class::Retry => Trouble::Failed(failure),
                _ => Trouble::Differs(difference, Some(failure)),
            })?;
            mended = Some(difference);
        }
        Err(Trouble::NotYet)
    }

    /// Reads the group back and changes nothing: is it there, and as promised?
    pub(super) async fn examine(&self, client: &Client) -> Result<bool, Trouble> {
        match self.read_back(client).await.map_err(Trouble::Failed)? {
            None => Ok(false),
            Some(found) => match self.difference(&found) {
                None => Ok(true),
                Some(difference) => Err(Trouble::Differs(difference, None)),
            },
        }
    }

    fn difference(&self, found: &Found) -> Option<Difference> {
        if self.kms_key.is_some() && found.kms_key != self.kms_key {
            return Some(Difference::Key(found.kms_key.is_some()));
        }
        (found.days != Some(i32::from(self.days)))
            .then_some(Difference::Retention(self.days, found.days))
    }

    /// The group of exactly this name; others begin with it.
    async fn read_back(&self, client: &Client) -> Result<Option<Found>, Failure> {
        let listing = client.describe_log_groups().log_group_name_prefix(&self.name);
        let mut groups = listing.into_paginator().items().send();
        while let Some(group) = groups.next().await {
            let group = group.map_err(|error| Failure::of(&error))?;
            if group.log_group_name() == Some(&self.name) {
                let kms_key = group.kms_key_id().map(str::to_owned);
                return Ok(Some(Found { days: group.retention_in_days(), kms_key }));
            }
        }
        Ok(None)
    }

    /// Makes it with its key: only what comes after an association is encrypted with it.
    async fn make(&self, client: &Client) -> Result<(), Failure> {
        let request = client.create_log_group().log_group_name(&self.name);
        let made = request.set_kms_key_id(self.kms_key.clone()).send().await;
        if let Err(error) = made {
            return there_already(Failure::of(&error));
        }
        tracing::info!(group = self.name, "log group made");
        self.set_retention(client).await
    }

    async fn mend(&self, client: &Client, difference: Difference) -> Result<(), Failure> {
        match difference {
            Difference::Retention(..) => self.set_retention(client).await,
            Difference::Key(_) => {
                let request = client.associate_kms_key().log_group_name(&self.name);
                let set = request.set_kms_key_id(self.kms_key.clone()).send().await;
                set.map(drop).map_err(|error| Failure::of(&error))
            }
        }
    }

    async fn set_retention(&self, client: &Client) -> Result<(), Failure> {
        let request = client.put_retention_policy().log_group_name(&self.name);
        let set = request.retention_in_days(i32::from(self.days)).send().await;
        set.map(drop).map_err(|error| Failure::of(&error))
    }
}

/// Somebody else made it in the meantime: as good.
pub(super) fn there_already(failure: Failure) -> Result<(), Failure> {
    if failure.class() == Class::Exists { Ok(()) } else { Err(failure) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(kms_key: Option<&str>, found: (Option<i32>, Option<&str>)) -> Option<Difference> {
        let found = Found { days: found.0, kms_key: found.1.map(str::to_owned) };
        Group::new("g".into(), 90, kms_key).difference(&found)
    }

    #[test]
    fn only_the_promised_retention_and_key_are_no_difference() {
        assert_eq!(differs(None, (Some(90), None)), None);
        assert_eq!(differs(None, (Some(90), Some("k"))), None, "no key was promised");
        assert_eq!(differs(Some("k"), (Some(90), Some("k"))), None);
        assert_eq!(differs(None, (Some(30), None)), Some(Difference::Retention(90, Some(30))));
        assert_eq!(differs(None, (None, None)), Some(Difference::Retention(90, None)));
        assert_eq!(differs(Some("k"), (Some(90), None)), Some(Difference::Key(false)));
        assert_eq!(differs(Some("k"), (Some(30), Some("other"))), Some(Difference::Key(true)));
    }

    #[test]
    fn a_look_counts_for_two_hours() {
        let group = Group::new("g".into(), 90, None);
        let now = 1_795_000_000_000;
        assert!(!group.is_confirmed(now));
        group.confirmed.store(now, Ordering::Relaxed);
        assert!(group.is_confirmed(now + COUNTS_MS - 1) && !group.is_confirmed(now + COUNTS_MS));
        group.forget();
        assert!(!group.is_confirmed(now));
    }
}
