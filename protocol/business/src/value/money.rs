//! What a purchase came to. (SPEC §12.2)
//! Knows: amounts in the smallest unit, and a closed list of currencies. Never knows: who bought.

use crate::field::closed;
use crate::precision::Precision;

closed! {
    /// In which currency (ISO 4217).
    Currency, 24 {
        /// Australian dollar.
        Aud = 1, "AUD";
        /// Brazilian real.
        Brl = 2, "BRL";
        /// Canadian dollar.
        Cad = 3, "CAD";
        /// Swiss franc.
        Chf = 4, "CHF";
        /// Renminbi.
        Cny = 5, "CNY";
        /// Czech koruna.
        Czk = 6, "CZK";
        /// Danish krone.
        Dkk = 7, "DKK";
        /// Euro.
        Eur = 8, "EUR";
        /// Pound sterling.
        Gbp = 9, "GBP";
        /// Hong Kong dollar.
        Hkd = 10, "HKD";
        /// Forint.
        Huf = 11, "HUF";
        /// Rupiah.
        Idr = 12, "IDR";
        /// Indian rupee.
        Inr = 13, "INR";
        /// Yen.
        Jpy = 14, "JPY";
        /// Won.
        Krw = 15, "KRW";
        /// Mexican peso.
        Mxn = 16, "MXN";
        /// Norwegian krone.
        Nok = 17, "NOK";
        /// New Zealand dollar.
        Nzd = 18, "NZD";
        /// Zloty.
        Pln = 19, "PLN";
        /// Romanian leu.
        Ron = 20, "RON";
        /// Swedish krona.
        Sek = 21, "SEK";
        /// Singapore dollar.
        Sgd = 22, "SGD";
        /// US dollar.
        Usd = 23, "USD";
        /// Rand.
        Zar = 24, "ZAR";
    }
}

impl Currency {
    /// How many of the smallest unit make a whole one.
    #[must_use]
    pub const fn minor_units(self) -> u64 {
        match self {
            Self::Jpy | Self::Krw => 1,
            _ => 100,
        }
    }
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// In the currency's smallest unit.
    pub minor: u64,
    /// Which currency.
    pub currency: Currency,
}

impl Money {
    pub(super) const fn rounded(self, precision: Precision) -> Self {
        let step = match precision {
            Precision::Tens => 10 * self.currency.minor_units(),
            Precision::Hundreds => 100 * self.currency.minor_units(),
            _ => 1,
        };
        Self {
            minor: self.minor - self.minor % step,
            currency: self.currency,
        }
    }
}
