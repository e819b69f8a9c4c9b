//! The detector on any text.

use greffier_redactor::Scanner;
use std::sync::LazyLock;

pub(super) static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

/// Findings are sorted, apart and on character borders; masking and scrubbing twice changes nothing, and what
/// they leave holds nothing that they should have taken.
pub fn scan(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut found = Vec::new();
    SCANNER.scan(&text, &mut found);
    assert!(found.is_sorted_by(|a, b| a.range.end <= b.range.start), "sorted and apart");
    for finding in &found {
        assert!(!finding.range.is_empty() && text.get(finding.range.clone()).is_some());
    }
    let mut masked = String::new();
    assert_eq!(SCANNER.mask(&text, &mut masked), !found.is_empty());
    assert!(SCANNER.is_clean(&masked), "masked twice");
    for keep_full_ip in [false, true] {
        let (mut once, mut twice) = (String::new(), String::new());
        SCANNER.scrub(&text, keep_full_ip, &mut once);
        SCANNER.scrub(&once, keep_full_ip, &mut twice);
        assert!(once == twice, "scrubbed twice");
    }
}
