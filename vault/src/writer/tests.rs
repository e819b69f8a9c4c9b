//! What `writer` promises, by example.

use super::live::ROWS_PER_PERSON;
use super::*;
use crate::Identifiers;
use crate::manifest::ClassKey;
use crate::note::RootKey;
use crate::person::Who;
use ed25519_dalek::SigningKey;
use hpke::{Kem as _, Serializable as _};

const NOW: i64 = 20_779 * DAY_MS + 5_000;
const RECORD: [u8; 16] = [9; 16];

/// A manifest with keys of 90 days for the labels, of this week and the next.
fn manifest(serial: u64, labels: &[&str]) -> Manifest {
    let signer = SigningKey::from_bytes(&[0x51; 32]);
    let root = RootKey::new("root", signer.verifying_key()).unwrap();
    let mut keys = Vec::new();
    for label in labels {
        for class in Class::ALL {
            for epoch in [2_968, 2_969] {
                let (_, public) = crate::session::Kem::gen_keypair();
                let label = (*label).to_owned();
                keys.push((ClassKey { label, ret: 90, class, epoch }, public.to_bytes().into()));
            }
        }
    }
    let expires = (NOW + 14 * DAY_MS) / 1000;
    let text = Manifest::render(serial, expires, keys.iter().map(|(name, key)| (name, key)));
    Manifest::parse(&root.sign(&text, &signer), &root, None).unwrap()
}

fn writer() -> Writer {
    Writer::new(manifest(1, &["*"]))
}

fn uid(uid: &str) -> Identifiers<'_> {
    Identifiers { uid: Some(uid), ..Default::default() }
}

fn owner<'a>(ids: &'a Identifiers<'a>) -> Owner<'a> {
    Owner { tenant: "acme", retention: 90, who: Who::Person { ids, claimed: false } }
}

const NOBODY: Owner<'_> = Owner { tenant: "acme", retention: 90, who: Who::Unattributed };

fn kid_of(writer: &mut Writer, owner: &Owner<'_>, now_ms: i64) -> Kid {
    writer.chain(owner, now_ms).unwrap().kid()
}

#[test]
fn one_row_a_person_and_day_sessions_first() {
    let mut writer = writer();
    let ada = Identifiers { uid: Some("7"), email: Some("ada@example.org"), ..Default::default() };
    let first = kid_of(&mut writer, &owner(&ada), NOW);
    assert_eq!(kid_of(&mut writer, &owner(&uid("7")), NOW + 1), first, "its identifiers are known");
    assert_ne!(kid_of(&mut writer, &owner(&uid("8")), NOW), first);
    let rows = writer.take_rows();
    assert_eq!((rows.sessions.len(), rows.keys.len()), (4, 2));
    assert_eq!(rows.keys[0].kid, first);
    assert!(rows.keys.iter().all(|row| row.ix.is_some() && row.day == 20_779 && !row.claimed));
    assert!(writer.take_rows().is_empty());

    assert_ne!(kid_of(&mut writer, &owner(&ada), NOW + DAY_MS), first, "another day, another row");
    let rows = writer.take_rows();
    assert_eq!((rows.sessions.len(), rows.keys.len()), (4, 1), "sessions live for 24 hours");
}

#[test]
fn a_clock_that_goes_back_is_not_followed() {
    let mut writer = writer();
    let today = kid_of(&mut writer, &owner(&uid("7")), NOW);
    assert_eq!(kid_of(&mut writer, &owner(&uid("7")), NOW - DAY_MS), today);
    assert_ne!(kid_of(&mut writer, &owner(&uid("8")), NOW - DAY_MS), today);
    assert!(writer.take_rows().keys.iter().all(|row| row.day == 20_779));
}

#[test]
fn a_new_identifier_starts_a_row_at_most_eight_times() {
    let mut writer = writer();
    let mails: Vec<_> = (0..12).map(|n| format!("ada{n}@example.org")).collect();
    let with = |mail| Identifiers { uid: Some("7"), email: Some(mail), ..Default::default() };
    let kids: Vec<_> =
        mails.iter().map(|mail| kid_of(&mut writer, &owner(&with(mail)), NOW)).collect();
    assert_eq!(writer.take_rows().keys.len(), ROWS_PER_PERSON);
    assert_eq!(kids[8..], [kids[7]; 4]);
    assert_eq!(kid_of(&mut writer, &owner(&with(&mails[2])), NOW), kids[2], "rows stay in use");
    assert!(writer.take_rows().is_empty());
}

