//! Values that are one of a few. (SPEC §12.2)
//! Knows: the lists. Never knows: whose value it is.

use crate::field::closed;

closed! {
    /// What kind of device.
    DeviceClass, 8 {
        /// A telephone with Android.
        AndroidPhone = 1, "android_phone";
        /// An iPhone.
        Iphone = 2, "iphone";
        /// A tablet with Android.
        AndroidTablet = 3, "android_tablet";
        /// An iPad.
        Ipad = 4, "ipad";
        /// A computer with Windows.
        Windows = 5, "windows";
        /// A Mac.
        Macos = 6, "macos";
        /// A computer with Linux.
        Linux = 7, "linux";
        /// Anything else.
        Other = 8, "other";
    }
}

closed! {
    /// How many messages, about.
    MessageBucket, 6 {
        /// None.
        None = 1, "0";
        /// One.
        One = 2, "1";
        /// 2 to 5.
        Few = 3, "2-5";
        /// 6 to 20.
        Some = 4, "6-20";
        /// 21 to 100.
        Many = 5, "21-100";
        /// More than 100.
        Over = 6, "over 100";
    }
}

closed! {
    /// What kind of thing was bought.
    PurchaseCategory, 8 {
        /// Food.
        Food = 1, "food";
        /// Clothing.
        Clothing = 2, "clothing";
        /// Electronics.
        Electronics = 3, "electronics";
        /// Household.
        Household = 4, "household";
        /// Travel.
        Travel = 5, "travel";
        /// Services.
        Services = 6, "services";
        /// Health.
        Health = 7, "health";
        /// Anything else.
        Other = 8, "other";
    }
}

impl MessageBucket {
    /// The bucket of a count.
    #[must_use]
    pub const fn of(count: u64) -> Self {
        match count {
            0 => Self::None,
            1 => Self::One,
            2..=5 => Self::Few,
            6..=20 => Self::Some,
            21..=100 => Self::Many,
            _ => Self::Over,
        }
    }
}

/// The E.164 country code at the front of a number. Codes of one digit are 1 and 7, those of two
/// are these, all others have three; no code is the beginning of another. (SPEC §12.2)
pub(super) fn country_code(number: u64) -> u64 {
    const TWO: [u64; 44] = [
        20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55,
        56, 57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
    ];
    let leading = |digits: u32| {
        let mut front = number;
        while front >= 10_u64.pow(digits) {
            front /= 10;
        }
        front
    };
    match leading(1) {
        one @ (1 | 7) => one,
        _ if TWO.contains(&leading(2)) => leading(2),
        _ => leading(3),
    }
}
