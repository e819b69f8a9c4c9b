//! What the bare word `name` names: a product, a container, a queue, rather than a person.
//!
//! Invariant: a value with a given name in it is never a thing; without one it is let go only for its own form, or for
//! the word around it or the keys beside it that persons have not. Place on the path: asked by `keyed` for the value
//! of a bare `name`, and by `form` and `person` for the words of a value.

use super::given::is_given;
use super::keyed::Slot;
use super::names::{Kind, Names, THINGS};
use super::text::{Text, is_word};
use super::value::value;
use super::wordlist::WordList;
use crate::vocabulary;

/// Names of fields that say no more than that it is a name.
pub(super) static BARE: WordList<16> = WordList::new("name nom nome nombre naam");

/// What has a name, and is neither a person nor called like one unless a given name is in it.
pub(super) static GOODS: WordList<512> = WordList::new(
    "abbonamento abonnement abono airline airport aisle alarm album alert allergen allergy angebot app application \
    appname arena article articles artikel attraction bank board bounce_classification boutique brand breed buckets \
    build building builds bundle campaign campaigns campus carrier catalog catalogue categoria categorie categories \
    category channel chart checks cities city classification collection color colour columns company connector \
    containers corsi corso countries country coupon cours course courses coverage creativework cruise currency curso \
    cursos dashboard dataset delivery_method departement department dependency deployment depot diagnosis discount \
    dish division drink drug episode evenement event evento events exam exhibition experiment extension \
    featurecollection fields font formation formations formule fuel game genre groups hotel industry ingredient \
    insurance integration issuer job_title jobs jobtitle kategorie kurs kurse label labels laden language league \
    lesson line loja magasin meal medication medicine menu merchant metric milestone milestones monitor museum \
    negozio network nodes observation occupation oferta offer offers office office_name offre org organisation \
    organization package payment_method piani piano pipeline place plan plano plans playbook playlist plugin price \
    prodotti prodotto product producto productos products produit produits produkt produkte produto produtos \
    profession project promotion queues rack raum recipe release restaurant roles room run runs sala salle scenario \
    school season sector segment sensor services shelf shift shipper shipping_method shop site size skill species \
    sport squad stadium station step steps store stores subcategory suite tables tags tarif tariff tariffa team \
    theme thing tienda tier timezone topics track training treatment trigger trigger_type unit vaccine variant \
    vehicle venue veranstaltung voucher ward warehouse weather webhook widget wind wine workflow zone",
);

/// Keys beside a name in an object that persons have not.
static BESIDE: WordList<256> = WordList::new(
    "apigroup arn barcode bucket calories cena conclusion consumers containerport content_type cron dashboards \
    datasource dependencies durable ean endpoint entrypoint filesize gtin head_branch hex iata icao imagepullpolicy \
    ingredients inventory isbn iso iso2 kcal lager license livenessprobe mime mimetype mountpath mountpoint mpn mtu \
    partitions population precio preco preis preise prezzi prezzo price prijs prix replicas repository_url resource \
    resource_version resourceversion restartpolicy retention rgb routing_key shipping_class sku sku_id spans stock \
    tax_class tax_rate unit unit_price unitprice units upc variants vhost warehouse widgets",
);

/// As [`BESIDE`], in a line of pairs without brackets too.
static IN_LINE: WordList<32> = WordList::new(
    "consumers containerport ean gtin iface isbn mountpoint mtu netmask partitions replicas restarts sku stock",
);

/// Keys that only what is written like an identifier stands beside.
static OF_SOFTWARE: WordList<16> =
    WordList::new("duration_ms handler queue span_id trace_id version");

/// Words for things that nobody is called.
static WORDS: WordList<4096> = WordList::new(include_str!("called/words.txt"));

/// Words between them.
static JOINING: WordList<256> = WordList::new(
    "a abril am an and août aprile as at au aux avril by con das de december dei del della delle dem den der des \
    dezember di diciembre die du décembre e een el en enero et febbraio febrero februar february for from février \
    für gennaio giugno het il im in januar january janvier juillet juin juli julio july june juni junio l la las le \
    les los luglio maggio march mars marzo mayo met mit märz new november novembre noviembre october octobre octubre \
    of off oktober old on or ottobre par para per pour sans september septembre septiembre settembre sin su sur the \
    to und up van via von voor vs with y zu zum zur",
);

