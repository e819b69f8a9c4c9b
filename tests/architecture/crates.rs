//! Rules about which crate may depend on which, and with what feature.
//!
//! Invariant: the arrows of `docs/architecture.md`, from `record` towards the binary, never back.

use cargo_metadata::{DependencyKind, Metadata};
use std::collections::BTreeMap;

/// One direct dependency of a workspace crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edge {
    from: String,
    to: String,
    /// False for development dependencies, which never reach a binary.
    shipped: bool,
    /// Features asked for on the edge, and by features of the crate itself.
    features: Vec<String>,
}

/// What each crate may depend on, shortened by the prefix `greffier-`. Root, the binary, may use all.
const MAY_USE: [(&str, &[&str]); 9] = [
    ("record", &[]),
    ("vault", &[]),
    ("collector", &["record"]),
    ("redactor", &["record", "vault"]),
    ("spool", &["redactor", "vault"]),
    ("sinks", &["spool"]),
    ("cloudwatch", &["sinks"]),
    ("config", &["record", "collector", "redactor"]),
    ("console", &["redactor", "vault", "spool", "sinks"]),
];

/// Crates that handle sealed events only: plaintext must not even have a name there.
const SEALED_ONLY: [&str; 4] =
    ["greffier-spool", "greffier-sinks", "greffier-cloudwatch", "greffier-console"];
const PLAINTEXT: [&str; 2] = ["greffier-record", "greffier-collector"];
/// The reading side, and the binary that contains it.
const READERS: [&str; 2] = ["greffier-console", "greffier"];
const KEY_CRATES: [&str; 7] =
    ["aes-gcm", "argon2", "aws-lc-rs", "ed25519-dalek", "hkdf", "hpke", "x25519-dalek"];

/// The direct dependencies of all workspace crates.
pub(crate) fn workspace(metadata: &Metadata) -> Vec<Edge> {
    let mut edges = Vec::new();
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            let own = package.features.values().flatten();
            let asked = own.filter_map(|name| {
                let (to, feature) = name.split_once('/')?;
                (to.trim_end_matches('?') == dependency.name).then(|| feature.to_owned())
            });
            edges.push(Edge {
                from: package.name.to_string(),
                to: dependency.name.clone(),
                shipped: dependency.kind != DependencyKind::Development,
                features: dependency.features.iter().cloned().chain(asked).collect(),
            });
        }
    }
    edges
}

/// The features of the root package.
pub(crate) fn root_features(metadata: &Metadata) -> BTreeMap<String, Vec<String>> {
    let root = metadata.root_package().expect("the workspace has a root package");
    root.features.iter().map(|(name, means)| (name.clone(), means.clone())).collect()
}

/// Crates depend only on what [`MAY_USE`] names.
pub(crate) fn one_way(edges: &[Edge]) -> Vec<String> {
    let between_ours = |edge: &&Edge| edge.shipped && edge.to.starts_with("greffier");
    let allowed = |edge: &&Edge| {
        let short = |name: &str| name.trim_start_matches("greffier-").to_owned();
        edge.from == "greffier"
            || MAY_USE
                .iter()
                .any(|(from, to)| *from == short(&edge.from) && to.contains(&&*short(&edge.to)))
    };
    edges
        .iter()
        .filter(between_ours)
        .filter(|edge| !allowed(edge))
        .map(|edge| format!("{} must not depend on {}", edge.from, edge.to))
        .collect()
}

/// Crates of sealed events do not depend on plaintext, not even in their tests.
pub(crate) fn no_plaintext(edges: &[Edge]) -> Vec<String> {
    edges
        .iter()
        .filter(|edge| SEALED_ONLY.contains(&&*edge.from) && PLAINTEXT.contains(&&*edge.to))
        .map(|edge| format!("{} must not be able to name {}", edge.from, edge.to))
        .collect()
}

/// Only readers enable the vault's feature `open`.
pub(crate) fn private_keys(edges: &[Edge]) -> Vec<String> {
    edges
        .iter()
        .filter(|edge| edge.to == "greffier-vault" && edge.shipped)
        .filter(|edge| edge.features.iter().any(|feature| feature == "open"))
        .filter(|edge| !READERS.contains(&&*edge.from))
        .map(|edge| format!("{} must not enable private keys (vault/open)", edge.from))
        .collect()
}

/// Sealing, signing and passphrases are the vault's work alone.
pub(crate) fn key_cryptography(edges: &[Edge]) -> Vec<String> {
    edges
        .iter()
        .filter(|edge| edge.shipped && KEY_CRATES.contains(&&*edge.to))
        .filter(|edge| edge.from != "greffier-vault")
        .map(|edge| format!("{} must leave {} to the vault", edge.from, edge.to))
        .collect()
}

