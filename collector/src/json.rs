//! A strict reader of JSON (RFC 8259), borrowing from its line.
//!
//! Invariant: one pass, linear in the line, never a panic, never deeper than [`MAX_DEPTH`] calls. Order of
//! members, number tokens and text stay as they came; an object that names a key twice is refused, because
//! two readers could see two different records in it. Place on the path: under the JSON decoders.

use greffier_record::{Fault, Hot, Value};
use std::borrow::Cow;

/// Deepest nesting of arrays and objects.
pub(crate) const MAX_DEPTH: u32 = 128;

/// Members of an object, in source order.
pub(crate) type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

/// A value before the decoder has decided what it is; it never leaves this crate (a [`Value`] does).
/// No `Debug`: it is as hot as what it becomes.
// A tag as wide as a word: behind a shorter one, the byte of `Bool` would stand at an odd place, and every move of any
// value would be a copy of odd bytes, which waits for the stores before it.
#[repr(u64)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    /// The number's own characters.
    Number(&'a str),
    Text(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Members<'a>),
}

impl<'a> From<Json<'a>> for Value<'a> {
    fn from(json: Json<'a>) -> Self {
        match json {
            Json::Null => Value::Null,
            Json::Bool(bool) => Value::Bool(bool),
            Json::Number(token) => Value::Number(Hot::new(token)),
            Json::Text(text) => Value::Text(Hot::new(text)),
            Json::Array(items) => Value::Array(items.into_iter().map(Value::from).collect()),
            Json::Object(members) => Value::Object(
                members.into_iter().map(|(key, item)| (Hot::new(key), item.into())).collect(),
            ),
        }
    }
}

/// Reads one value and nothing after it but white space.
///
/// # Errors
/// [`Fault::Depth`], [`Fault::Json`], or [`Fault::DupKey`] when all else is well.
pub(crate) fn read(text: &str) -> Result<Json<'_>, Fault> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, depth: 0, repeated: false };
    let value = reader.value()?;
    reader.space();
    if reader.at < text.len() {
        return Err(Fault::Json);
    }
    if reader.repeated { Err(Fault::DupKey) } else { Ok(value) }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: u32,
    repeated: bool,
}