/// Words for things that are families' names too: with a capital they count beside others only.
static FAMILIES: WordList<256> = WordList::new(
    "bacon bank banner basic beam block bridge card charge clean comment company court date driver field fields font \
    gateway handler helm hook jenkins lane lang link list lock loja major mason mill nord page pages park peer pilot \
    plan play poll post press print rails ram reader room rust sales script seal search setter share shop sign \
    speaker stack store summary topic trigger wizard worker writer",
);

/// Keys that persons have, beside what the vocabulary of names knows.
static OF_PERSONS: WordList<64> = WordList::new(
    "age arrival avatar bio booking checkin checkout civilite departure employer gender guardian  nationality \
    nights occupation passenger relationship reservation role roles salary salutation seat seat_number sex ticket \
    title ",
);

/// Bytes around a name in which the keys beside it are read.
const AROUND: usize = 96;

/// Is the value of `slot`, under the bare `key` that ends at `end`, the name of a thing?
pub(super) fn is_thing(
    text: Text<'_>,
    slot: Slot,
    (key, end): (&str, usize),
    names: &Names,
) -> bool {
    let name = key.rsplit([' ', '-']).next().unwrap_or(key);
    if !BARE.has_any_case(name) {
        return false;
    }
    let range = value(text, slot);
    let value = text.slice(range.clone()).trim();
    if value.is_empty() || value.len() > AROUND || has_given(value) {
        return false;
    }
    let letter = value.len() == 1 && value.is_ascii();
    let field = || {
        let small = value.starts_with(|char: char| char.is_ascii_lowercase());
        small && is_variable(value) && names.kind_at_end(value).is_some()
    };
    if letter || is_identifier(value) || is_phrase(value) || field() {
        return true;
    }
    if name.len() < key.len() {
        return false; // of a sentence: `last name`
    }
    if parent(text, end, key.len()).is_some_and(|parent| names.last_is_in(parent, &GOODS)) {
        return true;
    }
    let quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\');
    let first = text.run_back(end, 3, quote).saturating_sub(key.len());
    let is_object = text.before(end, 1) == b'"' || matches!(text.before(first, 1), b'{' | b'(');
    let is_slug = is_slug(value);
    let wanted = |word: &str| {
        IN_LINE.has_any_case(word)
            || is_object && BESIDE.has_any_case(word)
            || is_slug && OF_SOFTWARE.has_any_case(word)
    };
    let before = text.slice(text.ceil(first.saturating_sub(AROUND))..first);
    let before = before.rfind(['{', '}', '[', '(']).map_or(before, |open| &before[open..]);
    let behind = text.slice(range.end..text.floor(text.len().min(range.end + AROUND)));
    let behind = behind.find(['{', '}', '[', ')']).map_or(behind, |close| &behind[..close]);
    text.count(before.len() + behind.len());
    let told = || keys(before).chain(keys(behind));
    let typed = || is_object && (has_type(before, names) || has_type(behind, names));
    (told().any(wanted) || typed()) && !told().any(|key| is_of_person(key, names))
}

/// Is the quoted value of `slot` behind the word `key`, which begins at `start`, the name of a thing: `name 'x' is not
/// defined`, `cannot import name 'x'`, `column name 'x'`?
pub(super) fn is_quoted_thing(
    text: Text<'_>,
    slot: Slot,
    key: &str,
    start: usize,
    names: &Names,
) -> bool {
    if !BARE.has_any_case(key) {
        return false;
    }
    let range = value(text, slot);
    let value = text.slice(range.clone());
    let word = |byte: u8| is_word(byte) || byte == b'-';
    let before = text.slice(text.run_back(start.saturating_sub(1), 24, word)..start).trim_end();
    let said = || matches!(before, "import" | "NameError:" | "for" | "with");
    let behind = text.slice(range.end..text.floor(text.len().min(range.end + 24)));
    !has_given(value)
        && (is_identifier(value)
            || is_phrase(value)
            || names.last_is_in(before, &THINGS)
            || behind[behind.len().min(1)..].starts_with(" is not defined")
            || said() && is_variable(value))
}

/// Is `value` written as variables are, of more than one word?
fn is_variable(value: &str) -> bool {
    let camel = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    value.bytes().all(is_word) && (value.contains('_') || value.as_bytes().windows(2).any(camel))
}

/// The word before the object or the list of objects in which the key of `len` bytes that ends at `end` stands first.
pub(super) fn parent(text: Text<'_>, end: usize, len: usize) -> Option<&str> {
    let blank = |byte: u8| {
        matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b'\n' | b'{' | b':' | b']' | b'\r' | b'[')
    };
    let start = text.run_back(end, 2, |byte| matches!(byte, b'"' | b'\'' | b'\\'));
    let start = start.checked_sub(len)?;
    let close = text.run_back(start, 16, blank);
    let open = text.run_back(close, 24, |byte| is_word(byte) || byte == b'-');
    let between = text.slice(close..start);
    let joined = between.contains(['{', '\n']) && between.contains([':', ']']);
    joined.then(|| text.slice(open..close))
}

