//! Names of fields that an allow-list must not open.
//!
//! Invariant: `keep` and `query_keep` cannot name what the event table seals or drops, in whatever style the
//! name is written (`user_id`, `userId`, `User-ID`). A name that only resembles one is refused too: the
//! operator can rename a field, nobody can take back a published e-mail address.

/// Refused as a whole name.
const NAMES: &str = "address body card city csrf cvc cvv dob fid files formdata frontid hash ip ipchain jwt \
    login mail mobile msisdn name nir nonce otp pan params person pin post pwd query querystring raw referer \
    referrer remoteaddr sid ssn street surname tel ticket ua uid uri url user users xff zip";

/// Refused wherever they occur in a name.
const STEMS: &str = "apikey authori bearer birth clientaddr clientip cookie credential email firstname \
    forwarded fullname iban impersonat ipaddr lastname mailaddr passphrase passw phone phpsess postal \
    privatekey secret session signature token useragent userid username";

/// Whether a dotted path, or a name or prefix ending in `*`, reaches a sealed or dropped field.
pub(crate) fn reaches_sealed(path: &str) -> bool {
    path.split(['.', '[', ']']).filter(|part| !part.is_empty()).any(|part| {
        let folded = fold(part);
        let (mut names, mut stems) = (NAMES.split_whitespace(), STEMS.split_whitespace());
        if part.ends_with('*') {
            let begins = |name: &str| name.starts_with(&folded);
            return names.any(begins) || stems.any(|stem| begins(stem) || folded.contains(stem));
        }
        names.any(|name| name == folded) || stems.any(|stem| folded.contains(stem))
    })
}

/// Lower case letters and digits only: all styles of writing a name look the same.
fn fold(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_event_table_seals() {
        for name in [
            "email",
            "user_id",
            "userId",
            "ip",
            "User-Agent",
            "user_agent",
            "password",
            "ctx.user.id",
            "customer_email",
            "X-CSRF-Token",
            "name",
            "url",
            "a[email]",
            "session_id",
            "*",
            "u*",
            "tok*",
            "e*",
            "phone_2",
            "impersonator_id",
            "REMOTE_ADDR",
            "first_name",
        ] {
            assert!(reaches_sealed(name), "{name}");
        }
    }

    #[test]
    fn what_may_stay() {
        for name in [
            "status",
            "ms",
            "roles",
            "page",
            "sort",
            "utm_*",
            "q",
            "locale",
            "shard",
            "queue.length",
        ] {
            assert!(!reaches_sealed(name), "{name}");
        }
    }
}
