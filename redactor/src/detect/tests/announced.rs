//! Persons announced in sentences, named by keys that say little, or placed by the form of a line; and what only
//! looks like it.

use super::masked;

#[test]
fn a_long_password_goes_whole_and_on_a_border() {
    for password in ["é".repeat(60), "kQ".repeat(60), "pa/ssword".to_owned()] {
        for cue in ["x -u ab:", "x --user ab:"] {
            let masked = masked(&format!("{cue}{password} end"));
            assert!(masked.ends_with("<userinfo> end"), "{masked}");
        }
    }
}

#[test]
fn a_quoted_name_leaves_its_quotes_and_what_is_behind_them() {
    assert_eq!(masked("name => 'Lucas Carlier' - txn=887"), "name => '<name>' - txn=887");
    assert_eq!(masked("name='Lucas Carlier' Authorization"), "name='<name>' Authorization");
    let update = "UPDATE tenant SET firstname = ?, lastname = ? WHERE id = ?";
    assert_eq!(masked(update), update);
}

#[test]
fn what_begins_in_a_secret_and_reaches_farther_is_found_whole() {
    let text = "Cookie: theme=dark; sid=7sok6799; mobile=\\x2B33 (0)7 84 37 60 73; at noon";
    assert!(!masked(text).contains("37 60"), "{}", masked(text));
}

#[test]
fn segments_in_one_line_are_told_apart() {
    let line = "x PID|1||77^^^A||Ott^Ines||19800101|F NK1|1|Ott^Luc|FTH x";
    assert!(!masked(line).contains("Ott"), "{}", masked(line));
}

#[test]
fn a_cue_announces_a_person() {
    for (text, clear) in [
        ("Mlle Perrin est absente", "Mlle <name> est absente"),
        ("rdv avec le Dr D. Perrin lundi", "rdv avec le Dr <name> lundi"),
        ("Señora Vidal, le llamamos", "Señora <name>, le llamamos"),
        ("Hallo Sabine, hier", "Hallo <name>, hier"),
        ("je m'appelle Inès Perrin.", "je m'appelle <name>."),
        ("Viele Grüße\nSabine Ott\nVertrieb", "Viele Grüße\n<name>\nVertrieb"),
        ("Patient PERRIN Inès en salle 4", "Patient <name> en salle 4"),
        ("patient Perrin, Inès admitted", "patient <name> admitted"),
        ("escalated by Ian van der Aa to tier 2", "escalated by <name> to tier 2"),
        ("au nom de Luc d'Orval, merci", "au nom de <name>, merci"),
        (
            "Failed password for lperrin from ::1 port 4",
            "Failed password for <name> from ::1 port 4",
        ),
        ("New session 4 of user lperrin.", "New session 4 of user <name>."),
        ("sudo:  lperrin : TTY=pts/2", "sudo:  <name> : TTY=pts/2"),
        ("curl -u lperrin:s3cret! https://x.example/a", "curl -u <userinfo> https://x.example/a"),
        ("lives at 9 Elm Court 2, York. Next", "lives at <address>. Next"),
        ("joined: Ines-iPhone", "joined: <name>-iPhone"),
        ("P<FRAPERRIN<<INES<MARIE<<<<<<<<<<<<<", "P<FRA<name><<<<<<<<<<<<<"),
    ] {
        assert_eq!(masked(text), clear);
    }
}