/// What has the name that the field `key` holds: `app` of `appDisplayName`, `store` of `store_name`; else `key`.
pub(super) fn thing(key: &str) -> &str {
    const ENDINGS: [&str; 6] = ["DisplayName", "_display_name", "_name", "-name", ".name", "Name"];
    let rest = ENDINGS.iter().find_map(|ending| key.strip_suffix(ending));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(key)
}

/// The keys in `text`, words with a colon or an equals sign behind them, and what follows.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '@');
    let ends = text.char_indices().filter(|(_, char)| matches!(char, ':' | '='));
    ends.filter_map(move |(at, _)| {
        let key = text[..at].trim_end_matches(['"', '\'', '\\', ' ']);
        let start = key.rfind(|char| !part(char)).map_or(0, |border| border + 1);
        let key = key.get(start..)?;
        (key.len() >= 2).then_some((key, &text[at + 1..]))
    })
}

/// The keys in `text`.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    pairs(text).map(|(key, _)| key)
}

/// Does a key in `text` say that the object is a thing: `"__typename":"Product"`, `"@type": "Event"`?
fn has_type(text: &str, names: &Names) -> bool {
    static TYPES: WordList<32> = WordList::new(
        "@type __typename _type entity kind object object_type objecttype resource_type resourcetype type typename",
    );
    pairs(text).filter(|(key, _)| TYPES.has_any_case(key)).any(|(_, behind)| {
        let value = behind.trim_start_matches(['"', '\'', '\\', ' ']);
        let end = value.find(|char: char| !char.is_ascii_alphanumeric() && char != '_');
        names.last_is_in(&value[..end.unwrap_or(value.len())], &GOODS)
    })
}

/// Does the table `name` hold things, and none of the `columns` a person?
pub(super) fn is_table_of_things<'n>(
    name: &str,
    mut columns: impl Iterator<Item = &'n str>,
    names: &Names,
) -> bool {
    names.last_is_in(name, &GOODS) && !columns.any(|column| is_of_person(column.trim(), names))
}

/// Does the field `key` tell something of a person?
fn is_of_person(key: &str, names: &Names) -> bool {
    let told = |kind: Kind| {
        kind.is_certain() && !matches!(kind, Kind::Position | Kind::Network | Kind::Tax)
    };
    OF_PERSONS.has_any_case(key) || !BARE.has_any_case(key) && names.kind(key).is_some_and(told)
}

/// Is one of the words of `value` a given name?
pub(super) fn has_given(value: &str) -> bool {
    let mut words = value.split(|char: char| !(char.is_alphabetic() || char == '-'));
    words.any(|word| is_given(word) || word.split('-').skip(1).any(is_given))
}

/// Is `value`, in which no given name is, written as only names in a program are: `LOG_LEVEL`, `$count`, `@acme/ui-kit`,
/// `#release`, `_SYS1$`, `/orders/{id}`, `Europe/Rome`?
fn is_identifier(value: &str) -> bool {
    if value.contains(' ') || value.len() < 3 {
        return false;
    }
    let constant = || {
        let mut parts = value.split('_');
        let mut count = 0;
        parts.all(|part| {
            count += 1;
            part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        }) && count >= 2
            && value.split('_').any(is_technical)
    };
    let lower = |part: &str| {
        part.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        })
    };
    let scoped = || {
        let rest = value.strip_prefix('@').and_then(|rest| rest.split_once('/'));
        rest.is_some_and(|(scope, package)| lower(scope) && lower(package))
    };
    let tag = || value.strip_prefix('#').is_some_and(|tag| tag.len() >= 3 && lower(tag));
    let zone = || {
        let areas = ["Europe/", "America/", "Africa/", "Asia/", "Australia/", "Etc/", "Pacific/"];
        areas.iter().any(|area| value.starts_with(area))
    };
    let path = || value.starts_with('/') && value[1..].contains(['/', '{', ':']);
    let sign = || value.starts_with('_') && value.contains('$') || value.starts_with('$');
    constant() || scoped() || tag() || zone() || path() || sign()
}

