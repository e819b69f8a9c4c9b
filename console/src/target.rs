//! What `show` and `reveal` are pointed at: a record id, its short form, or a request id.

use greffier_spool::RecordId;

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A record or a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// 22 characters of base64url.
    Record(RecordId),
    /// `r-` and 8 characters, read aloud: the last 5 bytes of the id.
    Short([u8; 5]),
    /// Anything else is the id of a request.
    Request(String),
}

impl Target {
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Some(low) = text.strip_prefix("r-").or(text.strip_prefix("R-")).and_then(parse_short)
        {
            return Self::Short(low);
        }
        RecordId::parse(text).map_or_else(|| Self::Request(text.to_owned()), Self::Record)
    }
}

/// Crockford's base32, forgiving as he wanted it: small letters, O for 0, I and L for 1.
fn parse_short(text: &str) -> Option<[u8; 5]> {
    if text.len() != 8 {
        return None;
    }
    let bits = text.bytes().try_fold(0u64, |bits, byte| {
        let byte = match byte.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            byte => byte,
        };
        let digit = CROCKFORD.iter().position(|known| *known == byte)?;
        Some(bits << 5 | digit as u64)
    })?;
    bits.to_be_bytes()[3..].try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_recognised() {
        let id = RecordId::from_bytes(
            *b"\x01\x9a\xa6\x00\x11\x22\x70\0\x80\x01\x02\xfe\xdc\xba\x98\x76",
        );
        assert_eq!(Target::parse(&id.to_string()), Target::Record(id));
        let low = Target::Short([0xfe, 0xdc, 0xba, 0x98, 0x76]);
        assert_eq!(Target::parse(&id.short()), low);
        assert_eq!(Target::parse(&id.short().to_lowercase()), low);
        assert_eq!(Target::parse("r-O0000LI1"), Target::parse("r-00000111"));
        let req = "6364188aedf55dd08449dd8912914d03";
        assert_eq!(Target::parse(req), Target::Request(req.to_owned()));
        assert_eq!(Target::parse("r-UUUUUUUU"), Target::Request("r-UUUUUUUU".to_owned()));
    }
}
