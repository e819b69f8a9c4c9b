//! The opener: from a blob in an event to its plaintext, with every check on the way.
//!
//! Invariant: nothing comes out unless the row's secret is the one the row commits to, the row is the one
//! the event names, and the blob is the one sealed for this place; and nothing after retention.
//! Place on the path: the last step of a reveal, after it was logged.

use crate::blob::{Blob, Header};
use crate::custody::Custody;
use crate::primitives::unpad;
use crate::ratchet::kid;
use crate::rows::KeyRow;
use crate::store::{KeyStore, StoreError};
use crate::unwrap::{Unwrapper, committed};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

#[cfg(test)]
mod tests;

/// Why a blob stays closed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store has no such key row.
    #[error("the key is not in the store: erased or expired, or not yet in the store")]
    NoRow,
    /// The row is past its retention.
    #[error("the key's retention is over")]
    Expired,
    /// The custody has no private key for the row's tenant, retention and week.
    #[error(
        "the custody has no private key for this tenant, retention and week (destroyed, or another custody)"
    )]
    NoPrivateKey,
    /// The row does not unwrap, or is not the row the event names.
    #[error("the key row is not the one this event was sealed under, or was altered")]
    WrongKey,
    /// The blob was altered or moved.
    #[error("the sealed value was altered, or does not belong to this event")]
    Tampered,
    /// The plaintext does not end in padding.
    #[error("the sealed value is not padded as the format says")]
    Padding,
    /// Not a blob of this version.
    #[error("not a sealed value of this version")]
    Format,
    /// The key store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens blobs with the keys of a custody and the rows of a store.
pub struct Opener<'a> {
    store: &'a KeyStore,
    unwrapper: Unwrapper<'a>,
}

impl<'a> Opener<'a> {
    /// An opener; cheap to make.
    #[must_use]
    pub fn new(custody: &'a Custody, store: &'a KeyStore) -> Self {
        Self { store, unwrapper: Unwrapper::new(custody, store) }
    }

    /// The plaintext: one compact JSON object.
    ///
    /// # Errors
    /// The reason why not.
    pub fn open(&self, blob: &Blob<'_>, now_ms: i64) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let header = Header::read(blob.bytes).ok_or(OpenError::Format)?;
        let place = header.class.place().ok_or(OpenError::Format)?;
        let row = self.store.key(&blob.kid)?.ok_or(OpenError::NoRow)?;
        if now_ms.div_euclid(1000) >= KeyRow::expiry(row.ret, row.day) {
            return Err(OpenError::Expired);
        }
        let secret = self.unwrapper.unwrap(&row, header.class, &row.wrapped[place])?;
        let secret = secret.first_chunk().ok_or(OpenError::WrongKey)?;
        open_with(&row, header, secret, blob)
    }
}

/// Commitment, key id, then the blob itself.
pub(crate) fn open_with(
    row: &KeyRow,
    header: Header,
    secret: &[u8; 32],
    blob: &Blob<'_>,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let named = kid(blob.tenant, &row.com).ct_eq(&blob.kid);
    if !committed(row, header.class, secret) || !bool::from(named) {
        return Err(OpenError::WrongKey);
    }
    let mut plain = blob.open_with(header, secret).ok_or(OpenError::Tampered)?;
    let length = unpad(&plain).ok_or(OpenError::Padding)?.len();
    plain.truncate(length);
    Ok(plain)
}