/// Is `value` written as identifiers are, small letters and digits with a mark between its parts, with a word for a
/// thing in it?
fn is_slug(value: &str) -> bool {
    let written = value.bytes().all(|byte| {
        byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'@' | b':')
    });
    // What an account of a person may end with.
    let of_account = |part: &str| {
        matches!(
            part,
            "admin" | "user" | "test" | "account" | "client" | "member" | "guest" | "demo"
        )
    };
    let mut parts = value.split(['-', '_', '.', '/', '@', ':']);
    written
        && parts.clone().count() >= 2
        && parts.any(|part| part.len() >= 2 && is_technical(part) && !of_account(part))
}

/// Are all words of `value`, up to five, words for things, however they are joined: `nightly`, `Awaiting payment`,
/// `order_created`, `eth0`?
pub(super) fn is_phrase(value: &str) -> bool {
    let border = |char: char| {
        matches!(char, ' ' | '-' | '_' | '.' | '/' | ':' | ',' | '&' | '+' | '#' | '(' | ')')
    };
    let (mut count, mut told) = (0, false);
    let words = value.trim_end_matches(['.', ':']).split(border);
    let all = words.filter(|word| !word.is_empty()).all(|word| {
        count += 1;
        let family = word.starts_with(char::is_uppercase) && FAMILIES.has_any_case(word);
        told |= is_technical(word) && !family && word.contains(char::is_alphabetic);
        count <= 5 && (is_technical(word) || JOINING.has(word.as_bytes()))
    });
    all && told && !has_given(value)
}

/// Is `word` one for a thing, maybe with a number behind it?
pub(super) fn is_technical(word: &str) -> bool {
    let letters = word.trim_end_matches(|char: char| char.is_ascii_digit());
    let number = letters.is_empty() && word.len() <= 4;
    number || WORDS.has_any_case(letters) || vocabulary::knows(letters)
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;
    use super::*;

    #[test]
    fn what_is_called_and_is_no_person() {
        for text in [
            "name=nightly-sync state=passing",
            "- name: nginx",
            "env: - name: RETRY_LIMIT value: 3",
            "name: @acme/forms",
            r##"{"name":"#release","type":"Hashtag"}"##,
            r#"{"name":"order.shipped"}"#,
            r#"{"name":"Awaiting pickup"}"#,
            r#"{"name":"Qwertisoft Xylo","sku":"Q-1"}"#,
            r#"{"id":4,"name":"Qwerto","price":4.5}"#,
            r#"{"plan":{"name":"Qwerto Plus","seats":4}}"#,
            r#"{"products":[{"name":"Qwerto Rack","x":2}]}"#,
            r#"{"company":"Qwerto Xyl","store":"Xyl Qwert"}"#,
            r#"{"name":"qwerto-server","version":"1.2"}"#,
            "name=qwerto sku=Q-1 stock=4",
            "UPDATE flags SET value = 1 WHERE name = 'checkout'",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn persons_are_called_too() {
        for (text, clear) in [
            ("name=qwerto status=active", "name=<name> status=active"),
            ("name: jean-nightly", "name: <name>"),
            ("name=qwert-xyl version=2", "name=<name> version=2"),
            ("name=qwert-admin version=2", "name=<name> version=2"),
            (r#"{"name":"Ilse Qwert","sku":"Q-1"}"#, r#"{"name":"<name>","sku":"Q-1"}"#),
            (r#"{"name":"Qwert Ilse","price":3}"#, r#"{"name":"<name>","price":3}"#),
            (
                r#"{"name":"Xyl Qwert","price":3,"phone":"0612345678"}"#,
                r#"{"name":"<name>","price":3,"phone":"<phone>"}"#,
            ),
            (r#"{"name":"Qwerto","cart":{"price":3}}"#, r#"{"name":"<name>","cart":{"price":3}}"#),
            (r#"{"item":{"price":3},"name":"Qwerto"}"#, r#"{"item":{"price":3},"name":"<name>"}"#),
            (r#"{"store":"Ilse Qwert"}"#, r#"{"store":"<name>"}"#),
            ("last name: Qwert sku: 4", "last name: <name> sku: 4"),
            ("checkout name=Qwert price=30", "checkout name=<name> price=30"),
            (r#"{"name":"Qwert Xyl","version":2}"#, r#"{"name":"<name>","version":2}"#),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn the_words_for_things_are_nobodys() {
        let words: Vec<_> = WORDS.words().collect();
        assert!(words.is_sorted_by(|a, b| a < b));
        let fits = |word: &&str| **word == word.to_lowercase() && !is_given(word);
        assert_eq!(words.iter().find(|word| !fits(word) || vocabulary::knows(word)), None);
    }
}
