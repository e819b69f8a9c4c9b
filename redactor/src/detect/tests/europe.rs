//! Keys and sentences in the languages of the north and east of Europe, and what only looks like them.

use super::masked;

#[test]
fn keys_in_many_languages() {
    for (text, clear) in [
        ("förnamn=Åke efternamn=Öst", "förnamn=<name> efternamn=<name>"),
        (
            r#"{"fornavn":"Kari","etternavn":"Dahl"}"#,
            r#"{"fornavn":"<name>","etternavn":"<name>"}"#,
        ),
        (r#"{"jméno":"Věra","příjmení":"Hájková"}"#, r#"{"jméno":"<name>","příjmení":"<name>"}"#),
        ("etunimi: Aino; sukunimi: Laine", "etunimi: <name>; sukunimi: <name>"),
        ("e-post=ake@x.se", "e-post=<email>"),
        (r#"{"gatuadress":"Box 9"}"#, r#"{"gatuadress":"<address>"}"#),
        ("<AdrLine>Am Anger 7</AdrLine>", "<AdrLine><address></AdrLine>"),
        (r#"{"personnummer":"19811218-9876"}"#, r#"{"personnummer":"<id>"}"#),
        (
            r#"{"firstNames":"Una","legalName":"Una Ott"}"#,
            r#"{"firstNames":"<name>","legalName":"<name>"}"#,
        ),
        ("winner=\"K. Ott\" referee=\"Una van Ott\"", "winner=\"<name>\" referee=\"<name>\""),
        ("to=Una+de+Ott&recipient=Una+de+Ott", "to=Una+de+Ott&recipient=<name>"),
        (r#"{"author":{"handle":"@ottkq"}}"#, r#"{"author":{"handle":"@<name>"}}"#),
    ] {
        assert_eq!(masked(text), clear);
    }
}

#[test]
fn the_same_words_of_things() {
    for text in [
        "winner=none coach=7 backer=lru",
        r#"{"jmeno_souboru":"zaloha.tar"}"#,
        "guardian: process restarted",
        r#"{"handle":"@media"}"#,
    ] {
        assert_eq!(masked(text), text);
    }
}
