//! Rules about source text, on tokens: comments and strings never trip them, macros never hide from them.
//!
//! Invariant: code that exists only under `cfg(test)` is marked as such, wherever it lies.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One Rust file, as tokens.
pub(crate) struct SourceFile {
    /// Relative to the workspace's root.
    pub(crate) path: PathBuf,
    first_line: String,
    lines: usize,
    tokens: Vec<Token>,
}

struct Token {
    text: String,
    line: usize,
    gate: Gate,
}

/// Under which conditions code exists.
#[derive(Debug, Clone, Copy, Default)]
struct Gate {
    /// Only in tests.
    test: bool,
    /// Only with the vault's feature `open`.
    open: bool,
}

impl Gate {
    const fn and(self, inner: Self) -> Self {
        Self { test: self.test || inner.test, open: self.open || inner.open }
    }
}

impl SourceFile {
    /// Reads `text` as the file at `path`.
    pub(crate) fn parse(path: PathBuf, text: &str) -> Self {
        let stream = TokenStream::from_str(text).expect("a file that was just compiled tokenises");
        let mut tokens = Vec::new();
        let gate = Gate { test: is_test_file(&path), open: false };
        flatten(stream, gate, &mut tokens);
        let first_line = text.lines().next().unwrap_or_default().to_owned();
        Self { path, first_line, lines: text.lines().count(), tokens }
    }

    /// Lines where `words` stand next to each other in code that ships.
    fn shipped(&self, words: &[&str]) -> Vec<String> {
        self.find(words, |token| !token.gate.test)
    }

    fn find(&self, words: &[&str], counts: impl Fn(&Token) -> bool) -> Vec<String> {
        let same =
            |window: &[Token]| window.iter().zip(words).all(|(token, word)| token.text == *word);
        self.tokens
            .windows(words.len())
            .filter(|window| counts(&window[0]) && same(window))
            .map(|window| format!("{}:{}: {}", self.path.display(), window[0].line, words.concat()))
            .collect()
    }

    /// Modules in files of their own that exist only under a condition, as paths without `.rs`.
    fn gated_modules(&self) -> Vec<(PathBuf, Gate)> {
        let whole = ["lib.rs", "main.rs", "mod.rs"].iter().any(|name| self.path.ends_with(name));
        let parent =
            if whole { self.path.with_file_name("") } else { self.path.with_extension("") };
        self.tokens
            .windows(3)
            .filter(|item| item[0].text == "mod" && item[2].text == ";")
            .filter(|item| item[0].gate.test || item[0].gate.open)
            .map(|item| (parent.join(&item[1].text), item[0].gate))
            .collect()
    }

    fn is(&self, path: &str) -> bool {
        self.path == Path::new(path)
    }
}

/// Carries the gate of `#[cfg(…)] mod name;` over to the files of that module.
pub(crate) fn gate_modules(files: &mut [SourceFile]) {
    let gated: Vec<_> = files.iter().flat_map(SourceFile::gated_modules).collect();
    for file in files {
        for (module, gate) in &gated {
            if file.path.with_extension("").starts_with(module) {
                file.tokens.iter_mut().for_each(|token| token.gate = token.gate.and(*gate));
            }
        }
    }
}

/// Test code by convention: a crate's `tests` folder, and `tests.rs` or `tests/` beside the code.
fn is_test_file(path: &Path) -> bool {
    path.iter().any(|part| part == "tests" || part == "tests.rs" || part == "benches")
}

