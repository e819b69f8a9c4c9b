//! Words of messages that say nothing about a person, in English, French, German and Italian.
//!
//! Invariant: as for the vocabulary of paths: no first name, family name, place or word of private life is on the
//! list, in any language we know; a word that could be one is left out. Place on the path: asked by `templates`.

use crate::{url, vocabulary};

/// Words that are names too: they stay in lower case only.
const NAMES_TOO: [&str; 48] = [
    "ai", "am", "an", "be", "chi", "close", "comment", "da", "del", "di", "do", "du", "edit", "en",
    "es", "font", "frei", "ha", "hat", "in", "kind", "lang", "le", "list", "lo", "long", "ma",
    "main", "mal", "man", "may", "meta", "min", "mit", "no", "page", "pages", "pool", "post",
    "room", "sei", "si", "so", "su", "to", "un", "will", "young",
];

/// True for a word that may stay wherever it stands: of either list, in any case, alone or joined as in `OrderService`.
pub(super) fn knows(word: &str) -> bool {
    is_listed(word) || {
        let mut parts = url::words(word).peekable();
        let joined = parts.peek().is_some_and(|first| first.len() < word.len());
        joined && word.bytes().all(|byte| byte.is_ascii_alphabetic()) && parts.all(is_listed)
    }
}

fn is_listed(word: &str) -> bool {
    if word.len() > LONGEST {
        return false;
    }
    let lower = word.to_lowercase();
    if lower != word && word.chars().count() == 1 {
        return false; // an initial
    }
    let is_name = || lower != word && NAMES_TOO.contains(&lower.as_str());
    let listed = WORDS.binary_search(&lower.as_str()).is_ok() || vocabulary::knows(word);
    listed && !is_name()
}

/// Bytes of the longest word.
const LONGEST: usize = 24;