/// The AWS SDK stays in one crate, so that nobody else waits for it to build. (`aws-lc-rs` is cryptography, and
/// TLS needs it in every build.)
pub(crate) fn one_aws(edges: &[Edge]) -> Vec<String> {
    let mut crates: Vec<_> = edges
        .iter()
        .filter(|edge| edge.to.starts_with("aws-") && edge.to != "aws-lc-rs")
        .map(|edge| edge.from.clone())
        .collect();
    crates.sort();
    crates.dedup();
    if crates.len() > 1 {
        vec![format!("more than one crate uses aws-*: {crates:?}")]
    } else {
        vec![]
    }
}

/// What `cargo tree --format {p}|{f}` of the writer-only build must not contain.
pub(crate) fn writer_only(tree: &str) -> Vec<String> {
    let mut violations = Vec::new();
    for line in tree.lines() {
        let (package, features) = line.split_once('|').unwrap_or((line, ""));
        match package.split(' ').next() {
            Some("greffier-console") => violations.push("the writer contains the console".into()),
            Some("greffier-vault") if features.split(',').any(|feature| feature == "open") => {
                violations.push("the writer contains private-key code (vault/open)".into());
            }
            _ => {}
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str) -> Edge {
        Edge { from: from.into(), to: to.into(), shipped: true, features: Vec::new() }
    }

    #[test]
    fn a_back_edge_and_an_unknown_crate_are_seen() {
        assert_eq!(one_way(&[edge("greffier-redactor", "greffier-record")]), [""; 0]);
        assert_eq!(one_way(&[edge("greffier", "greffier-console")]), [""; 0]);
        assert_eq!(one_way(&[edge("greffier-vault", "serde")]), [""; 0]);
        assert_eq!(
            one_way(&[
                edge("greffier-record", "greffier-redactor"),
                edge("greffier-new", "greffier-spool")
            ]),
            [
                "greffier-record must not depend on greffier-redactor",
                "greffier-new must not depend on greffier-spool"
            ]
        );
        assert_eq!(one_way(&[edge("greffier-sinks", "greffier")]).len(), 1);
    }

    #[test]
    fn plaintext_in_a_sink_is_seen_even_in_its_tests() {
        let for_tests = Edge { shipped: false, ..edge("greffier-sinks", "greffier-record") };
        assert_eq!(no_plaintext(&[for_tests]).len(), 1);
        assert_eq!(no_plaintext(&[edge("greffier-console", "greffier-collector")]).len(), 1);
        assert_eq!(no_plaintext(&[edge("greffier-redactor", "greffier-record")]), [""; 0]);
    }

    #[test]
    fn a_writer_that_enables_private_keys_is_seen() {
        let open = |from: &str, shipped| Edge {
            shipped,
            features: vec!["open".into()],
            ..edge(from, "greffier-vault")
        };
        assert_eq!(private_keys(&[open("greffier-redactor", true)]).len(), 1);
        assert_eq!(private_keys(&[open("greffier-redactor", false)]), [""; 0]);
        assert_eq!(private_keys(&[open("greffier-console", true)]), [""; 0]);
    }

    #[test]
    fn key_cryptography_outside_the_vault_is_seen() {
        assert_eq!(key_cryptography(&[edge("greffier-vault", "hpke")]), [""; 0]);
        assert_eq!(key_cryptography(&[edge("greffier-console", "ed25519-dalek")]).len(), 1);
    }

    #[test]
    fn a_second_aws_crate_is_seen() {
        let one = edge("greffier-cloudwatch", "aws-config");
        let same = edge("greffier-cloudwatch", "aws-sdk-cloudwatchlogs");
        assert_eq!(one_aws(&[one.clone(), same]), [""; 0]);
        assert_eq!(one_aws(&[one, edge("greffier-vault", "aws-sdk-kms")]).len(), 1);
    }

    #[test]
    fn a_writer_that_can_read_is_seen() {
        let writer = "greffier v0.1.0 (/g)|\ngreffier-vault v0.1.0 (/g/vault)|\ntokio v1|open\n";
        assert_eq!(writer_only(writer), [""; 0]);
        assert_eq!(writer_only("greffier-vault v0.1.0 (/g/vault)|default,open").len(), 1);
        assert_eq!(writer_only("greffier-console v0.1.0 (/g/console)|").len(), 1);
    }
}