/// Tokens in reading order, groups opened up; items under `#[cfg(…)]` are marked to their end.
fn flatten(stream: TokenStream, outer: Gate, out: &mut Vec<Token>) {
    let mut item = Gate::default();
    let mut after_hash = false;
    for tree in stream {
        let line = tree.span().start().line;
        let gate = outer.and(item);
        let mut push = |text: &str, line| out.push(Token { text: text.to_owned(), line, gate });
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                if after_hash {
                    item = item.and(gate_of(&group.stream()));
                }
                push(open, line);
                flatten(group.stream(), gate, out);
                out.push(Token { text: close.into(), line: group.span_close().start().line, gate });
                if group.delimiter() == Delimiter::Brace {
                    item = Gate::default();
                }
                after_hash = false;
            }
            TokenTree::Punct(punct) => {
                push(&punct.to_string(), line);
                after_hash = punct.as_char() == '#' || after_hash && punct.as_char() == '!';
                if punct.as_char() == ';' {
                    item = Gate::default();
                }
            }
            TokenTree::Ident(ident) => push(&ident.to_string(), line),
            TokenTree::Literal(literal) => push(&literal.to_string(), line),
        }
    }
}

const fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

/// What the inside of `#[…]` asks for. `not(…)` asks for nothing; `any(…)` with `test` counts as a test.
fn gate_of(attribute: &TokenStream) -> Gate {
    let mut tokens = Vec::new();
    flatten(attribute.clone(), Gate::default(), &mut tokens);
    let has = |word: &str| tokens.iter().any(|token| token.text == word);
    match tokens.first().map(|token| token.text.as_str()) {
        Some("cfg") if !has("not") => Gate { test: has("test"), open: has("\"open\"") },
        Some("test" | "tokio") => Gate { test: has("test"), open: false },
        _ => Gate::default(),
    }
}

/// A crate that is handed `redactor` must not get the plaintext crates with it.
pub(crate) fn no_plaintext_reexport(file: &SourceFile) -> Vec<String> {
    if !file.path.starts_with("redactor/src") {
        return Vec::new();
    }
    let mut violations = Vec::new();
    for start in 0..file.tokens.len() {
        let item = &file.tokens[start..];
        let end = item.iter().position(|token| token.text == ";").unwrap_or(item.len());
        let opens =
            |words: &[&str]| words.iter().zip(item).all(|(word, token)| token.text == *word);
        let public = ["use", "extern", "type"].iter().any(|kind| opens(&["pub", kind]));
        let names = |token: &Token| {
            ["greffier_record", "greffier_collector"].contains(&token.text.as_str())
        };
        if public && item[..end].iter().any(names) {
            violations.push(format!("{}:{}: re-export", file.path.display(), item[0].line));
        }
    }
    violations
}

/// Code that could open what was sealed exists only with the vault's feature `open`.
pub(crate) fn private_keys_are_gated(file: &SourceFile) -> Vec<String> {
    const WORDS: [&str; 5] = ["SigningKey", "PrivateKey", "setup_receiver", "decap", "Argon2"];
    if !file.path.starts_with("vault/src") {
        return Vec::new();
    }
    let always = |token: &Token| !token.gate.open && !token.gate.test;
    WORDS.iter().flat_map(|word| file.find(&[word], always)).collect()
}

/// Outside the redactor a sealed batch can only be looked at: its public methods all take `&self`.
pub(crate) fn sealed_is_final(file: &SourceFile) -> Vec<String> {
    if !file.is("redactor/src/sealed.rs") {
        return Vec::new();
    }
    let looks = |item: &[Token]| {
        let rest = item.iter().skip_while(|token| token.text != "(").skip(1);
        rest.map(|token| token.text.as_str()).take(2).eq(["&", "self"])
    };
    (0..file.tokens.len())
        .map(|start| &file.tokens[start..])
        .filter(|item| item[0].text == "pub" && item.get(1).is_some_and(|next| next.text != "("))
        .filter(|item| item.iter().take(3).any(|token| token.text == "fn") && !looks(item))
        .map(|item| format!("{}:{}: makes or changes", file.path.display(), item[0].line))
        .collect()
}

/// The first line is a module comment.
pub(crate) fn opens_with_doc(file: &SourceFile) -> Vec<String> {
    if file.first_line.starts_with("//! ") {
        return Vec::new();
    }
    vec![format!("{}: does not open with `//!`: what it is for", file.path.display())]
}

