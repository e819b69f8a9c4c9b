//! The demo's traffic: what a real Symfony application wrote, people invented, times moved to now.

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::Value;

const REQUESTS: &str = include_str!("../../tests/data/capture/symfony/http_audit.json.log");
const RECORDS: &str =
    include_str!("../../tests/data/capture/symfony/monolog_json_all_levels.json.log");

/// Lines of both logs in the order in which they were written; the last one ends at `now_ms`.
pub(super) fn lines(now_ms: i64) -> Result<Vec<String>> {
    let mut records = Vec::new();
    for line in REQUESTS.lines().chain(RECORDS.lines()) {
        let record: Value = serde_json::from_str(line).context("the sample is JSON")?;
        records.push((time(&record["datetime"])?, record));
    }
    records.sort_by_key(|(written, _)| *written);
    let last = records.last().map_or(0, |(written, _)| written.timestamp_millis());
    let shift = Duration::milliseconds(now_ms - last);
    records
        .into_iter()
        .map(|(_, mut record)| {
            move_time(&mut record["datetime"], shift)?;
            if record["context"].get("method").is_some() && record["message"] == "http_request" {
                move_time(&mut record["context"]["date"], shift)?;
            }
            Ok(record.to_string())
        })
        .collect()
}

fn time(value: &Value) -> Result<DateTime<Utc>> {
    let text = value.as_str().context("the sample has times")?;
    Ok(DateTime::parse_from_rfc3339(text).context("the sample's times are RFC 3339")?.to_utc())
}

fn move_time(value: &mut Value, shift: Duration) -> Result<()> {
    let moved = time(value)? + shift;
    *value = Value::String(moved.to_rfc3339_opts(SecondsFormat::Micros, true));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_ends_now_and_keeps_its_order() {
        let lines = lines(1_800_000_000_000).expect("a sample");
        assert_eq!(lines.len(), 844);
        let times: Vec<_> = lines
            .iter()
            .map(|line| time(&serde_json::from_str::<Value>(line).expect("JSON")["datetime"]))
            .map(|time| time.expect("a time"))
            .collect();
        assert!(times.is_sorted());
        assert_eq!(times.last().map(|t| t.timestamp_millis()), Some(1_800_000_000_000));
    }
}
