//! How exactly a value is told, and for how long it is kept. (SPEC §12.2)
//! Knows: which field knows which precision, and which of two is the coarser. Never knows: values.

use crate::field::{Field, closed};
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

closed! {
    /// How exactly. Codes grow coarser within every field, so that of two precisions of a field
    /// the coarser has the higher code. (SPEC T-5)
    Precision, 14 {
        /// As it is.
        Full = 1, "full";
        /// Of a telephone number, the country code.
        CountryCode = 2, "country_code";
        /// Of a name, the initials.
        Initials = 3, "initials";
        /// Of a locale, the language.
        Language = 4, "language";
        /// Of a device, its class.
        Class = 5, "class";
        /// Of a version, the major number.
        Major = 6, "major";
        /// Of a time, the hour.
        Hour = 7, "hour";
        /// Of a time, the day (UTC).
        Day = 8, "day";
        /// Of a time, the week, from Monday (UTC).
        Week = 9, "week";
        /// Of a time, the month (UTC).
        Month = 10, "month";
        /// Of a count, the bucket.
        Bucket = 11, "bucket";
        /// Of an amount, tens of the whole currency unit.
        Tens = 12, "tens";
        /// Of an amount, hundreds of the whole currency unit.
        Hundreds = 13, "hundreds";
        /// Of a network address, the network: 24 bits of IPv4, 48 of IPv6.
        Network = 14, "network";
    }
}

impl Precision {
    /// The coarser of two precisions of one field: their intersection. (SPEC T-5)
    #[must_use]
    pub const fn coarser(self, other: Self) -> Self {
        if self.code() >= other.code() {
            self
        } else {
            other
        }
    }
}

impl Field {
    /// The precisions that it knows, the finest first. (SPEC §12.2)
    #[must_use]
    pub const fn precisions(self) -> &'static [Precision] {
        use Precision::{
            Bucket, Class, CountryCode, Day, Full, Hour, Hundreds, Initials, Language, Major,
            Month, Network, Tens, Week,
        };
        match self {
            Self::PhoneNumber => &[Full, CountryCode],
            Self::DisplayName => &[Initials],
            Self::Locale => &[Full, Language],
            Self::Country | Self::PurchaseCategory | Self::AdReferral => &[Full],
            Self::DeviceModel => &[Class],
            Self::OsVersion | Self::ClientVersion => &[Full, Major],
            Self::LastActive | Self::InteractionTime => &[Hour, Day, Week, Month],
            Self::MessageCount => &[Bucket],
            Self::PurchaseTotal => &[Full, Tens, Hundreds],
            Self::IpAddress => &[Full, Network],
        }
    }

    /// Whether it knows a precision.
    #[must_use]
    pub fn knows(self, precision: Precision) -> bool {
        self.precisions().contains(&precision)
    }
}

/// For how many days a recipient may keep what it was told: 1 to 3,650. (SPEC §12.2)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeepDays(u16);

impl KeepDays {
    /// The longest.
    pub const MOST: u16 = 3_650;

    /// That many days, if it is 1 to 3,650.
    #[must_use]
    pub const fn new(days: u16) -> Option<Self> {
        if days >= 1 && days <= Self::MOST {
            Some(Self(days))
        } else {
            None
        }
    }

    /// How many.
    #[must_use]
    pub const fn days(self) -> u16 {
        self.0
    }
}

impl<C> Encode<C> for KeepDays {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.u16(self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for KeepDays {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::new(decoder.u16()?)
            .ok_or_else(|| minicbor::decode::Error::message("not 1 to 3650 days"))
    }
}

/// How exactly and for how long: what a cell allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// How exactly.
    pub precision: Precision,
    /// For how long.
    pub keep: KeepDays,
}

impl Grant {
    /// What two grants of one field both allow: the coarser, the shorter. (SPEC T-5)
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            precision: self.precision.coarser(other.precision),
            keep: self.keep.min(other.keep),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_every_field_a_coarser_precision_has_a_higher_code() {
        for field in Field::ALL {
            let known = field.precisions();
            assert!(
                known.is_sorted_by_key(|precision| precision.code()),
                "{field}"
            );
            assert_eq!(
                known[0].coarser(known[known.len() - 1]),
                known[known.len() - 1]
            );
        }
    }

    #[test]
    fn nothing_is_kept_for_no_time_or_for_longer_than_ten_years() {
        assert!(KeepDays::new(0).is_none() && KeepDays::new(3_651).is_none());
        assert!(KeepDays::new(1).is_some() && KeepDays::new(3_650).is_some());
    }
}
