//! `[sink.cloudwatch]`: which region, groups, key and endpoint; and whether data may be there at all.
//!
//! Invariant: a plan that is handed out sends nothing to a region that `[service] residency` does not list.

use crate::forms;
use crate::plan::CloudWatchPlan;
use crate::section::{Item, Section};
use std::net::SocketAddr;
use std::num::NonZeroU32;

const PREFIX: &str = "/greffier";
/// Calls a second; the quota of an account and region is 5 000 for all its writers together.
const RATE: NonZeroU32 = NonZeroU32::new(100).expect("not zero");

const ELSEWHERE: &str = "not in [service] residency";
const KEY: &str =
    "write the key's ARN, as in \"arn:aws:kms:eu-central-1:111122223333:key/…\" (no alias)";
const ENDPOINT: &str = "write https://HOST, or http:// with a loopback address for tests";

pub(super) fn read(section: &Section<'_>, residency: &[String]) -> CloudWatchPlan {
    let item = section.need("region", "write the region of the log groups, as in \"eu-central-1\"");
    let region = item.as_ref().and_then(|item| item.leaf_form(&forms::REGION)).unwrap_or_default();
    if let Some(item) = item.filter(|_| !may_be_in(&region, residency)) {
        item.fail::<()>(ELSEWHERE, "choose a region that is listed, or list this one");
    }
    let rate = section.get("rate").and_then(|item| item.integer(1..=5_000));
    let rate = rate.and_then(|rate| NonZeroU32::new(u32::try_from(rate).ok()?));
    CloudWatchPlan {
        prefix: section
            .get("prefix")
            .and_then(|item| item.leaf_form(&forms::GROUP_PREFIX))
            .unwrap_or_else(|| PREFIX.to_owned()),
        kms_key: section.get("kms_key").and_then(|item| kms_key(&item, &region, residency)),
        endpoint: section.get("endpoint_url").and_then(|item| endpoint(&item, &region, residency)),
        rate: rate.unwrap_or(RATE),
        region,
    }
}

/// Without a list every region will do; a region that is wrong in itself is noted already.
fn may_be_in(region: &str, residency: &[String]) -> bool {
    region.is_empty() || residency.is_empty() || residency.iter().any(|listed| listed == region)
}

fn kms_key(item: &Item<'_>, region: &str, residency: &[String]) -> Option<String> {
    let arn = item.leaf()?;
    let parts: Vec<_> = arn.split(':').collect();
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let ["arn", partition, "kms", place, account, key] = parts[..] else {
        return item.fail("not the ARN of a KMS key", KEY);
    };
    let account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let id = key.strip_prefix("key/").is_some_and(|id| (1..=64).contains(&id.len()) && plain(id));
    if !(account && id && partition.starts_with("aws") && plain(partition) && plain(place)) {
        return item.fail("not the ARN of a KMS key", KEY);
    }
    if !may_be_in(place, residency) {
        return item.fail(ELSEWHERE, "choose a key of a region that is listed");
    }
    if !region.is_empty() && place != region {
        return item.fail(
            "a key of another region",
            "CloudWatch Logs uses keys of its own region: choose one of `region`",
        );
    }
    Some(arn)
}

fn endpoint(item: &Item<'_>, region: &str, residency: &[String]) -> Option<String> {
    let text = item.leaf()?;
    let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return item.fail("not an endpoint", ENDPOINT),
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let name = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
    if authority.is_empty() || authority.len() > 255 || !authority.bytes().all(name) {
        return item.fail("not an endpoint", ENDPOINT);
    }
    let loopback = authority.parse().is_ok_and(|address: SocketAddr| address.ip().is_loopback());
    if !secure && !loopback {
        return item.fail("not encrypted, and not on this machine", ENDPOINT);
    }
    let host = authority.split(':').next().unwrap_or_default();
    let elsewhere = host.ends_with(".amazonaws.com") && !host.split('.').any(|part| part == region);
    if elsewhere && !residency.is_empty() && !region.is_empty() {
        return item.fail("an endpoint of another region", "choose one of `region`");
    }
    Some(text)
}
