//! Pages that are pointed to must be there: every `docs/….md` named anywhere, and every link of a page.
//!
//! Invariant: a page is looked for where a reader would look: from the root when code names it, from the
//! page itself when a page links it.

use std::path::{Path, PathBuf};

/// Words like `docs/x.md` that name no file. `exists` is asked with a path relative to the root.
pub(crate) fn named(file: &Path, text: &str, exists: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut violations = Vec::new();
    for (at, _) in text.match_indices("docs/") {
        let is_path = |c: char| c.is_ascii_alphanumeric() || "/_.-".contains(c);
        let end = text[at..].find(|c| !is_path(c)).map_or(text.len(), |length| at + length);
        let page = text[at..end].trim_end_matches('.');
        if page.ends_with(".md") && !exists(Path::new(page)) {
            let line = text[..at].lines().count().max(1);
            violations.push(format!("{}:{line}: there is no {page}", file.display()));
        }
    }
    violations
}

/// Links of a Markdown page, `](x.md)` or `](x.md#part)`, that lead nowhere; other sites are not asked.
pub(crate) fn linked(page: &Path, text: &str, exists: impl Fn(&Path) -> bool) -> Vec<String> {
    let here = page.parent().unwrap_or(Path::new(""));
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    let own = targets.filter(|target| !target.is_empty() && !target.contains("://"));
    own.filter(|target| !exists(&plain(&here.join(target))))
        .map(|target| format!("{}: the link to {target} leads nowhere", page.display()))
        .collect()
}

/// `a/../b` is `b`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path {
        if part == ".." {
            plain.pop();
        } else {
            plain.push(part);
        }
    }
    plain
}

#[test]
fn a_page_that_is_not_there_is_reported() {
    let exists = |page: &Path| page == Path::new("docs/formats/seal.md");
    let text = "//! See `docs/formats/seal.md`.\n//! And `docs/formats/gone.md`, \"Blob\".\n";
    assert_eq!(
        named(Path::new("a.rs"), text, exists),
        ["a.rs:2: there is no docs/formats/gone.md"]
    );
    let text = "[a](formats/seal.md) [b](../docs/formats/seal.md#blob) [c](seal.md) [d](https://x.org/y.md)";
    let found = linked(Path::new("docs/a.md"), text, exists);
    assert_eq!(found, ["docs/a.md: the link to seal.md leads nowhere"]);
}
