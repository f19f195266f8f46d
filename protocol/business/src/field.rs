//! What may be told, to whom, what for, where, and on what ground: five closed lists. (SPEC §12.1)
//! Knows: their words and codes. Never knows: contents of messages, nor any free text: there is
//! no word here for either, so nothing built on these lists can tell them.

mod closed;

pub(crate) use closed::closed;

closed! {
    /// What may be told of a customer. There is no variant for a message, a contact or a free
    /// text, and no way to add one at run time. (SPEC T-3)
    Field, 14 {
        /// A telephone number (E.164).
        PhoneNumber = 1, "phone_number";
        /// One to three initials.
        DisplayName = 2, "display_name";
        /// The language the customer reads.
        Locale = 3, "locale";
        /// The country the customer says they are in.
        Country = 4, "country";
        /// The class of the device.
        DeviceModel = 5, "device_model";
        /// The version of its operating system.
        OsVersion = 6, "os_version";
        /// The version of the app.
        ClientVersion = 7, "client_version";
        /// When the customer was last connected.
        LastActive = 8, "last_active";
        /// How many messages there were, by bucket.
        MessageCount = 9, "message_count";
        /// When the customer last wrote to this business.
        InteractionTime = 10, "interaction_time";
        /// What a purchase came to.
        PurchaseTotal = 11, "purchase_total";
        /// What kind of thing was bought.
        PurchaseCategory = 12, "purchase_category";
        /// The network address the customer connects from.
        IpAddress = 13, "ip_address";
        /// The number of the advertisement that led here.
        AdReferral = 14, "ad_referral";
    }
}

closed! {
    /// Who is told. (SPEC §12.1)
    Recipient, 3 {
        /// The business the customer writes to.
        Business = 1, "business";
        /// The company that owns the relay.
        Parent = 2, "parent";
        /// Somebody who works for the operator.
        ServiceProvider = 3, "service_provider";
    }
}

closed! {
    /// What it is told for. (SPEC §12.1)
    Purpose, 5 {
        /// To do what the customer asked for.
        ServiceOperation = 1, "service_operation";
        /// Against fraud and abuse.
        SafetySecurity = 2, "safety_security";
        /// To fit the service to the customer.
        Personalisation = 3, "personalisation";
        /// For advertising and for the recipient's own products.
        AdsProductImprovement = 4, "ads_product_improvement";
        /// To count and measure.
        Analytics = 5, "analytics";
    }
}

closed! {
    /// Whose law the customer lives under, as the customer says. (SPEC §12.1)
    Region, 5 {
        /// The European Union and the EEA.
        Eu = 1, "eu";
        /// The United Kingdom.
        Uk = 2, "uk";
        /// California.
        UsCa = 3, "us_ca";
        /// India.
        In = 4, "in";
        /// Anywhere else.
        Other = 5, "other";
    }
}

closed! {
    /// On what ground. (SPEC §12.1)
    Basis, 3 {
        /// Off until the customer switches it on.
        Consent = 1, "consent";
        /// Without it the chat cannot be; on while the chat exists.
        Necessary = 2, "necessary";
        /// A law, which the rule names.
        Legal = 3, "legal";
    }
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The customer's client says it.
    Declared,
    /// The relay sees it.
    Observed,
}

/// A region's code, or 0 where it is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MaybeRegion(pub(crate) Option<Region>);

impl<C> minicbor::Encode<C> for MaybeRegion {
    fn encode<W: minicbor::encode::Write>(
        &self,
        encoder: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.u8(self.0.map_or(0, Region::code))?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for MaybeRegion {
    fn decode(
        decoder: &mut minicbor::Decoder<'b>,
        _: &mut C,
    ) -> Result<Self, minicbor::decode::Error> {
        match decoder.u8()? {
            0 => Ok(Self(None)),
            code => Region::from_code(code)
                .map(|region| Self(Some(region)))
                .ok_or_else(|| minicbor::decode::Error::message("unknown region")),
        }
    }
}

impl Field {
    /// Who knows it first: the customer's client, or the relay.
    #[must_use]
    pub const fn source(self) -> Source {
        match self {
            Self::LastActive | Self::MessageCount | Self::InteractionTime | Self::IpAddress => {
                Source::Observed
            }
            _ => Source::Declared,
        }
    }
}

impl Purpose {
    /// Whether a refusal (an objection, or Global Privacy Control) bars choices for it. (SPEC T-15)
    #[must_use]
    pub const fn is_refusable(self) -> bool {
        matches!(
            self,
            Self::Personalisation | Self::AdsProductImprovement | Self::Analytics
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_order<T: Copy + PartialEq>(
        all: &[T],
        code: fn(T) -> u8,
        from_code: fn(u8) -> Option<T>,
        from_word: fn(&str) -> Option<T>,
        word: fn(T) -> &'static str,
    ) {
        for (place, &one) in all.iter().enumerate() {
            assert_eq!(usize::from(code(one)), place + 1);
            assert!(from_code(code(one)) == Some(one));
            assert!(from_word(word(one)) == Some(one));
        }
        let beyond = u8::try_from(all.len() + 1).unwrap();
        assert!(from_code(0).is_none() && from_code(beyond).is_none());
    }

    #[test]
    fn codes_count_from_one_and_words_lead_back() {
        in_order(
            &Field::ALL,
            Field::code,
            Field::from_code,
            Field::from_word,
            Field::word,
        );
        in_order(
            &Recipient::ALL,
            Recipient::code,
            Recipient::from_code,
            Recipient::from_word,
            Recipient::word,
        );
        in_order(
            &Purpose::ALL,
            Purpose::code,
            Purpose::from_code,
            Purpose::from_word,
            Purpose::word,
        );
        in_order(
            &Region::ALL,
            Region::code,
            Region::from_code,
            Region::from_word,
            Region::word,
        );
        in_order(
            &Basis::ALL,
            Basis::code,
            Basis::from_code,
            Basis::from_word,
            Basis::word,
        );
    }
}
