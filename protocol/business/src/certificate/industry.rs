//! What a business does: a closed list, of which the end is prohibited. (SPEC §11.3, B-10)
//! Knows: the list. Never knows: which of them an operator adds to the prohibited ones.

use crate::field::closed;

closed! {
    /// What a business does. (SPEC §11.3)
    Industry, 19 {
        /// Shops.
        Retail = 1, "retail";
        /// Bakeries, restaurants, deliveries.
        Food = 2, "food";
        /// Journeys and stays.
        Travel = 3, "travel";
        /// Doctors, hospitals, pharmacies.
        Health = 4, "health";
        /// Banks and insurers.
        Finance = 5, "finance";
        /// Schools and courses.
        Education = 6, "education";
        /// Offices of the state.
        PublicService = 7, "public_service";
        /// Papers, radio, publishers.
        Media = 8, "media";
        /// Crafts and services.
        Services = 9, "services";
        /// Makers of things.
        Manufacturing = 10, "manufacturing";
        /// Clubs and charities.
        NonProfit = 11, "non_profit";
        /// Something else.
        Other = 12, "other";
        /// Prohibited.
        Gambling = 13, "gambling";
        /// Prohibited.
        Cryptocurrency = 14, "cryptocurrency";
        /// Prohibited.
        Weapons = 15, "weapons";
        /// Prohibited.
        Drugs = 16, "drugs";
        /// Prohibited.
        Adult = 17, "adult";
        /// Prohibited.
        PaydayLoans = 18, "payday_loans";
        /// Prohibited.
        MultiLevelMarketing = 19, "multi_level_marketing";
    }
}

impl Industry {
    /// Whether the SPEC's list has it among the prohibited. An operator may prohibit more. (B-10)
    #[must_use]
    pub const fn is_prohibited(self) -> bool {
        self.code() >= Self::Gambling.code()
    }
}
