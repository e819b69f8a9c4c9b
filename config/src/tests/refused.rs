//! What is refused, and in which words: `tests-data/refused/*.toml`.
//!
//! Each file says by itself what is expected: `#! text` at the end of a line is a problem of that line.

use super::{folder, read};
use std::fs;

const MARK: &str = "#! ";

fn expected(text: &str) -> Vec<(u32, String)> {
    let lines = text.lines().zip(1..);
    lines
        .flat_map(|(line, number)| {
            line.split(MARK).skip(1).map(move |problem| (number, problem.trim().to_owned()))
        })
        .collect()
}

fn found(text: &str) -> Vec<(u32, String)> {
    let problems = read(text.as_bytes()).expect_err("the file is wrong");
    let text = |shown: String, line: u32| {
        shown.strip_prefix(&format!("greffier.toml:{line}: ")).unwrap().to_owned()
    };
    problems
        .iter()
        .map(|problem| {
            let line = problem.line.unwrap();
            (line, text(problem.to_string(), line))
        })
        .collect()
}

#[test]
fn every_file_says_what_is_wrong_with_it() {
    let mut files: Vec<_> = fs::read_dir(folder("tests-data/refused")).unwrap().collect();
    files.sort_by_key(|file| file.as_ref().unwrap().path());
    assert!(files.len() >= 30);
    for file in files {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let sorted = |mut problems: Vec<(u32, String)>| {
            problems.sort();
            problems
        };
        let (found, expected) = (sorted(found(&text)), sorted(expected(&text)));
        assert_eq!(found, expected, "{}", path.file_name().unwrap().display());
    }
}

#[test]
fn problems_come_in_the_order_of_the_file() {
    let text = "version = 1\n[spool]\nmax = 1\n[service]\nname = 2\n[retention]\naudit = 3\n";
    let lines: Vec<_> = read(text.as_bytes()).unwrap_err().iter().map(|p| p.line).collect();
    assert_eq!(lines, [Some(3), Some(5), Some(7)]);
}

#[test]
fn shown_with_file_and_line() {
    let text = b"version = 1\n\n[[source]]\ntype = \"tape\"\n";
    let problems = read(text).unwrap_err().to_string();
    assert_eq!(
        problems,
        "greffier.toml:4: [[source]] type: unknown kind of source; write one of \"file\", \"http\", \"stdin\", \"tcp\", \"unix\""
    );
}
