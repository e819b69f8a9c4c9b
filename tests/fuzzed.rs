//! The fuzz targets over their seeds, on the stable compiler: what once broke one stays mended.
//!
//! `cargo fuzz` and what it finds: `CONTRIBUTING.md`.

#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "public where they are a crate of their own")]
mod targets;

use std::path::Path;

#[test]
fn every_seed_holds() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for (name, target) in targets::TARGETS {
        let folder = std::fs::read_dir(seeds.join(name)).expect("each target has seeds");
        let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        assert!(!files.is_empty(), "{name}");
        files.sort();
        for file in files {
            println!("{}", file.display()); // shown if the target panics
            target(&std::fs::read(&file).unwrap());
        }
    }
}
