//! Words of a path that say something about the software and nothing about a person.
//!
//! Invariant: no first name, family name, place or word of private life is on this list, in any language we
//! know; a word that could be one is left out. Place on the path: `path` of the event.

/// True when the word (ASCII, any case) is on the list, or a version such as `v2`.
pub(crate) fn knows(word: &str) -> bool {
    let mut bytes = [0u8; 16];
    if word.len() > bytes.len() || word.is_empty() {
        return false;
    }
    for (lower, byte) in bytes.iter_mut().zip(word.bytes()) {
        *lower = byte.to_ascii_lowercase();
    }
    let lower = &bytes[..word.len()];
    if let [b'v', digits @ ..] = lower
        && (1..=2).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit)
    {
        return true;
    }
    let packed = u128::from_le_bytes(bytes);
    let mut at = slot(packed);
    while TABLE[at] != packed && TABLE[at] != 0 {
        at = (at + 1) % SLOTS;
    }
    TABLE[at] == packed
}

/// Places in the hash table of the words; half of them stay empty.
const SLOTS: usize = 1024;

/// The words as numbers, each at its [`slot`] or the next free place after it; built by the compiler.
static TABLE: [u128; SLOTS] = {
    let mut table = [0; SLOTS];
    let mut n = 0;
    while n < WORDS.len() {
        let packed = pack(WORDS[n].as_bytes());
        let mut at = slot(packed);
        while table[at] != 0 {
            at = (at + 1) % SLOTS;
        }
        table[at] = packed;
        n += 1;
    }
    table
};

/// A word of at most 16 bytes as a number.
const fn pack(word: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    bytes.split_at_mut(word.len()).0.copy_from_slice(word);
    u128::from_le_bytes(bytes)
}