impl<'a> Reader<'a> {
    fn value(&mut self) -> Result<Json<'a>, Fault> {
        self.space();
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.string().map(Json::Text)
            }
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Json::Bool(true)),
            Some(b'f') => self.literal("false", Json::Bool(false)),
            Some(b'n') => self.literal("null", Json::Null),
            _ => Err(Fault::Json),
        }
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Json<'a>, Fault>,
    ) -> Result<Json<'a>, Fault> {
        if self.depth == MAX_DEPTH {
            return Err(Fault::Depth);
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Json<'a>, Fault> {
        if self.eat_next(b'}') {
            return Ok(Json::Object(Members::new()));
        }
        let mut members = Members::with_capacity(16);
        loop {
            self.expect_next(b'"')?;
            let key = self.string()?;
            self.expect_next(b':')?;
            // Most values are strings: past the choice of kinds, and not moved once more.
            if self.eat_next(b'"') {
                members.push((key, Json::Text(self.string()?)));
            } else {
                members.push((key, self.value()?));
            }
            if !self.eat_next(b',') {
                break;
            }
        }
        self.expect_next(b'}')?;
        self.repeated |= repeats(&members);
        Ok(Json::Object(members))
    }

    fn array(&mut self) -> Result<Json<'a>, Fault> {
        let mut items = Vec::new();
        if self.eat_next(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value()?);
            if !self.eat_next(b',') {
                break;
            }
        }
        self.expect_next(b']')?;
        Ok(Json::Array(items))
    }

    /// A string whose opening quote has been read. Nearly all have no escape and are borrowed.
    #[inline]
    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.at;
        self.plain();
        let end = self.at;
        if self.eat(b'"') {
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.escaped(start).map(Cow::Owned)
    }

    /// A string from `start`, read as far as its first escape or fault.
    #[cold]
    fn escaped(&mut self, start: usize) -> Result<String, Fault> {
        let mut text = String::with_capacity(2 * (self.at - start) + 16);
        text.push_str(&self.text[start..self.at]);
        loop {
            match self.bump() {
                Some(b'"') => return Ok(text),
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(Fault::Json), // a bare control character, or the end of the line
            }
            let from = self.at;
            self.plain();
            text.push_str(&self.text[from..self.at]);
        }
    }

    /// Moves to the next quote, backslash or control character.
    fn plain(&mut self) {
        let (words, rest) = self.bytes[self.at..].as_chunks();
        for word in words {
            let specials = specials(u64::from_le_bytes(*word));
            if specials != 0 {
                self.at += specials.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
        let special = |&byte: &u8| byte == b'"' || byte == b'\\' || byte < b' ';
        self.at += rest.iter().position(special).unwrap_or(rest.len());
    }

    fn escape(&mut self) -> Result<char, Fault> {
        Ok(match self.bump() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => self.unicode()?,
            _ => return Err(Fault::Json),
        })
    }

    /// What `\u` escapes name; half a surrogate pair becomes U+FFFD, as bad UTF-8 does elsewhere.
    fn unicode(&mut self) -> Result<char, Fault> {
        let high = self.hex4()?;
        if !(0xD800..0xDC00).contains(&high) {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let pair_may_follow = self.bytes[self.at..].starts_with(b"\\u");
        if !pair_may_follow {
            return Ok(char::REPLACEMENT_CHARACTER);
        }
        let after_high = self.at;
        self.at += 2;
        let low = self.hex4()?;
        if (0xDC00..0xE000).contains(&low) {
            let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        self.at = after_high; // the second escape stands for itself
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, Fault> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.bump().and_then(|byte| char::from(byte).to_digit(16));
            code = code << 4 | digit.ok_or(Fault::Json)?;
        }
        Ok(code)
    }

    fn number(&mut self) -> Result<Json<'a>, Fault> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            if !self.eat(b'+') {
                self.eat(b'-');
            }
            self.digits()?;
        }
        Ok(Json::Number(&self.text[start..self.at]))
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(Fault::Json) } else { Ok(()) }
    }

    fn literal(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, Fault> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(Fault::Json);
        }
        self.at += word.len();
        Ok(value)
    }

    /// Moves past white space, of which most lines have none.
    fn space(&mut self) {
        while let Some(byte) = self.peek()
            && byte <= b' '
            && matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
        {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn bump(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// [`Self::eat`], behind white space if there is any.
    fn eat_next(&mut self, byte: u8) -> bool {
        self.eat(byte) || {
            self.space();
            self.eat(byte)
        }
    }

    fn expect_next(&mut self, byte: u8) -> Result<(), Fault> {
        if self.eat_next(byte) { Ok(()) } else { Err(Fault::Json) }
    }
}

/// Which of eight bytes (the lowest first) are a quote, a backslash or a control character: the lowest bit set is the
/// high bit of the first of them.
///
/// Each term sets the high bit of a byte that is less than its bound, and perhaps of bytes above one that is,
/// never below: the lowest bit is always right ("Bit Twiddling Hacks", determine if a word has a byte less than n).
const fn specials(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let found = quote.wrapping_sub(ONES) & !quote
        | backslash.wrapping_sub(ONES) & !backslash
        | word.wrapping_sub(ONES * b' ' as u64) & !word;
    found & (ONES << 7)
}

/// Whether two members have one name. In small objects, a key is compared with those before it only when one
/// of them may be equal by length, first and last byte; large ones are sorted, so that a hostile line of a
/// hundred thousand keys stays cheap.
fn repeats(members: &[(Cow<'_, str>, Json<'_>)]) -> bool {
    if members.len() > 64 {
        let mut keys: Vec<&str> = members.iter().map(|(key, _)| &**key).collect();
        keys.sort_unstable();
        return keys.windows(2).any(|pair| pair[0] == pair[1]);
    }
    let mut seen = 0_u64;
    members.iter().enumerate().any(|(at, (key, _))| {
        let (first, last) = (key.as_bytes().first(), key.as_bytes().last());
        let byte = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or_default());
        let bit = 1 << ((key.len() + 5 * byte(first) + 11 * byte(last)) % 64);
        let maybe = seen & bit != 0;
        seen |= bit;
        maybe && members[..at].iter().any(|(earlier, _)| earlier == key)
    })
}

#[cfg(test)]
mod tests;
