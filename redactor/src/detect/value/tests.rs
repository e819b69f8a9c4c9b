//! Tables: pairs in every form, and what of them is the value.

use super::super::keyed;
use super::super::names::Names;
use super::*;

/// Values of all keyed slots of `text`, at every place a slot may begin.
fn values(text: &str) -> Vec<&str> {
    let (names, view) = (Names::new(), Text::new(text));
    let slot = |at: usize| match view.at(at) {
        b'=' | b':' => keyed::after_separator(view, at, &names),
        b'>' => keyed::after_tag(view, at, &names),
        b';' => keyed::after_serialized_key(view, at, &names),
        b'"' | b'\'' => keyed::after_space(view, at, &names),
        _ => None,
    };
    let ranges = (0..text.len()).filter_map(slot).map(|slot| value(view, slot));
    ranges
        .filter(|range| keyed::is_value(view, range, Kind::Name))
        .map(|range| &text[range])
        .collect()
}

#[test]
fn secrets_in_every_container() {
    for (text, secret) in [
        ("/x?page=2&password=hunter2&y=1", "hunter2"),
        ("user[password]=hun;ter,2)&y=1", "hun;ter,2)"),
        (r#"{"password": "hun\"ter2", "x":1}"#, r#"hun\"ter2"#),
        (r#"{\"password\":\"hunter2\",\"x\":1}"#, "hunter2"),
        (r#"{"password":["a",{"b":"]"}],"x":1}"#, r#"["a",{"b":"]"}]"#),
        (r#"{"pin": 1234, "x": 1}"#, "1234"),
        ("<password>hunter2</password>", "hunter2"),
        ("<ns:Password type=\"x\">hunter2</ns:Password>", "hunter2"),
        ("<pwd><![CDATA[a<b]]></pwd>", "a<b"),
        ("<input name=\"password\" value=\"hunter2\">", "hunter2"),
        ("PHPSESSID=abc123; lang=fr", "abc123"),
        ("/login;jsessionid=abc?x=1", "abc"),
        ("'password' => 'hunter2',", "hunter2"),
        ("slow query passport_number => '917244847' took", "917244847"),
        ("slow query birthPlace => 'Lyon' took", "Lyon"),
        ("[password] => my long secret\n[x] => 1", "my long secret"),
        ("[\"password\"]=>\n  string(7) \"hunter2\"", "hunter2"),
        ("s:8:\"password\";s:7:\"hunter2\";", "hunter2"),
        ("login failed, password: hunter2 rejected", "hunter2"),
        ("le mot de passe: hunter2", "hunter2"),
        ("password = hunter2", "hunter2"),
        ("password:=hunter2", "hunter2"),
        ("password \"hunter2\" rejected", "hunter2"),
        ("GET '/x?token=ab'c' done", "ab'c"),
        ("Authorization: Basic abc=", "Basic abc="),
        ("curl -H 'Authorization: Bearer abc' x", "Bearer abc"),
        ("Cookie: theme=dark; sid=abc; lang=fr ok", "theme=dark; sid=abc; lang=fr"),
        ("name=\"password\"\r\n\r\nhunter two\r\n--x", "hunter two"),
        ("password=\"unclosed and more", "unclosed and more"),
    ] {
        assert_eq!(values(text)[0], secret, "{text}");
    }
}

#[test]
fn personal_values_in_every_container() {
    for (text, value) in [
        ("?name=Jean+Dupont&page=1", "Jean+Dupont"),
        (r#"{"lastName":"Dupont","x":1}"#, "Dupont"),
        ("name: Jean de la Tour, age 3", "Jean de la Tour"),
        ("nom=Dupont logged in", "Dupont"),
        ("name='d'Alice'", "d'Alice"),
        ("phone=06 12 34 56 78 rejected", "06 12 34 56 78"),
        ("kennzeichen: M-AB 1234 rejected", "M-AB 1234"),
        ("plate \"AB12 CDE\" rejected", "AB12 CDE"),
        ("license_plate \"AB12 CDE\" rejected", "AB12 CDE"),
        ("address: 12 rue de la Paix, 75002 Paris | x", "12 rue de la Paix, 75002 Paris"),
        ("address=12 rue X status=200", "12 rue X"),
        ("address: 12 rue X, status: 200", "12 rue X"),
        ("<zone>x</zone><street>Am Markt 1</street>", "Am Markt 1"),
        (r#""emails":["a","b"]"#, r#"["a","b"]"#),
    ] {
        assert_eq!(values(text).first().copied().unwrap_or(""), value, "{text}");
    }
}

#[test]
fn nothing_is_no_value() {
    for text in [
        "password=",
        "password=null",
        "\"token\": false",
        "password: ********",
        "password=<secret>",
        "<email><email></email>",
        "a <secret> b",
        "password reset requested",
        "session expired",
        "password == x",
        "password::x",
        "user.name is fine",
        "{\"name\":{\"x\":1}}",
        "https://x.fr/password",
        "login page",
    ] {
        assert_eq!(values(text), [""; 0], "{text}");
    }
}
