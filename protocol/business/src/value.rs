//! Values of fields: closed shapes, never a free text, and their rounding. (SPEC §12.2)
//! Knows: each field's shape and what each precision leaves of it. Never knows: whose value it is.

mod lists;
mod money;
mod place;
mod time;
mod wire;

pub use lists::{DeviceClass, MessageBucket, PurchaseCategory};
pub use money::{Currency, Money};
pub use place::{BadPlace, Country, Initials, Locale};
pub use time::rounded_to_hour;

use crate::field::Field;
use crate::precision::Precision;
use partywall_ground::Seconds;
use std::net::IpAddr;

/// One value of one field. A value may be coarser than the field's finest precision: a client
/// rounds before it declares. (SPEC T-3, T-12)
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// See [`Field::PhoneNumber`].
    PhoneNumber(PhoneNumber),
    /// See [`Field::DisplayName`].
    DisplayName(Initials),
    /// See [`Field::Locale`].
    Locale(Locale),
    /// See [`Field::Country`].
    Country(Country),
    /// See [`Field::DeviceModel`].
    DeviceModel(DeviceClass),
    /// See [`Field::OsVersion`].
    OsVersion(Version),
    /// See [`Field::ClientVersion`].
    ClientVersion(Version),
    /// See [`Field::LastActive`].
    LastActive(Seconds),
    /// See [`Field::MessageCount`].
    MessageCount(MessageBucket),
    /// See [`Field::InteractionTime`].
    InteractionTime(Seconds),
    /// See [`Field::PurchaseTotal`].
    PurchaseTotal(Money),
    /// See [`Field::PurchaseCategory`].
    PurchaseCategory(PurchaseCategory),
    /// See [`Field::IpAddress`].
    IpAddress(IpAddr),
    /// See [`Field::AdReferral`].
    AdReferral(u16),
}

/// A telephone number without its plus sign (E.164), or a country code alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PhoneNumber(u64);

/// A version, or its major number alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The first number.
    pub major: u16,
    /// The second; none where only the major number is told.
    pub minor: Option<u16>,
}

impl Value {
    /// Whose field's value it is.
    #[must_use]
    pub const fn field(&self) -> Field {
        match self {
            Self::PhoneNumber(_) => Field::PhoneNumber,
            Self::DisplayName(_) => Field::DisplayName,
            Self::Locale(_) => Field::Locale,
            Self::Country(_) => Field::Country,
            Self::DeviceModel(_) => Field::DeviceModel,
            Self::OsVersion(_) => Field::OsVersion,
            Self::ClientVersion(_) => Field::ClientVersion,
            Self::LastActive(_) => Field::LastActive,
            Self::MessageCount(_) => Field::MessageCount,
            Self::InteractionTime(_) => Field::InteractionTime,
            Self::PurchaseTotal(_) => Field::PurchaseTotal,
            Self::PurchaseCategory(_) => Field::PurchaseCategory,
            Self::IpAddress(_) => Field::IpAddress,
            Self::AdReferral(_) => Field::AdReferral,
        }
    }

    /// What a precision leaves of it; nothing if its field does not know the precision. Rounding
    /// twice changes nothing more. (SPEC T-12)
    #[must_use]
    pub fn rounded(self, precision: Precision) -> Option<Self> {
        if !self.field().knows(precision) {
            return None;
        }
        Some(match self {
            Self::PhoneNumber(number) => Self::PhoneNumber(number.rounded(precision)),
            Self::Locale(locale) => Self::Locale(locale.rounded(precision)),
            Self::OsVersion(version) => Self::OsVersion(version.rounded(precision)),
            Self::ClientVersion(version) => Self::ClientVersion(version.rounded(precision)),
            Self::LastActive(time) => Self::LastActive(time::rounded(time, precision)),
            Self::InteractionTime(time) => Self::InteractionTime(time::rounded(time, precision)),
            Self::PurchaseTotal(money) => Self::PurchaseTotal(money.rounded(precision)),
            Self::IpAddress(address) => Self::IpAddress(place::network(address, precision)),
            Self::DisplayName(_)
            | Self::Country(_)
            | Self::DeviceModel(_)
            | Self::MessageCount(_)
            | Self::PurchaseCategory(_)
            | Self::AdReferral(_) => self,
        })
    }
}

/// The field's name and nothing of the value.
impl std::fmt::Debug for Value {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Value({})", self.field())
    }
}

impl PhoneNumber {
    /// The greatest: 15 digits.
    pub const GREATEST: u64 = 999_999_999_999_999;

    /// A number of at most 15 digits, country code first; 1 to 3 digits are a country code alone.
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        if number >= 1 && number <= Self::GREATEST {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }

    fn rounded(self, precision: Precision) -> Self {
        match precision {
            Precision::CountryCode => Self(lists::country_code(self.0)),
            _ => self,
        }
    }
}

impl Version {
    fn rounded(self, precision: Precision) -> Self {
        match precision {
            Precision::Major => Self {
                minor: None,
                ..self
            },
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests;
