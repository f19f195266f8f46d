//! Money as CBOR: `[amount in minor units, currency as three letters]`. (SPEC §11.6, §12.2)
//! Knows: that shape. Never knows: what was bought.

use crate::value::{Currency, Money};
use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};

/// Writes an amount.
pub(crate) fn encode<C, W: Write>(
    amount: &Money,
    encoder: &mut Encoder<W>,
    _: &mut C,
) -> Result<(), minicbor::encode::Error<W::Error>> {
    encoder.array(2)?.u64(amount.minor)?;
    encoder.str(amount.currency.word())?.ok()
}

/// Reads an amount in one of the currencies that there are.
pub(crate) fn decode<C>(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Money, Error> {
    if decoder.array()? != Some(2) {
        return Err(Error::message("not an amount"));
    }
    let minor = decoder.u64()?;
    let currency = Currency::from_word(decoder.str()?);
    let currency = currency.ok_or_else(|| Error::message("no such currency"))?;
    Ok(Money { minor, currency })
}