/// The words, in the order of their bytes.
#[rustfmt::skip]
static WORDS: &[&str] = &[
    "a", "ab", "aber", "abgebrochen", "abgelaufen", "abgelehnt", "abort", "aborted", "absente",
    "abuse", "accept", "accepted", "acces", "accesso", "accès", "after", "again", "agli", "ai",
    "al", "all", "alle", "allow", "allowed", "already", "als", "also", "am", "amount", "an",
    "anche", "and", "anfrage", "anmeldung", "annule", "annulee", "annullata", "annullato", "annulé",
    "annulée", "another", "antwort", "any", "anzahl", "archived", "archivio", "are", "as", "at",
    "attempt", "attempts", "attendee", "au", "auch", "aucun", "aucune", "auf", "aus", "aux",
    "available", "avant", "avec", "avoir", "bad", "banned", "be", "because", "been", "beendet",
    "before", "begin", "bei", "beim", "being", "below", "benutzerin", "between", "bis", "blocked",
    "both", "bounced", "broken", "broker", "builds", "burst", "busy", "but", "by", "bytes", "call",
    "called", "calling", "camera", "cancelled", "cannot", "car", "ce", "cela", "certificate", "ces",
    "cet", "cette", "changed", "chaque", "chargement", "checked", "checking", "chi", "chiave",
    "chunk", "ci", "class", "clear", "close", "closed", "closing", "cluster", "column", "come",
    "command", "comme", "commit", "completed", "compressed", "con", "connected", "connecting",
    "connection", "connections", "connessione", "constraint", "consumer", "contains", "continue",
    "continues", "cookie", "could", "coupon", "cpu", "creata", "created", "creating", "creato",
    "critical", "cui", "d", "da", "dal", "dalle", "dann", "dans", "das", "dass", "database",
    "datei", "datenbank", "days", "de", "deadlock", "decoded", "defined", "dei", "del", "delai",
    "delay", "deleted", "deliver", "delivered", "delivery", "della", "dem", "demande", "den",
    "denied", "depasse", "depassee", "deprecated", "depuis", "der", "des", "detected", "deux", "di",
    "did", "die", "dies", "diese", "dieser", "different", "disabled", "disconnected", "discount",
    "disk", "dns", "do", "doch", "does", "dont", "dopo", "downloaded", "dropped", "du", "due",
    "duplicate", "duration", "durch", "during", "déjà", "délai", "dépassé", "dépassée", "e", "each",
    "echec", "echoue", "ein", "eine", "einem", "einen", "einer", "eines", "eintrag", "elle",
    "elles", "empty", "en", "enabled", "encoded", "encoding", "encore", "end", "ended", "ending",
    "enough", "entre", "entries", "entry", "envoi", "equals", "er", "era", "erfolgreich",
    "erreicht", "erreur", "erreurs", "errore", "errori", "erstellt", "es", "est", "et", "ete", "eu",
    "every", "exceeded", "exception", "executed", "executing", "exists", "exit", "expected",
    "expired", "expires", "failed", "failing", "fails", "failure", "fallita", "fallito", "fatal",
    "fehler", "fehlgeschlagen", "fehlt", "feld", "fetch", "fichier", "filo", "finished", "firewall",
    "first", "following", "fonction", "for", "forbidden", "force", "found", "from", "function",
    "für", "gateway", "gb", "gefunden", "gegen", "geladen", "gelesen", "gelöscht", "generated",
    "gesendet", "gespeichert", "gestartet", "gestoppt", "get", "giorni", "given", "gli", "got",
    "ha", "haben", "had", "handled", "handling", "handshake", "has", "hat", "have", "header",
    "headers", "heap", "height", "higher", "hinter", "hit", "hits", "host", "hours", "how", "i",
    "id", "ids", "if", "ignored", "ignoring", "ihr", "il", "illegal", "ils", "im", "impossibile",
    "impossible", "in", "inactive", "inconnu", "inconnue", "initial", "input", "ins", "insert",
    "inside", "instance", "integrity", "interval", "into", "introuvable", "invalid", "invalide",
    "inviata", "inviato", "is", "ist", "it", "its", "je", "jobs", "just", "kann", "kb", "kein",
    "keine", "keinen", "kennwort", "keys", "kind", "konnte", "l", "la", "last", "later", "least",
    "lecture", "leer", "length", "les", "lesen", "let", "lettura", "leur", "level", "ligne",
    "limit", "limits", "lines", "listening", "lo", "load", "loaded", "loading", "local", "lock",
    "locked", "locks", "log", "logged", "longer", "loop", "lors", "low", "lower", "ma", "main",
    "mais", "malformed", "mancante", "manquant", "manquante", "many", "match", "matched", "matches",
    "matching", "maximum", "mb", "mehr", "meme", "memory", "method", "microphone", "milliseconds",
    "min", "minimum", "minutes", "mise", "miss", "misses", "missing", "mit", "moderated",
    "moderator", "moins", "more", "most", "motif", "ms", "muss", "must", "même", "nach",
    "nachricht", "name", "named", "names", "ne", "needed", "needs", "negata", "negato", "nel",
    "nella", "nelle", "nessun", "nessuna", "network", "neu", "ni", "nicht", "no", "noch", "nom",
    "non", "none", "normal", "not", "notice", "nous", "ns", "null", "number", "nuova", "nuovo",
    "nur", "o", "ob", "object", "objects", "oder", "of", "off", "offset", "ohne", "ok", "old", "on",
    "once", "one", "only", "ont", "open", "opened", "opening", "opens", "operation", "or", "ordine",
    "other", "ou", "our", "out", "output", "over", "own", "où", "pagamento", "paiement", "par",
    "parameter", "parameters", "parse", "parsed", "parser", "parsing", "part", "partition", "pas",
    "passwort", "path", "pendant", "pending", "per", "perché", "permission", "peu", "più", "plus",
    "pool", "port", "position", "possible", "pour", "prepared", "previous", "prima", "process",
    "processed", "processing", "producer", "prüfung", "published", "qu", "quand", "quantity", "que",
    "queries", "query", "questa", "questo", "queued", "qui", "quota", "ram", "rate", "ratio",
    "reached", "reading", "receipt", "received", "recipient", "recipients", "reconnecting",
    "record", "records", "refund", "refunds", "refuse", "refused", "refusee", "refusé", "refusée",
    "rejected", "release", "released", "remaining", "removed", "renew", "renewed", "replaced",
    "replica", "reponse", "req", "requete", "required", "requête", "resolve", "resolved",
    "response", "responses", "restart", "restarted", "restored", "retried", "retries", "retry",
    "retrying", "returned", "returning", "returns", "reussi", "reussie", "rev", "richiesta", "riga",
    "risposta", "riuscita", "riuscito", "route", "row", "rows", "running", "runtime", "réponse",
    "réussi", "réussie", "same", "saved", "saving", "scaduta", "scheduled", "schon", "sconosciuta",
    "sconosciuto", "scrittura", "se", "second", "seconds", "sehr", "sein", "sekunden", "select",
    "selected", "sending", "sent", "senza", "sera", "server", "servers", "sessione", "set",
    "several", "shard", "shared", "shipment", "shipped", "shutdown", "si", "sich", "sie", "signal",
    "since", "sind", "sitzung", "size", "skipped", "skipping", "sms", "so", "socket", "soit",
    "some", "son", "sono", "sont", "source", "sous", "space", "span", "speichern", "sql", "ssl",
    "stack", "started", "starting", "starts", "stata", "state", "statement", "stato", "still",
    "stopped", "stopping", "stored", "string", "su", "subject", "success", "successful",
    "successfully", "sul", "sulla", "supported", "supports", "sur", "suspicious", "swap", "syntax",
    "tentative", "tentatives", "tentativi", "tentativo", "terminated", "termine", "terminee",
    "terminé", "terminée", "than", "that", "the", "their", "them", "then", "there", "these", "they",
    "this", "those", "thread", "threads", "threshold", "throttled", "timed", "timeout", "timeouts",
    "timestamp", "tls", "to", "too", "took", "total", "tous", "tout", "toute", "tra", "transaction",
    "transactions", "trigger", "triggered", "trop", "troppo", "trovata", "trovato", "two", "txn",
    "type", "um", "un", "una", "unable", "unauthorized", "unavailable", "unbekannt", "und",
    "undefined", "under", "une", "unexpected", "ungültig", "unhandled", "unknown", "uno",
    "unpublished", "unreachable", "unsupported", "unter", "until", "unused", "up", "updated",
    "updating", "uploaded", "upstream", "us", "use", "used", "uses", "valeur", "valid", "valore",
    "value", "values", "variable", "verbindung", "vers", "versuch", "versuche", "verweigert", "via",
    "vide", "violation", "vom", "von", "vor", "vous", "vuoto", "waited", "waiting", "war",
    "warning", "warten", "was", "we", "wegen", "wenn", "wer", "werden", "were", "wert", "what",
    "when", "where", "which", "while", "who", "why", "width", "wie", "window", "wird", "with",
    "within", "without", "worker", "workers", "would", "write", "writing", "written", "wrong",
    "wurde", "wurden", "y", "yes", "yet", "you", "your", "zeile", "zeit", "zeitüberschreitung",
    "zero", "zu", "zugriff", "zum", "zur", "zwischen", "à", "è", "échec", "échoué", "été", "über",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_short_and_lower_case() {
        assert!(WORDS.is_sorted_by(|a, b| a < b));
        let fits = |w: &&str| w.len() <= LONGEST && w.chars().all(|c| c.is_alphabetic());
        assert!(WORDS.iter().all(fits) && WORDS.iter().all(|word| word.to_lowercase() == **word));
        assert!(WORDS.iter().all(|word| !vocabulary::knows(word)), "each on one list only");
    }

    #[test]
    fn words_and_names() {
        for yes in ["not", "Nicht", "ÉCHEC", "error", "ERROR", "OrderService", "page", "v2"] {
            assert!(knows(yes), "{yes}");
        }
        for no in ["", "O", "Page", "Lang", "PAGE", "Dupont", "JeanService", "ErrorDupont", "jean"]
        {
            assert!(!knows(no), "{no}");
        }
    }
}