/// At most 600 lines.
pub(crate) fn not_too_long(file: &SourceFile) -> Vec<String> {
    if file.lines <= 600 {
        return Vec::new();
    }
    vec![format!("{}: {} lines, at most 600", file.path.display(), file.lines)]
}

/// No `unsafe`, in tests neither.
pub(crate) fn no_unsafe(file: &SourceFile) -> Vec<String> {
    file.find(&["unsafe"], |_| true)
}

/// No `.unwrap()`; `expect` says why it cannot fail.
pub(crate) fn no_unwrap(file: &SourceFile) -> Vec<String> {
    file.shipped(&[".", "unwrap", "(", ")"])
}

/// Tasks start in `src/tasks.rs`, so that the drain knows all of them.
pub(crate) fn no_spawn(file: &SourceFile) -> Vec<String> {
    if file.is("src/tasks.rs") {
        return Vec::new();
    }
    [
        &["tokio", ":", ":", "spawn"][..],
        &["task", ":", ":", "spawn"],
        &["task", ":", ":", "spawn_local"],
        &["JoinSet"],
    ]
    .into_iter()
    .flat_map(|words| file.shipped(words))
    .collect()
}

/// The system clock is read in `record/src/clock.rs`; everybody else is told the time.
pub(crate) fn no_clock(file: &SourceFile) -> Vec<String> {
    if file.is("record/src/clock.rs") {
        return Vec::new();
    }
    ["SystemTime", "Utc", "Local"]
        .into_iter()
        .flat_map(|clock| file.shipped(&[clock, ":", ":", "now"]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile::parse(path.into(), text)
    }

    #[test]
    fn unwrap_is_seen_in_code_and_not_in_tests_comments_or_strings() {
        let text =
            "//! a\nfn f() {\n    g().unwrap();\n}\nmacro_rules! m { () => { g().unwrap() } }\n";
        assert_eq!(
            no_unwrap(&file("a/src/a.rs", text)),
            ["a/src/a.rs:3: .unwrap()", "a/src/a.rs:5: .unwrap()"]
        );
        let fine = "//! .unwrap()\nfn f() -> &str { \".unwrap()\" }\n#[cfg(test)]\nmod tests { fn f() { g().unwrap() } }\n";
        assert_eq!(no_unwrap(&file("a/src/a.rs", fine)), [""; 0]);
        assert_eq!(no_unwrap(&file("a/src/a/tests.rs", text)), [""; 0]);
    }

    #[test]
    fn the_end_of_a_gated_item_is_the_end_of_the_exception() {
        let after = "#[cfg(test)]\nuse a::b;\nfn f() { g().unwrap() }\n#[cfg(test)] fn t() {}\nfn h() { g().unwrap() }";
        assert_eq!(no_unwrap(&file("a/src/a.rs", after)).len(), 2);
        let turned = "#[cfg(not(test))]\nfn f() { g().unwrap() }\n#[doc = \"test\"]\nfn h() { g().unwrap() }";
        assert_eq!(no_unwrap(&file("a/src/a.rs", turned)).len(), 2);
        let any = "#[cfg(any(test, feature = \"testing\"))]\npub mod t { fn f() { g().unwrap() } }";
        assert_eq!(no_unwrap(&file("a/src/a.rs", any)), [""; 0]);
    }

    #[test]
    fn unsafe_is_seen_in_tests_too() {
        let text = "//! unsafe\n#[cfg(test)]\nmod tests { fn f() { unsafe { g() } } }";
        assert_eq!(no_unsafe(&file("a/src/a.rs", text)), ["a/src/a.rs:3: unsafe"]);
        assert_eq!(no_unsafe(&file("a/src/a.rs", "//! a\n#![forbid(unsafe_code)]")), [""; 0]);
    }

    #[test]
    fn tasks_started_elsewhere_are_seen() {
        let text =
            "fn f() { tokio::spawn(g()); tokio::task::spawn(g()); task::spawn_blocking(h); }";
        assert_eq!(no_spawn(&file("spool/src/lib.rs", text)).len(), 2);
        assert_eq!(no_spawn(&file("src/pump.rs", "use tokio::task::JoinSet;")).len(), 1);
        assert_eq!(no_spawn(&file("src/tasks.rs", text)), [""; 0]);
    }

    #[test]
    fn a_second_clock_is_seen() {
        let text = "fn f() { std::time::SystemTime::now(); Utc::now(); Instant::now(); }";
        assert_eq!(no_clock(&file("spool/src/lib.rs", text)).len(), 2);
        assert_eq!(no_clock(&file("record/src/clock.rs", text)), [""; 0]);
    }

    #[test]
    fn a_reexport_of_plaintext_is_seen() {
        let seen = |text| no_plaintext_reexport(&file("redactor/src/lib.rs", text)).len();
        assert_eq!(seen("pub use greffier_record::Raw;"), 1);
        assert_eq!(seen("pub use {id::RecordId, greffier_record as record};"), 1);
        assert_eq!(seen("pub extern crate greffier_record;"), 1);
        assert_eq!(seen("pub type Line<'a> = greffier_record::Raw<'a>;"), 1);
        assert_eq!(
            seen("pub use id::RecordId; use greffier_record::Raw; pub fn f(raw: &Raw<'_>) {}"),
            0
        );
        assert_eq!(
            no_plaintext_reexport(&file("collector/src/lib.rs", "pub use greffier_record::Raw;")),
            [""; 0]
        );
    }

    #[test]
    fn a_way_to_make_or_change_a_batch_is_seen() {
        let seen = |text| sealed_is_final(&file("redactor/src/sealed.rs", text)).len();
        assert_eq!(
            seen("impl S { pub fn len(&self) -> usize { 0 } pub(crate) fn b(&mut self) {} }"),
            0
        );
        assert_eq!(seen("impl S { pub fn buffer(&mut self) -> &mut Vec<u8> {} }"), 1);
        assert_eq!(seen("impl S { pub const fn new(bytes: Vec<u8>) -> Self {} }"), 1);
        assert_eq!(seen("pub struct S { bytes: Vec<u8> } fn f() {}"), 0);
    }

    #[test]
    fn private_key_code_in_every_build_is_seen() {
        let lib =
            "#[cfg(feature = \"open\")]\nmod custody;\nmod writer;\n#[cfg(test)] mod vectors;";
        let code = "use ed25519_dalek::SigningKey; fn f() { g().unwrap() }";
        let gated = "#[cfg(feature = \"open\")] fn f(key: SigningKey) {}";
        let seen = |path, text| {
            let mut files = [file("vault/src/lib.rs", lib), file(path, text)];
            gate_modules(&mut files);
            (private_keys_are_gated(&files[1]).len(), no_unwrap(&files[1]).len())
        };
        assert_eq!(seen("vault/src/writer.rs", code), (1, 1));
        assert_eq!(seen("vault/src/writer.rs", gated), (0, 0));
        assert_eq!(seen("vault/src/custody.rs", code), (0, 1));
        assert_eq!(seen("vault/src/custody/file.rs", code), (0, 1));
        assert_eq!(seen("vault/src/vectors.rs", code), (0, 0));
    }

    #[test]
    fn a_file_without_a_purpose_or_an_end_is_seen() {
        assert_eq!(opens_with_doc(&file("a/src/a.rs", "use b;\n//! late")).len(), 1);
        assert_eq!(opens_with_doc(&file("a/src/a.rs", "//! What it is.\n")), [""; 0]);
        assert_eq!(not_too_long(&file("a/src/a.rs", &"\n".repeat(601))).len(), 1);
        assert_eq!(not_too_long(&file("a/src/a.rs", &"\n".repeat(600))), [""; 0]);
    }
}