/// Where the search for a word begins (multiplicative hashing).
#[allow(clippy::cast_possible_truncation, reason = "both halves are used, and ten bits stay")]
const fn slot(packed: u128) -> usize {
    let halves = packed as u64 ^ ((packed >> 64) as u64).rotate_left(7);
    (halves.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize
}

/// Sorted.
#[rustfmt::skip]
const WORDS: [&str; 500] = [
    "abmelden", "about", "accedi", "access", "account", "accounts", "accueil", "action", "actions",
    "activate", "activation", "activity", "actualites", "add", "admin", "administration", "agenda",
    "aide", "ajax", "ajouter", "alarm", "alarms", "alert", "alerts", "anmelden", "api", "app",
    "application", "apps", "archive", "archives", "article", "articles", "asset", "assets",
    "attachment", "attachments", "audio", "audit", "auth", "authorize", "avatar", "avatars", "backend",
    "backoffice", "backup", "basket", "batch", "benutzer", "beta", "billing", "blog", "board",
    "bootstrap", "boutique", "browse", "build", "bulk", "bundle", "bundles", "cache", "calendar",
    "callback", "cancel", "captcha", "cart", "catalog", "categories", "category", "cgi", "change",
    "channel", "channels", "chat", "check", "checkout", "client", "clients", "cms", "code",
    "collection", "collections", "comment", "comments", "compte", "config", "configuration", "confirm",
    "confirmation", "connect", "connexion", "console", "contact", "contacts", "content", "contents",
    "contenu", "cookies", "copy", "count", "course", "courses", "create", "creation", "creer", "cron",
    "csrf", "css", "csv", "dashboard", "data", "debug", "debugbar", "deconnexion", "default", "delete",
    "demo", "deploy", "detail", "details", "device", "devices", "diff", "disable", "doc", "docs",
    "document", "documents", "done", "download", "downloads", "draft", "drafts", "edit", "edito",
    "editor", "email", "embed", "enable", "env", "error", "errors", "event", "events", "excel",
    "explore", "export", "exports", "faq", "favicon", "favorites", "feed", "feedback", "file", "files",
    "filter", "find", "folder", "folders", "follow", "font", "fonts", "forgot", "form", "forms",
    "forum", "forums", "gallery", "git", "github", "graphql", "group", "groups", "guest", "health",
    "healthz", "help", "hidden", "history", "home", "hook", "hooks", "htm", "html", "http", "https",
    "icon", "icons", "image", "images", "img", "import", "imports", "inbox", "index", "info",
    "inscription", "install", "internal", "invitation", "invite", "invoice", "invoices", "item",
    "items", "join", "jpeg", "jpg", "js", "json", "known", "konto", "lang", "language", "languages",
    "latest", "layout", "legales", "lib", "library", "license", "like", "likes", "list", "listing",
    "live", "login", "logout", "logs", "lost", "mail", "mailbox", "manage", "manager", "manifest",
    "map", "maps", "media", "meeting", "meetings", "member", "members", "mentions", "menu", "message",
    "messages", "meta", "metrics", "mobile", "modal", "mode", "modifier", "modify", "module", "modules",
    "monitor", "move", "new", "news", "newsletter", "next", "node", "notification", "notifications",
    "notify", "oauth", "oauth2", "office", "offline", "openapi", "openid", "options", "order", "orders",
    "page", "pages", "panel", "participant", "participants", "password", "passwords", "patch", "pay",
    "payment", "payments", "pdf", "permissions", "photo", "photos", "php", "ping", "plan", "plans",
    "player", "plugin", "plugins", "png", "podcast", "poll", "popup", "post", "posts", "preferences",
    "preview", "print", "privacy", "private", "product", "products", "profil", "profile", "profiles",
    "project", "projects", "proxy", "public", "publier", "publish", "queue", "quiz", "ready", "rebuild",
    "recherche", "recording", "recordings", "redirect", "refresh", "register", "registration", "reject",
    "remove", "render", "reply", "report", "reports", "request", "requests", "reset", "resource",
    "resources", "rest", "restore", "result", "results", "review", "reviews", "ricerca", "robots",
    "role", "roles", "room", "rooms", "root", "rss", "save", "schedule", "schema", "script", "scripts",
    "search", "section", "sections", "secure", "security", "send", "service", "services", "session",
    "sessions", "setting", "settings", "setup", "share", "shop", "show", "sign", "signin", "signout",
    "signup", "site", "sitemap", "sites", "slow", "sse", "sso", "start", "stat", "static", "stats",
    "status", "step", "storage", "store", "stream", "streams", "style", "styles", "submit", "subscribe",
    "subscription", "subscriptions", "suche", "summary", "support", "supprimer", "survey", "surveys",
    "svg", "swagger", "switch", "sync", "system", "table", "tables", "tag", "tags", "target", "task",
    "tasks", "team", "teams", "template", "templates", "terms", "test", "tests", "text", "theme",
    "themes", "thumb", "thumbnail", "thumbnails", "ticket", "tickets", "timeline", "toggle", "token",
    "tokens", "tools", "top", "topic", "topics", "trace", "track", "trash", "tree", "txt",
    "unsubscribe", "update", "updates", "upload", "uploads", "uri", "url", "user", "users", "utente",
    "utenti", "util", "utilisateur", "utilisateurs", "utils", "validate", "validation", "vendor",
    "verify", "version", "versions", "video", "videos", "view", "views", "vote", "votes", "wallet",
    "web", "webhook", "webhooks", "webinar", "webinars", "webp", "websocket", "well", "widget",
    "widgets", "wiki", "wizard", "woff", "woff2", "word", "wordpress", "wp", "ws", "xls", "xlsx", "xml",
    "xmlrpc", "yaml", "yml", "zip",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_short_and_lower_case() {
        assert!(WORDS.is_sorted_by(|a, b| a < b));
        assert!(WORDS.iter().all(|w| w.len() <= 16
            && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && w.bytes().any(|b| b.is_ascii_lowercase())));
    }

    #[test]
    fn words_and_versions() {
        for yes in ["api", "ADMIN", "v1", "V12"] {
            assert!(knows(yes), "{yes}");
        }
        assert!(WORDS.iter().all(|word| knows(word)));
        for no in ["", "v", "v123", "alice", "12", "dupont", "a-word-that-is-far-too-long"] {
            assert!(!knows(no), "{no}");
        }
    }
}
