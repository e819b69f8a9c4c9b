//! The steps of sealing one by one: what `seal` is made of, on the crate's own private modules.

use divan::{Bencher, black_box};

#[allow(dead_code, missing_docs, unreachable_pub, unused_imports, reason = "a bench uses a part")]
#[path = "../src/person.rs"]
mod person;
#[allow(dead_code, missing_docs, unreachable_pub, unused_imports, reason = "a bench uses a part")]
#[path = "../src/primitives.rs"]
mod primitives;
#[allow(dead_code, missing_docs, unreachable_pub, unused_imports, reason = "a bench uses a part")]
#[path = "../src/ratchet.rs"]
mod ratchet;

/// The modules name it as the crate's.
type Kid = [u8; 16];

fn main() {
    divan::main();
}

/// Padded plaintext of a request line's identity blob, and the AAD of a blob.
const PADDED: usize = 224;
const AAD: [u8; 77] = [7; 77];

#[divan::bench]
fn gcm(bencher: Bencher<'_, '_>) {
    let mut buffer = Vec::with_capacity(PADDED + primitives::TAG);
    bencher.bench_local(|| {
        buffer.clear();
        buffer.resize(PADDED, 3);
        primitives::gcm_seal(black_box(&[1; 32]), [2; 12], &AAD, &mut buffer, 0);
        black_box(buffer.last().copied())
    });
}

#[divan::bench]
fn gcm_of_a_wrap(bencher: Bencher<'_, '_>) {
    let mut buffer = Vec::with_capacity(32 + primitives::TAG);
    bencher.bench_local(|| {
        buffer.clear();
        buffer.resize(32, 3);
        primitives::gcm_seal(black_box(&[1; 32]), [2; 12], &AAD, &mut buffer, 0);
        black_box(buffer.last().copied())
    });
}

#[divan::bench]
fn ratchet_step(bencher: Bencher<'_, '_>) {
    let mut chain = ratchet::Ratchet::default();
    chain.start(&[0x41; 32], 1);
    let mut key = primitives::Secret::default();
    bencher.bench_local(|| chain.next(&mut key));
}

#[divan::bench]
fn commitment() -> [u8; 32] {
    ratchet::commitment(black_box(&[0x41; 32]), 1)
}

#[divan::bench]
fn base64(bencher: Bencher<'_, '_>) {
    let blob = [0x5a; 6 + PADDED + primitives::TAG];
    let mut out = Vec::with_capacity(512);
    bencher.bench_local(|| {
        out.clear();
        primitives::b64_into(&mut out, black_box(&blob));
        black_box(out.last().copied())
    });
}

#[divan::bench]
fn tags_of_a_line(bencher: Bencher<'_, '_>) {
    let tagger = person::Tagger::new();
    let (uid, email) = (Some("u-1815"), Some("ada.lovelace@example.org"));
    let ids = person::Identifiers { uid, email, name: Some("Ada Lovelace"), ..Default::default() };
    let who = person::Who::Person { ids: &ids, claimed: false };
    let owner = person::Owner { tenant: "acme", retention: 90, who };
    bencher.bench_local(|| {
        let (tag, person) = tagger.tag(black_box(&owner), 7);
        (tag, person.map(|person| tagger.known(&person)))
    });
}

#[divan::bench]
fn random_32() -> [u8; 32] {
    let mut out = [0; 32];
    primitives::random(&mut out);
    out
}
