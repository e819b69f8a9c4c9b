//! More cues: sentences and letters of the north and east of Europe, introductions, and daemons in front of a login. As
//! of [`words`](super::words).

use super::Cue::{
    self, Before, Bracketed, Called, Closing, Docs, Greeting, Home, Logged, Login, Named, Nick,
    Owner, Rejected, Role, SlowLog, Title,
};

/// Beginnings and what they announce, sorted.
#[rustfmt::skip]
pub(in crate::detect) static EUROPE: [(&str, Cue); 111] = [
    (" (p2, c", Before), (" (p5, c", Before), (") CMD (", Before), (") LIST (", Before), (") RELOAD (", Before),
    ("-rw", Owner), ("Ahoj ", Greeting), ("Anmeldename ", Named), ("Benutzername ", Named), ("Boa tarde ", Greeting),
    ("Bom dia ", Greeting), ("Buenas tardes ", Greeting), ("Buenos días ", Greeting), ("Buonasera ", Greeting),
    ("C'est ", Called), ("Cannot parse ", Rejected), ("Could not parse ", Rejected), ("Cu stimă", Closing),
    ("DOCS ", Docs), ("Failed to parse ", Rejected), ("Goedemiddag ", Greeting), ("Goedemorgen ", Greeting),
    ("Good afternoon ", Greeting), ("Good evening ", Greeting), ("Good morning ", Greeting), ("Grüezi ", Greeting),
    ("Guten Abend ", Greeting), ("Guten Morgen ", Greeting), ("Hei ", Greeting), ("Hier ist ", Called),
    ("Hier spricht ", Called), ("Hälsningar", Closing), ("Incorrect date value: ", Rejected), ("It's ", Called),
    ("Jag heter ", Title), ("Jag är ", Called), ("Jeg er ", Called), ("Jeg hedder ", Title), ("Jeg heter ", Title),
    ("Jmenuji se ", Title), ("Kjære ", Greeting), ("Kära ", Greeting), ("Kære ", Greeting), ("MacBook-de-", Called),
    ("MacBook-von-", Called), ("Med venlig hilsen", Closing), ("Med vennlig hilsen", Closing),
    ("Med vänlig hälsning", Closing), ("Med vänliga hälsningar", Closing), ("Melhores cumprimentos", Closing),
    ("Mvh", Closing), ("Nombre de usuario ", Named), ("Numele meu este ", Title), ("S pozdravem", Closing),
    ("S přátelským pozdravem", Closing), ("Servus ", Greeting), ("Session closed for ", Nick),
    ("Session opened for ", Nick), ("Szia ", Greeting), ("This is ", Called), ("Un cordial saludo", Closing),
    ("User@Host: ", SlowLog), ("Username ", Named), ("Value ", Rejected), ("Venlig hilsen", Closing),
    ("Vennlig hilsen", Closing), ("Vänliga hälsningar", Closing), ("Witaj ", Greeting),
    ("Ystävällisin terveisin", Closing), ("] FAIL LOGIN: ", Before), ("] OK DELETE: ", Before),
    ("] OK DOWNLOAD: ", Before), ("] OK LOGIN: ", Before), ("] OK MKDIR: ", Before), ("] OK UPLOAD: ", Before),
    ("attempts exceeded for ", Login), ("bor på ", Home), ("bydlím na ", Home), ("bydlím na adrese ", Home),
    ("c'est ", Called), ("cannot parse ", Rejected), ("commentaire de ", Nick), ("could not parse ", Rejected),
    ("deliver to ", Role), ("drwx", Owner), ("failed to parse ", Rejected), ("hier ist ", Called),
    ("iPad-de-", Called), ("iPad-di-", Called), ("iPad-von-", Called), ("iPhone-de-", Called), ("iPhone-di-", Called),
    ("iPhone-von-", Called), ("imap(", Bracketed), ("iphone-de-", Called), ("iphone-di-", Called),
    ("iphone-von-", Called), ("it's ", Called), ("jag heter ", Title), ("jmenuji se ", Title), ("lmtp(", Bracketed),
    ("localhost - ", Logged), ("managesieve(", Bracketed), ("nom d'utilisateur ", Named), ("notified ", Role),
    ("pop3(", Bracketed), ("this is ", Called), ("triggered by ", Nick), ("unable to parse ", Rejected),
    ("username ", Named), ("vfs_full_audit: ", Login),
];
