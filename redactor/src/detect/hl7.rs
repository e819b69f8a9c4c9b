//! Segments of HL7 version 2 messages that tell of persons: the patient (`PID`) and the next of kin (`NK1`).
//!
//! Invariant: only the fields that the standard (HL7 2.5, chapter 3) gives to a person are found, and only in a segment
//! with its bars. Place on the path: called by `literal`.

use super::text::Text;
use super::{Entity, Finding, Found};

/// Fields of `PID` and `NK1`, counted from the segment's name.
const PATIENT: [(usize, Entity); 13] = [
    (2, Entity::Identity),
    (3, Entity::Identity),
    (4, Entity::Identity),
    (5, Entity::Name),
    (6, Entity::Name),
    (7, Entity::Birth),
    (9, Entity::Name),
    (11, Entity::Address),
    (13, Entity::Phone),
    (14, Entity::Phone),
    (18, Entity::Identity),
    (19, Entity::Identity),
    (20, Entity::Identity),
];
const KIN: [(usize, Entity); 5] = [
    (2, Entity::Name),
    (4, Entity::Address),
    (5, Entity::Phone),
    (6, Entity::Phone),
    (16, Entity::Birth),
];

/// Bytes and fields of a segment that are looked at.
const LONGEST: usize = 4096;
const FIELDS: usize = 40;

/// Appends what the segment says whose first bar ends at `start`.
pub(super) fn segment(text: Text<'_>, start: usize, found: &mut Found) {
    let fields = match text.slice(start.saturating_sub(4)..start).as_bytes() {
        b"PID|" => &PATIENT[..],
        _ => &KIN[..],
    };
    if !text.before(start, 5).is_ascii_whitespace() && text.before(start, 5) != 0 {
        return;
    }
    let line = text.floor(text.len().min(start + LONGEST));
    let end = memchr::memchr2(b'\n', b'\r', &text.bytes()[start..line]);
    let line = end.map_or(line, |end| start + end);
    if memchr::memchr(b'^', &text.bytes()[start..line]).is_none() {
        return;
    }
    let mut at = start;
    for (n, field) in text.slice(start..line).split('|').take(FIELDS).enumerate() {
        let entity = fields.iter().find(|(place, _)| *place == n + 1).map(|(_, entity)| *entity);
        // To the first component that is empty: what follows tells who gave the number, or the kind of name.
        let value = field.split("^^").next().unwrap_or(field).trim_end_matches('^').len();
        let whole = matches!(entity, Some(Entity::Address | Entity::Phone));
        let len = if whole { field.trim_end_matches('^').len() } else { value };
        let open = field.starts_with('<');
        if let Some(entity) = entity.filter(|_| len > 0 && !open) {
            found.push(Finding::new(entity, at..at + len));
        }
        if names_segment(field) {
            return; // the next one, in one line with this
        }
        at += field.len() + 1;
    }
}

/// Does a field end with the name of a segment, behind a blank?
fn names_segment(field: &str) -> bool {
    let tail = field.as_bytes().last_chunk::<4>();
    tail.is_some_and(|[blank, name @ ..]| {
        blank.is_ascii_whitespace()
            && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_segment_says_of_a_person() {
        let found = |text: &'static str| -> Vec<&str> {
            let mut found = Vec::new();
            let start = text.find('|').unwrap() + 1;
            segment(Text::new(text), start, &mut found);
            found.into_iter().map(|finding| &text[finding.range]).collect()
        };
        let patient =
            "PID|1||4711^^^LAB^PI||Dupont^Jean^^^||19800312|M|||3 rue X^^LYON||0612345678";
        let expected = ["4711", "Dupont^Jean", "19800312", "3 rue X^^LYON", "0612345678"];
        assert_eq!(found(patient), expected);
        assert_eq!(found("NK1|1|Dupont^Anne|SPO||0612345678"), ["Dupont^Anne", "0612345678"]);
        assert_eq!(found("RAPID|1|a^b"), [""; 0]);
        assert_eq!(found("PID|4711|nginx"), [""; 0]);
    }
}
