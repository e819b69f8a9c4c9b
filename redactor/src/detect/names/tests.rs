//! Tables of names: what they are and what they only resemble.

use super::*;

#[track_caller]
fn all(kind: Option<Kind>, names: &[&str]) {
    let vocabulary = Names::new();
    for name in names {
        assert_eq!(vocabulary.kind(name), kind, "{name}");
    }
}

#[test]
fn words_for_a_session() {
    all(Some(Kind::Session), &["sess", "sid", "session", "userSession"]);
}

#[test]
fn secrets_in_every_writing() {
    all(
        Some(Kind::Secret),
        &[
            "connect.sid",
            "laravel_session",
            "password",
            "passwd",
            "pwd",
            "plainPassword",
            "user[plainPassword][first]",
            "mot_de_passe",
            "motDePasse",
            "mdp",
            "Passwort",
            "neues-kennwort",
            "token",
            "_token",
            "access_token",
            "csrfmiddlewaretoken",
            "X-CSRF-Token",
            "csrf",
            "client_secret",
            "sessionId",
            "PHPSESSID",
            "JSESSIONID",
            "api_key",
            "apiKey",
            "x-api-key",
            "APIKEY",
            "cvv",
            "cvv2",
            "card.securityCode",
            "card_number",
            "cardNumber",
            "creditCardNumber",
            "kreditkarte",
            "user%5Bpassword%5D",
            "password_confirmation",
            "new_password2",
            "refreshToken",
            "remember_me_token",
            "pin",
            "pin_code",
            "userpassword",
            "passwordConfirm",
            "numéro_carte",
            "AWS_SECRET_ACCESS_KEY",
            "db.pass",
            "passwordhash",
        ],
    );
    all(Some(Kind::Authorization), &["authorization", "Proxy-Authorization", "HTTP_AUTHORIZATION"]);
    all(Some(Kind::Cookie), &["cookie", "Set-Cookie", "HTTP_COOKIE"]);
}

#[test]
fn personal_names_in_four_languages() {
    all(
        Some(Kind::Email),
        &["email", "user_email", "e-mail", "courriel", "mailAddress", "email2", "E-Mail-Adresse"],
    );
    all(
        Some(Kind::Phone),
        &["phone", "téléphone", "mobilePhone", "cellulare", "Handynummer", "numero_de_telephone"],
    );
    all(
        Some(Kind::Name),
        &[
            "name",
            "firstName",
            "last_name",
            "nom",
            "prénom",
            "cognome",
            "Nachname",
            "customer_name",
            "user[name]",
            "username",
            "login",
            "nome_completo",
            "NomDeFamille",
            "user",
        ],
    );
    all(
        Some(Kind::Address),
        &["address", "adresse", "Straße", "indirizzo", "shippingAddress", "address1", "plz"],
    );
    all(Some(Kind::Birth), &["birthDate", "date_naissance", "data_nascita", "Geburtsdatum", "dob"]);
    all(Some(Kind::Iban), &["iban", "IBAN2", "rib", "kontonummer"]);
    all(
        Some(Kind::Identity),
        &[
            "nir",
            "codiceFiscale",
            "steuer_id",
            "passport_number",
            "user_id",
            "numéro_sécu",
            "numero_tva",
            "Personalausweisnummer",
            "codFiscale",
        ],
    );
    all(Some(Kind::Tax), &["vat", "tva", "customer_vat"]);
    all(Some(Kind::Plate), &["license_plate", "targa", "kfz-Kennzeichen", "immatriculation"]);
    all(Some(Kind::Position), &["lat", "geo", "latLng", "coordonnées"]);
    all(Some(Kind::Network), &["ip", "client_ip", "remote_addr", "X-Forwarded-For", "ipAddress"]);
}

#[test]
fn who_takes_a_part_must_look_like_a_person() {
    all(Some(Kind::Person), &["passenger", "patient", "Fahrer", "assuré", "inviter"]);
    all(Some(Kind::Login), &["author", "shipping_recipient", "driver_handle", "acct", "moderator"]);
    all(Some(Kind::Name), &["nomFamille", "prenomUsuel", "cognome_bimbo", "TargetUserName"]);
    all(Some(Kind::Nonce), &["code", "state"]);
    all(Some(Kind::Name), &["user_code"]);
    all(None, &["author_count", "customer_type", "client_version", "owner_uri", "guest_mode"]);
}

#[test]
fn resemblance_is_not_enough() {
    all(
        None,
        &[
            "tokenizer_version",
            "session_duration",
            "keyboard",
            "filename",
            "hostname",
            "file_name",
            "service.name",
            "route_name",
            "password_changed_at",
            "password_strength",
            "token_type",
            "token_expires",
            "token_count",
            "compass",
            "shipping_method",
            "microphone",
            "email_verified",
            "phone_type",
            "userAgent",
            "product[name]",
            "key",
            "sort",
            "page",
            "status",
            "paths",
            "memory_address",
            "",
            "session_start",
            "emailTemplate",
            "authored",
            "mapping",
            "renamed",
            "user_count",
            "description",
        ],
    );
}

#[test]
fn in_a_sentence_the_end_decides() {
    let names = Names::new();
    for (text, kind) in [
        ("le mot de passe", Some(Kind::Secret)),
        ("invalid password", Some(Kind::Secret)),
        ("the phone number", Some(Kind::Phone)),
        ("password for the queue", None),
        ("name of the thing", None),
    ] {
        assert_eq!(names.kind_at_end(text), kind, "{text}");
    }
}

#[test]
fn long_names_keep_their_last_words() {
    let names = Names::new();
    let long = format!("{}password", "a_".repeat(200));
    assert_eq!(names.kind(&long), Some(Kind::Secret));
    assert_eq!(names.kind(&"ÿ".repeat(300)), None);
}