#[test]
fn claimed_tenants_and_retentions_stand_apart() {
    let mut writer = writer();
    let ids = uid("7");
    let known = owner(&ids);
    let claimed = Owner { who: Who::Person { ids: &ids, claimed: true }, ..known };
    let elsewhere = Owner { tenant: "other", ..known };
    let kids = [known, claimed, elsewhere].map(|owner| kid_of(&mut writer, &owner, NOW));
    assert!(kids[0] != kids[1] && kids[0] != kids[2] && kids[1] != kids[2]);
    let rows = writer.take_rows();
    assert_eq!(rows.keys.iter().map(|row| row.claimed).collect::<Vec<_>>(), [false, true, false]);
    let missing = NoKey::Missing { ret: 30, class: 1, epoch: 2_968 };
    assert_eq!(writer.chain(&Owner { retention: 30, ..known }, NOW).err(), Some(missing));
}

#[test]
fn nobody_has_an_hourly_row_without_index() {
    let mut writer = writer();
    let hour = kid_of(&mut writer, &NOBODY, NOW);
    assert_eq!(kid_of(&mut writer, &NOBODY, NOW + HOUR_MS / 2), hour);
    assert_eq!(kid_of(&mut writer, &owner(&Identifiers::default()), NOW), hour);
    assert_ne!(kid_of(&mut writer, &NOBODY, NOW + HOUR_MS), hour);
    let rows = writer.take_rows();
    assert_eq!((rows.sessions.len(), rows.keys.len()), (3, 2));
    assert!(rows.keys.iter().all(|row| row.ix.is_none()));
}

#[test]
fn a_worn_chain_gives_way_to_a_new_row() {
    let mut writer = writer();
    let ids = uid("7");
    let first = kid_of(&mut writer, &owner(&ids), NOW);
    let mut out = Vec::new();
    let mut last = first;
    for _ in 0..=u16::MAX {
        let mut chain = writer.chain(&owner(&ids), NOW).unwrap();
        last = chain.kid();
        out.clear();
        chain.seal(Class::Content, Role::Subject, &RECORD, "requests", b"{}", &mut out);
    }
    assert_ne!(last, first);
    assert_eq!(writer.take_rows().keys.len(), 2);
}

#[test]
fn a_session_ends_after_4096_wraps_or_a_day() {
    let mut writer = writer();
    for n in 0..4097 {
        kid_of(&mut writer, &owner(&uid(&n.to_string())), NOW);
    }
    let rows = writer.take_rows();
    assert_eq!((rows.sessions.len(), rows.keys.len()), (8, 4097));
    assert_eq!(rows.keys[4095].wrapped[0].q, 4095);
    assert_eq!(rows.keys[4096].wrapped[0].q, 0);
    assert_eq!(rows.keys[4096].wrapped[0].ws, rows.sessions[4].ws);
}

#[test]
fn the_manifest_decides_whether_anything_is_sealed() {
    let mut writer = writer();
    let ids = uid("7");
    assert_eq!(writer.chain(&owner(&ids), NOW + 14 * DAY_MS).err(), Some(NoKey::Expired));
    let first = kid_of(&mut writer, &owner(&ids), NOW);
    let same = writer.manifest().clone();
    writer.replace(same);
    assert_eq!(kid_of(&mut writer, &owner(&ids), NOW), first, "nothing changed");
    writer.replace(manifest(2, &["*", "acme"]));
    assert_ne!(kid_of(&mut writer, &owner(&ids), NOW), first, "the recipients are others");
    assert_eq!(writer.take_rows().sessions.last().unwrap().tenant, "acme");
    assert_eq!(writer.manifest().serial(), 2);
}

#[test]
fn a_sealed_value_is_appended_as_text() {
    let mut writer = writer();
    let ids = uid("7");
    let mut chain = writer.chain(&owner(&ids), NOW).unwrap();
    assert_eq!(crate::parse_kid(&chain.kid_text()), Some(chain.kid()));
    let mut out = b"{\"i\":\"".to_vec();
    chain.seal(Class::Identity, Role::Subject, &RECORD, "requests", b"{\"uid\":\"7\"}", &mut out);
    let mut kid = Vec::new();
    chain.kid_text_into(&mut kid);
    assert_eq!(kid, chain.kid_text().as_bytes());
    let text = std::str::from_utf8(&out[6..]).unwrap();
    assert!(text.starts_with("ERAAAAAA"), "{text}");
    assert_eq!(text.len(), 72, "6 + 32 + 16 bytes");
}
