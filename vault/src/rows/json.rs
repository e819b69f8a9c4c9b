//! How rows look in JSON: bytes as base64url without padding, classes as the keys `"1"`, `"2"`, `"3"`, a
//! wrapped value as `["ws",q,"bytes"]`.

use super::Wrapped;
use crate::primitives::{b64, text_in, unb64};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A row of which most are shorter than this.
const ROOM: usize = 1024;

/// One line of compact JSON.
pub(super) fn line(row: &impl Serialize) -> String {
    let mut line = Vec::with_capacity(ROOM);
    serde_json::to_writer(&mut line, row).expect("a row is strings and numbers");
    String::from_utf8(line).expect("JSON is UTF-8")
}

impl Serialize for Wrapped {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (Text(&self.ws), self.q, Text(&self.bytes)).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Wrapped {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (ws, q, bytes) = <(String, u32, String)>::deserialize(from)?;
        let ws = unb64(&ws).and_then(|ws| ws.try_into().ok());
        let wrapped = ws.zip(unb64(&bytes)).map(|(ws, bytes)| Self { ws, q, bytes });
        wrapped.ok_or_else(|| D::Error::custom("not a wrapped value"))
    }
}

/// Bytes as base64url, by way of the stack unless they are many.
struct Text<'a>(&'a [u8]);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut buffer = [0; 256];
        if self.0.len() <= buffer.len() / 4 * 3 {
            to.serialize_str(text_in(self.0, &mut buffer))
        } else {
            to.serialize_str(&b64(self.0))
        }
    }
}

/// Byte arrays as base64url.
pub(crate) mod text {
    use super::*;

    pub(crate) fn serialize<S: Serializer, T: AsRef<[u8]>>(
        it: &T,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        Text(it.as_ref()).serialize(to)
    }

    pub(crate) fn deserialize<'de, D, T>(from: D) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
        T: TryFrom<Vec<u8>>,
    {
        let bytes = unb64(&String::deserialize(from)?);
        let sized = bytes.and_then(|bytes| bytes.try_into().ok());
        sized.ok_or_else(|| D::Error::custom("not base64url of the right length"))
    }
}

/// Three values as `{"1":…,"2":…,"3":…}`.
pub(super) mod per_class {
    use super::*;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Map<T> {
        #[serde(rename = "1")]
        identity: T,
        #[serde(rename = "2")]
        network: T,
        #[serde(rename = "3")]
        content: T,
    }

    pub(crate) fn serialize<S, T>(three: &[T; 3], to: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
        T: Serialize,
    {
        let [identity, network, content] = three;
        Map { identity, network, content }.serialize(to)
    }

    pub(crate) fn deserialize<'de, D, T>(from: D) -> Result<[T; 3], D::Error>
    where
        D: Deserializer<'de>,
        T: Deserialize<'de>,
    {
        let Map { identity, network, content } = Map::deserialize(from)?;
        Ok([identity, network, content])
    }
}

/// Three 32-byte values as `{"1":"…","2":"…","3":"…"}`.
pub(super) mod commitments {
    use super::*;

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Commitment(#[serde(with = "text")] [u8; 32]);

    pub(crate) fn serialize<S: Serializer>(com: &[[u8; 32]; 3], to: S) -> Result<S::Ok, S::Error> {
        per_class::serialize(&com.map(Commitment), to)
    }

    pub(crate) fn deserialize<'de, D>(from: D) -> Result<[[u8; 32]; 3], D::Error>
    where
        D: Deserializer<'de>,
    {
        per_class::deserialize(from).map(|three: [Commitment; 3]| three.map(|com| com.0))
    }
}
