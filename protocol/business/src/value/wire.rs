//! Values as CBOR: alone, where the field is said before, or as `[field, value]`. (SPEC §12.2)
//! Knows: each field's shape. Never knows: what a message around it says.

use super::{Currency, Initials, Locale, Money, PhoneNumber, Value, Version};
use crate::field::Field;
use minicbor::decode::{Decode, Decoder, Error};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::Seconds;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

type Written<W> = Result<(), minicbor::encode::Error<<W as Write>::Error>>;

impl Value {
    /// Writes the value without its field.
    ///
    /// # Errors
    /// When the writer refuses.
    pub(crate) fn encode_bare<W: Write>(&self, encoder: &mut Encoder<W>) -> Written<W> {
        match self {
            Self::PhoneNumber(number) => encoder.u64(number.value())?.ok(),
            Self::DisplayName(initials) => encoder.str(initials.as_str())?.ok(),
            Self::Locale(locale) => encoder.str(&locale.to_string())?.ok(),
            Self::Country(country) => encoder.str(country.as_str())?.ok(),
            Self::DeviceModel(class) => encoder.encode(class)?.ok(),
            Self::OsVersion(version) | Self::ClientVersion(version) => version.write(encoder),
            Self::LastActive(time) | Self::InteractionTime(time) => encoder.encode(time)?.ok(),
            Self::MessageCount(bucket) => encoder.encode(bucket)?.ok(),
            Self::PurchaseTotal(money) => {
                encoder.array(2)?.u64(money.minor)?;
                encoder.str(money.currency.word())?.ok()
            }
            Self::PurchaseCategory(category) => encoder.encode(category)?.ok(),
            Self::IpAddress(IpAddr::V4(address)) => encoder.bytes(&address.octets())?.ok(),
            Self::IpAddress(IpAddr::V6(address)) => encoder.bytes(&address.octets())?.ok(),
            Self::AdReferral(number) => encoder.u16(*number)?.ok(),
        }
    }

    /// Reads a value of a field.
    ///
    /// # Errors
    /// When it is not of that field's shape.
    pub(crate) fn decode_bare(field: Field, decoder: &mut Decoder<'_>) -> Result<Self, Error> {
        let unfit = |_| Error::message("not a value of this field");
        Ok(match field {
            Field::PhoneNumber => Self::PhoneNumber(
                PhoneNumber::new(decoder.u64()?)
                    .ok_or_else(|| Error::message("not a telephone number"))?,
            ),
            Field::DisplayName => Self::DisplayName(Initials::new(decoder.str()?).map_err(unfit)?),
            Field::Locale => Self::Locale(Locale::new(decoder.str()?).map_err(unfit)?),
            Field::Country => Self::Country(super::Country::new(decoder.str()?).map_err(unfit)?),
            Field::DeviceModel => Self::DeviceModel(decoder.decode()?),
            Field::OsVersion => Self::OsVersion(Version::read(decoder)?),
            Field::ClientVersion => Self::ClientVersion(Version::read(decoder)?),
            Field::LastActive => Self::LastActive(Seconds::new(decoder.u64()?)),
            Field::MessageCount => Self::MessageCount(decoder.decode()?),
            Field::InteractionTime => Self::InteractionTime(Seconds::new(decoder.u64()?)),
            Field::PurchaseTotal => Self::PurchaseTotal(money(decoder)?),
            Field::PurchaseCategory => Self::PurchaseCategory(decoder.decode()?),
            Field::IpAddress => Self::IpAddress(address(decoder.bytes()?)?),
            Field::AdReferral => Self::AdReferral(decoder.u16()?),
        })
    }
}

/// `[field, value]`: what a client declares.
impl<C> Encode<C> for Value {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Written<W> {
        encoder.array(2)?.encode(self.field())?;
        self.encode_bare(encoder)
    }
}

impl<'b, C> Decode<'b, C> for Value {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        pair(decoder)?;
        let field = decoder.decode()?;
        Self::decode_bare(field, decoder)
    }
}

impl Version {
    fn write<W: Write>(&self, encoder: &mut Encoder<W>) -> Written<W> {
        match self.minor {
            Some(minor) => encoder.array(2)?.u16(self.major)?.u16(minor)?.ok(),
            None => encoder.array(1)?.u16(self.major)?.ok(),
        }
    }

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Error> {
        let has_minor = match decoder.array()? {
            Some(1) => false,
            Some(2) => true,
            _ => return Err(Error::message("not a version")),
        };
        let major = decoder.u16()?;
        let minor = if has_minor {
            Some(decoder.u16()?)
        } else {
            None
        };
        Ok(Self { major, minor })
    }
}

fn money(decoder: &mut Decoder<'_>) -> Result<Money, Error> {
    pair(decoder)?;
    let minor = decoder.u64()?;
    let currency =
        Currency::from_word(decoder.str()?).ok_or_else(|| Error::message("unknown currency"))?;
    Ok(Money { minor, currency })
}

fn address(bytes: &[u8]) -> Result<IpAddr, Error> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Ok(Ipv4Addr::from(bytes).into());
    }
    match <[u8; 16]>::try_from(bytes) {
        Ok(bytes) => Ok(Ipv6Addr::from(bytes).into()),
        Err(_) => Err(Error::message("not a network address")),
    }
}

fn pair(decoder: &mut Decoder<'_>) -> Result<(), Error> {
    match decoder.array()? {
        Some(2) => Ok(()),
        _ => Err(Error::message("not a pair")),
    }
}
