//! The architecture, as tests: what `docs/architecture.md` promises about crates and sources.
//!
//! Invariant: a rule is a function from data to violations. Here it meets the real workspace; beside each
//! rule a unit test feeds it a violation, so a guard that no longer sees anything fails too.

mod crates;
mod pages;
mod source;

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};
use source::SourceFile;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .no_deps()
        .other_options(["--offline".to_owned(), "--locked".to_owned()])
        .exec()
        .expect("cargo metadata works in a workspace that just compiled")
}

/// Every Rust file of the workspace's packages, with paths relative to the root.
fn sources() -> Vec<SourceFile> {
    let mut files = Vec::new();
    for package in metadata().workspace_packages() {
        let folder = package.manifest_path.parent().expect("a manifest lies in a folder");
        for part in ["src", "tests", "benches", "examples", "build.rs"] {
            collect(&folder.join(part).into_std_path_buf(), &mut files);
        }
    }
    files.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("sources are readable UTF-8");
        let path = path.strip_prefix(root()).expect("sources lie below the root").to_path_buf();
        SourceFile::parse(path, &text)
    };
    let mut files: Vec<_> = files.into_iter().map(read).collect();
    source::gate_modules(&mut files);
    files
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("a source folder is readable") {
            collect(&entry.expect("a source folder is readable").path(), files);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") && path.is_file() {
        files.push(path.to_path_buf());
    }
}

#[track_caller]
fn none(violations: Vec<String>) {
    assert!(violations.is_empty(), "\n  {}\n", violations.join("\n  "));
}

#[test]
fn crates_depend_one_way() {
    none(crates::one_way(&crates::workspace(&metadata())));
}

#[test]
fn sinks_spool_and_console_cannot_name_plaintext() {
    none(crates::no_plaintext(&crates::workspace(&metadata())));
}

#[test]
fn only_the_reading_side_enables_private_keys() {
    none(crates::private_keys(&crates::workspace(&metadata())));
}

#[test]
fn only_the_vault_holds_cryptography_of_keys() {
    none(crates::key_cryptography(&crates::workspace(&metadata())));
}

#[test]
fn at_most_one_crate_talks_to_aws() {
    none(crates::one_aws(&crates::workspace(&metadata())));
}

/// The sidecar image is built with `--no-default-features`: no console, no private-key code.
#[test]
fn the_writer_only_build_cannot_read() {
    let features = crates::root_features(&metadata());
    if !features.contains_key("console") {
        return; // The split is not there yet; the rule above still limits who may enable "open".
    }
    let tree = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--offline", "--locked", "--package", "greffier", "--no-default-features"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}|{f}"])
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    none(crates::writer_only(&String::from_utf8_lossy(&tree.stdout)));
}

#[test]
fn there_are_sources_to_look_at() {
    let files = sources();
    assert!(
        files.len() > 20,
        "only {} files found: the guards below would see nothing",
        files.len()
    );
    assert!(files.iter().any(|file| file.path.ends_with("redactor/src/sealed.rs")));
}

#[test]
fn the_redactor_does_not_reexport_plaintext() {
    none(sources().iter().flat_map(source::no_plaintext_reexport).collect());
}

#[test]
fn private_keys_exist_only_where_they_may_be_read() {
    none(sources().iter().flat_map(source::private_keys_are_gated).collect());
}

#[test]
fn a_sealed_batch_is_final() {
    none(sources().iter().flat_map(source::sealed_is_final).collect());
}

#[test]
fn every_file_says_what_it_is_for() {
    none(sources().iter().flat_map(source::opens_with_doc).collect());
}

#[test]
fn no_file_is_longer_than_600_lines() {
    none(sources().iter().flat_map(source::not_too_long).collect());
}

#[test]
fn there_is_no_unsafe_code() {
    none(sources().iter().flat_map(source::no_unsafe).collect());
}

#[test]
fn nothing_unwraps_outside_tests() {
    none(sources().iter().flat_map(source::no_unwrap).collect());
}

#[test]
fn tasks_start_in_one_place() {
    none(sources().iter().flat_map(source::no_spawn).collect());
}

#[test]
fn the_clock_is_read_in_one_place() {
    none(sources().iter().flat_map(source::no_clock).collect());
}

/// Every file of ours that may name a page: code, configuration, scripts, pages.
fn texts() -> Vec<(PathBuf, String)> {
    let listed = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "*.rs", "*.md", "*.toml", "*.py"])
        .output();
    let listed = listed.ok().filter(|listed| listed.status.success());
    let paths: Vec<PathBuf> = match listed {
        Some(listed) => {
            String::from_utf8_lossy(&listed.stdout).lines().map(PathBuf::from).collect()
        }
        None => sources().into_iter().map(|file| file.path).collect(), // an unpacked archive: no git
    };
    let read =
        |path: PathBuf| Some((path.clone(), std::fs::read_to_string(root().join(path)).ok()?));
    let own = |path: &PathBuf| !path.ends_with("tests/architecture/pages.rs");
    paths.into_iter().filter(own).filter_map(read).collect()
}

#[test]
fn every_page_that_is_named_exists() {
    let exists = |page: &Path| root().join(page).exists();
    let texts = texts();
    assert!(texts.len() > 20, "only {} files found", texts.len());
    none(texts.iter().flat_map(|(path, text)| pages::named(path, text, exists)).collect());
    let pages = texts.iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "md"));
    none(pages.flat_map(|(path, text)| pages::linked(path, text, exists)).collect());
}