#[test]
fn a_field_named_elsewhere_has_its_value() {
    for (text, clear) in [
        (
            "on field 'geburtsdatum', rejected value [12.03.1980]",
            "on field 'geburtsdatum', rejected value [<birthdate>]",
        ),
        (
            "surname\n  bad [input_value='Perrin', type=str]",
            "surname\n  bad [input_value='<name>', type=str]",
        ),
        (
            r#"[["last_name", "Perrin"], ["LIMIT", 1]]"#,
            r#"[["last_name", "<name>"], ["LIMIT", 1]]"#,
        ),
        (
            r#"{"path":"name.familyName","value":"Perrin"}"#,
            r#"{"path":"name.familyName","value":"<name>"}"#,
        ),
        (r#"{"surname":{"query":"Perrin"}}"#, r#"{"surname":{"query":"<name>"}}"#),
        (
            r#"<a Name="sn"><aValue>Perrin</aValue></a>"#,
            r#"<a Name="sn"><aValue><name></aValue></a>"#,
        ),
        ("- name: SMTP_PASSWORD\n  value: geheim\n", "- name: SMTP_PASSWORD\n  value: <secret>\n"),
        ("owner=Ines Perrin, size=4", "owner=<name>, size=4"),
        ("**Client** : Ines Perrin", "**Client** : <name>"),
        (r#""family":"Perrin","given":["Ines"]"#, r#""family":"<name>","given":<name>"#),
        (
            "Failing row contains (7, Perrin, 1980-03-12, t).",
            "Failing row contains (7, <value>, t).",
        ),
        ("code=Zk3v9QxT7bLm2RpW8sYd4HcN&x=1", "code=<secret>&x=1"),
        (
            "203.0.113.9 - lperrin [18/Mar/2024:11:02:51 +0100]",
            "203.0.113.0/24 - <name> [18/Mar/2024:11:02:51 +0100]",
        ),
        ("lperrin/203.0.113.9:1194 up", "<name>/203.0.113.0/24:1194 up"),
        ("(lperrin@203.0.113.9)", "(<name>@203.0.113.0/24)"),
        ("member @lperrin:chat.example.org left", "member @<name>:chat.example.org left"),
        (r#"bind dn="uid=lperrin,ou=staff""#, r#"bind dn="uid=<name>,ou=staff""#),
        ("To: =?UTF-8?Q?Ines_Perrin?= <i@x.fr>", "To: <name> <<email>>"),
        ("gate AB-123-CD open", "gate <plate> open"),
    ] {
        assert_eq!(masked(text), clear);
    }
}

#[test]
fn what_looks_like_an_announcement() {
    for text in [
        "Hello World, again",
        "Dear customer, welcome",
        "Client Error: Not Found",
        "Cache Miss Ratio 4",
        "assigned to Internet Explorer",
        "Customer Service Center",
        "owner=platform-team",
        "guest=42, client=web, author=null",
        "driver: NVIDIA Driver",
        "for user types and user roles",
        "of user accounts. next",
        "sudo: false",
        "Invalid user input",
        "docker run -u 1000:1000 -v /a:/b image",
        "'Angry-iPad/1.1 CFNetwork/672.0.8'",
        "P<Q and ID<4",
        "rejected value [42] of field 'limit'",
        "parameter page: rejected value [12.5]",
        "Started user@1000.service - User Manager",
        "serial 04:A1:7C:33:9B:5D:E2:18:6F",
        r#"{"service":{"name":"ledger"},"x":1}"#,
        "metadata:\n  name: edge-proxy\n",
        "[package]\nname = \"widget\"\n",
        r#"<xs:element name="surname" type="xs:string"/>"#,
        r#""family":"Helvetica","size":12"#,
        "code=200 state=RUNNING code=ERR_TOO_MANY_REDIRECTS",
        "sku TSH-123-XL and AB-123-CD-9",
        "203.0.113.0/24 - - [18/Mar/2024:11:02:51 +0100]",
        "git@host:org/repo and @types/node",
        r#"["page", "Perrin"]"#,
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn names_logins_and_places_in_other_writings() {
    for (text, clear) in [
        ("guest=\"Le Quer, Anja\" room=4", "guest=\"<name>\" room=4"),
        ("Prénom(s) : Xyla — x", "Prénom(s) : <name> — x"),
        ("HSET \"c:4\" \"fullname\" \"Xyla Qwert\"", "HSET \"c:4\" \"fullname\" \"<name>\""),
        ("('family_name', 'de Qwert')", "('family_name', '<name>')"),
        ("Sig.ra do Qwert (cam. 2)", "Sig.ra <name> (cam. 2)"),
        ("failed: user=<xyla_qwert>, PLAIN", "failed: user=<<name>>, PLAIN"),
        ("User <xylaqw20> IP x", "User <<name>> IP x"),
        ("New-Mapping -UserName xylaq -Force", "New-Mapping -UserName <name> -Force"),
        (
            "<Data Name=\"TargetUserName\">xylaq</Data>",
            "<Data Name=\"TargetUserName\"><name></Data>",
        ),
        ("moderator \"xyla.qwert\" for spam", "moderator \"<name>\" for spam"),
        ("a@example.org (Xyla Qwert)", "<email> (<name>)"),
        ("OTP dispositivo 783223;", "OTP dispositivo <secret>;"),
        ("license_plate ZK09+CBH", "license_plate <plate>"),
        ("device=3c=3A84=3A8e=3Ac1=3A02=3A9f", "device=<mac>"),
        ("in Karl-Liebknecht-Ring 40, Apt 4.", "in <address>."),
    ] {
        assert_eq!(masked(text), clear);
    }
    for text in [
        "user=root uid=0",
        "agent: never send it",
        "owner: system, member=42",
        "account=premium",
        "\"label\" \"Weekly Report\"",
        "('status', 'Open')",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn codes_homes_and_logins_in_sentences() {
    for (text, clear) in [
        ("Your code is 482913, do not share", "Your code is <secret>, do not share"),
        ("482 913 is your code", "<secret> is your code"),
        ("Ihr Code lautet: 4829", "Ihr Code lautet: <secret>"),
        ("Su código es 48-29", "Su código es 48-29"),
        (
            "csrf token mismatch: expected Zk3v9QxT7bLm2RpW8sYd4HcN",
            "csrf token mismatch: expected <secret>",
        ),
        ("vivo en Plaza Qwert 14, Madrid", "vivo en <address>, Madrid"),
        ("Kunde wohnt jetzt Qwertgraben 14a.", "Kunde wohnt jetzt <address>."),
        ("neue Anschrift Am Qwert 3 gemeldet", "neue Anschrift <address> gemeldet"),
        ("utilisateur sabine.qwert bloqué", "utilisateur <name> bloqué"),
        (
            "Duplicate entry 'xylq' for key 'users.uniq_username'",
            "Duplicate entry '<name>' for key 'users.uniq_username'",
        ),
        (
            "CONTEXT: unnamed portal parameter $2 = 'Qwert 9'",
            "CONTEXT: unnamed portal parameter $2 = '<value>'",
        ),
        (
            "TCP_TUNNEL/200 CONNECT x.example:443 xylqwert HIER_DIRECT/-",
            "TCP_TUNNEL/200 CONNECT x.example:443 <name> HIER_DIRECT/-",
        ),
        ("famille Qwert, cantine", "famille <name>, cantine"),
        (
            "\"birthDate\":{\"old\":null,\"new\":\"1948-03-10\"}",
            "\"birthDate\":{\"old\":null,\"new\":\"<birthdate>\"}",
        ),
        (
            "{\"question\":\"Date of birth\",\"answer\":\"10.3.1948\"}",
            "{\"question\":\"Date of birth\",\"answer\":\"<birthdate>\"}",
        ),
        (
            "{\"label\":\"First name\",\"value\":\"Xyla\"}",
            "{\"label\":\"First name\",\"value\":\"<name>\"}",
        ),
        ("{\"line1\":\"Am Qwert 3\",\"line2\":null}", "{\"line1\":\"<address>\",\"line2\":null}"),
        ("Login OK: [xylq/sesame] (from client ap", "Login OK: [<secret>] (from client ap"),
        ("Station d6a4.c9f6.8eed Associated", "Station <mac> Associated"),
    ] {
        assert_eq!(masked(text), clear);
    }
    for text in [
        "error code is 50012x, exit code is 3",
        "the code is 1234 lines long",
        "expected Zk3v9QxT7bLm2RpW8sYd4HcN in the cache",
        "csrf token mismatch: expected none, got \"\"",
        "moved to Partition 12",
        "moved to Monitoring 14",
        "Duplicate entry '42' for key 'orders.uniq_number'",
        "portal parameter $2 = '42'",
        "user level3 and user settings",
        "player joined the game",
        "sent by Apache Kafka",
        "agent=Zabbix Server",
        "\"status\":{\"old\":\"open\",\"new\":\"closed\"}",
        "{\"question\":\"Which plan?\",\"answer\":\"Basic\"}",
        "title=\"Hello Kubernetes\"",
        "versions 1234.5678.90ab.cdef",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn parts_stand_in_an_object_that_says_what_they_are() {
    for (text, clear) in [
        (
            r#"x {"name":{"first":"Qwert","last":"Ott"},"page":{"first":1,"last":9}}"#,
            r#"x {"name":{"first":"<name>","last":"<name>"},"page":{"first":1,"last":9}}"#,
        ),
        (r#"{"birthDate":{"year":1990,"x":1}}"#, r#"{"birthDate":{"year":<birthdate>,"x":1}}"#),
        (
            "passenger: {title: Ms, first: \"Qwert\", last: \"Ott\"}",
            "passenger: {title: Ms, first: \"<name>\", last: \"<name>\"}",
        ),
        ("{\"customer.last\":\"Ott\"}", "{\"customer.last\":\"<name>\"}"),
        ("utente “Ilse Qwert” x", "utente “<name>” x"),
        ("D:\\x\\Ilse Qwert\\Brief.pdf", "D:\\x\\<name>\\Brief.pdf"),
        ("name: Sun Jun, x", "name: <name>, x"),
        ("NIR 1.85.05.78.006.084.99 x", "NIR <id> x"),
        ("code wifi: Erle-Ulme", "code wifi: <secret>"),
        ("meine Nummer ist 0761 5550199.", "meine Nummer ist <phone>."),
        ("GET /entry/EX%20412%20RT/ticket", "GET /entry/<plate>/ticket"),
        ("?x=ZB+914+LE&y=1", "?x=<plate>&y=1"),
    ] {
        assert_eq!(masked(text), clear);
    }
}

#[test]
fn what_only_looks_like_a_part_stays() {
    for text in [
        "Last login: Tue Mar  3 08:11:02 2026",
        "id fc52473e-7d13-4be5-b02c-069123456789",
        "HTTP AB 404 NO, grid AB+123+CD of /x",
        "error code 5003, exit code 4711",
        "imap-login: Login: user=<name>",
        "fehlgeschlagen für Passwort vergessen",
        "version 11.19.38.40 of it",
        "300",
    ] {
        assert_eq!(masked(text), text);
    }
}
