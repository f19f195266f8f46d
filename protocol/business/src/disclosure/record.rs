//! What a disclosure says, in bytes: for those who read the ledger or are told something.
//! (SPEC §12.6)
//! Knows: the fourteen entries. A record that was read is no [`Disclosure`]: it cannot be sent.
//!
//! [`Disclosure`]: super::Disclosure

use crate::field::{Basis, Field, MaybeRegion, Purpose, Recipient, Region};
use crate::id::{BusinessId, RecordKey, Subject, TableHash};
use crate::precision::{KeepDays, Precision};
use crate::value::{Value, rounded_to_hour};
use minicbor::decode::{Decode, Decoder, Error};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::Seconds;
use partywall_ground::cbor::{self, BodyError};

/// The kind of ledger payload that a disclosure is.
const KIND: u8 = 1;
const ENTRIES: u64 = 14;

/// One disclosure, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Which disclosure.
    pub key: RecordKey,
    /// Whom it is about, as the recipient knows them.
    pub subject: Subject,
    /// Whose customer.
    pub business: BusinessId,
    /// What is told; its field is the value's.
    pub value: Value,
    /// To whom.
    pub recipient: Recipient,
    /// What for.
    pub purpose: Purpose,
    /// On what ground.
    pub basis: Basis,
    /// The table that was current.
    pub table: TableHash,
    /// When, rounded down to the hour.
    pub time: Seconds,
    /// For how many days the recipient may keep it.
    pub keep: KeepDays,
    /// Where the customer says to live; none: unknown.
    pub region: Option<Region>,
    /// How exactly the value is told.
    pub precision: Precision,
}

impl Record {
    /// Reads one, strictly: a value that is finer than its precision, or a time that is not a
    /// whole hour, is refused. (SPEC T-18)
    ///
    /// # Errors
    /// When the bytes are not one.
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        cbor::decode(bytes)
    }

    /// Whether it is told as exactly as it says, at a whole hour.
    fn is_rounded(&self) -> bool {
        self.value.rounded(self.precision) == Some(self.value)
            && rounded_to_hour(self.time) == self.time
    }
}

impl<C> Encode<C> for Record {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.map(ENTRIES)?;
        encoder.u8(0)?.u8(KIND)?;
        encoder.u8(1)?.encode(self.key)?;
        encoder.u8(2)?.encode(self.subject)?;
        encoder.u8(3)?.encode(self.business)?;
        encoder.u8(4)?.encode(self.value.field())?;
        encoder.u8(5)?;
        self.value.encode_bare(encoder)?;
        encoder.u8(6)?.encode(self.recipient)?;
        encoder.u8(7)?.encode(self.purpose)?;
        encoder.u8(8)?.encode(self.basis)?;
        encoder.u8(9)?.encode(self.table)?;
        encoder.u8(10)?.encode(self.time)?;
        encoder.u8(11)?.encode(self.keep)?;
        encoder.u8(12)?.encode(MaybeRegion(self.region))?;
        encoder.u8(13)?.encode(self.precision)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Record {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        if decoder.map()? != Some(ENTRIES) {
            return Err(Error::message("not a disclosure"));
        }
        if at(decoder, 0)?.u8()? != KIND {
            return Err(Error::message("not a disclosure"));
        }
        let key = at(decoder, 1)?.decode()?;
        let subject = at(decoder, 2)?.decode()?;
        let business = at(decoder, 3)?.decode()?;
        let field: Field = at(decoder, 4)?.decode()?;
        let record = Self {
            key,
            subject,
            business,
            value: Value::decode_bare(field, at(decoder, 5)?)?,
            recipient: at(decoder, 6)?.decode()?,
            purpose: at(decoder, 7)?.decode()?,
            basis: at(decoder, 8)?.decode()?,
            table: at(decoder, 9)?.decode()?,
            time: at(decoder, 10)?.decode()?,
            keep: at(decoder, 11)?.decode()?,
            region: at(decoder, 12)?.decode::<MaybeRegion>()?.0,
            precision: at(decoder, 13)?.decode()?,
        };
        if record.is_rounded() {
            Ok(record)
        } else {
            Err(Error::message("finer than it says"))
        }
    }
}

/// Passes the key that has to come next.
fn at<'a, 'b>(decoder: &'a mut Decoder<'b>, key: u8) -> Result<&'a mut Decoder<'b>, Error> {
    if decoder.u8()? == key {
        Ok(decoder)
    } else {
        Err(Error::message("another key"))
    }
}
