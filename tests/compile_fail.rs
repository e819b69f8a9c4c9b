//! Wrong code does not compile, and here is the proof.
//!
//! Each file in `tests/compile_fail/` breaks one promise of the types; the `.stderr` beside it is what the
//! pinned compiler answers. After a change of the compiler or of a type's private parts run
//! `TRYBUILD=overwrite cargo test --test greffier compile_fail` and read the difference.

use greffier_record::{Body, Broken, Fault, Format, Hot, HotBuf, Identity, Origin, Raw, Value};
use greffier_redactor::{Sealed, SealedBatch};
use greffier_spool::{Lease, SpooledEvent};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Display;
use std::ops::{Deref, DerefMut};

// Plaintext cannot be printed, read as text, written out, compared (a failed `assert_eq!` prints) or ordered.
lacks!(Hot<'static>: Display, Serialize, Deref, AsRef<str>, Into<String>, PartialEq, PartialOrd);
lacks!(HotBuf: Display, Serialize, Deref, AsRef<[u8]>, Into<Vec<u8>>, PartialEq, std::io::Read);
lacks!(Value<'static>: Display, Serialize, PartialEq, Into<String>);
lacks!(Identity<'static>: Display, Serialize, PartialEq);
lacks!(Raw<'static>: Display, Serialize, PartialEq, Clone, Into<SealedBatch>);

// A batch comes from nothing but the gate, and is final: no copy with other bytes, no way to write to it.
lacks!(SealedBatch: From<Vec<u8>>, From<Raw<'static>>, From<&'static str>, DeserializeOwned);
lacks!(SealedBatch: FromIterator<Sealed<'static>>, Extend<Sealed<'static>>, std::io::Write);
lacks!(SealedBatch: DerefMut, AsMut<[u8]>, Clone);

// What a sink gets comes from a spool, and a spool takes nothing but batches.
lacks!(SpooledEvent: From<Vec<u8>>, From<Raw<'static>>, From<&'static str>, DeserializeOwned);
lacks!(Lease: From<Vec<SpooledEvent>>, Clone, DerefMut);

#[test]
fn compile_fail() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

/// What compiles must still not talk: `Debug` of a whole record shows lengths only.
#[test]
fn debug_of_a_record_shows_no_text() {
    let origin = Origin {
        source: 0,
        name: "php".into(),
        format: Format::Monolog,
        connection: 0,
        join: None,
    };
    let line = Hot::new("PLANTED by ada@example.org");
    let body = Body::Broken(Broken { fault: Fault::Json, line, cut: 0 });
    let shown = format!("{:#?}", Raw { origin: &origin, observed: 0, body });
    assert!(shown.contains("[hot 26 B]"), "the record is there");
    assert!(!shown.contains("PLANTED") && !shown.contains("ada@"), "its text is not");
}
