//! What the three policies say, as nested rules written by hand from the prose about them.
//! Knows: the prose. Never knows: the policy files, nor the compiler.

use Field::{
    ClientVersion, Country, DeviceModel, DisplayName, InteractionTime, IpAddress, LastActive,
    Locale, MessageCount, OsVersion, PhoneNumber, PurchaseCategory, PurchaseTotal,
};
use Said::{No, Yes};
use partywall_business::field::{Basis, Field, Purpose, Recipient, Region};
use partywall_business::table::Cell;

/// An answer: how exactly and for how many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    No,
    Yes(&'static str, u16),
}

pub(crate) fn said(policy: &str, cell: Cell) -> Said {
    match policy {
        "strict" => strict(cell),
        "wa2016" => wa2016(cell),
        _ => wa2021(cell),
    }
}

/// Nothing to the parent or a service provider. The business: what the window needs, and by
/// consent a name, a language, a number, a purchase.
fn strict(cell: Cell) -> Said {
    if cell.row.recipient != Recipient::Business || cell.row.purpose != Purpose::ServiceOperation {
        return No;
    }
    match (cell.basis, cell.row.field) {
        (Basis::Necessary, InteractionTime) => Yes("hour", 30),
        (Basis::Consent, DisplayName) => Yes("initials", 30),
        (Basis::Consent, PhoneNumber | Locale) => Yes("full", 30),
        (Basis::Consent, PurchaseTotal | PurchaseCategory) => Yes("full", 365),
        _ => No,
    }
}

/// Number, last use, measures of use, device, operating system, country: to the parent. The
/// advertising purpose, and only that, could be refused.
fn wa2016(cell: Cell) -> Said {
    if cell.row.recipient != Recipient::Parent {
        return No;
    }
    let days = match (cell.row.purpose, cell.basis) {
        (
            Purpose::ServiceOperation | Purpose::SafetySecurity | Purpose::Analytics,
            Basis::Necessary,
        ) => 365,
        (Purpose::AdsProductImprovement, Basis::Consent) => 180,
        _ => return No,
    };
    match cell.row.field {
        PhoneNumber | OsVersion | Country => Yes("full", days),
        LastActive => Yes("day", days),
        MessageCount => Yes("bucket", days),
        DeviceModel => Yes("class", days),
        _ => No,
    }
}

/// Account, transactions, service, interaction, device, network address: to the parent. Not for
/// its advertising in the EU and the UK, and no network address from there to anybody. The
/// business sees the number.
fn wa2021(cell: Cell) -> Said {
    let european = matches!(cell.region, Region::Eu | Region::Uk);
    let row = cell.row;
    if row.recipient == Recipient::Business {
        let is_number = row.field == PhoneNumber && row.purpose == Purpose::ServiceOperation;
        return match is_number && cell.basis == Basis::Necessary {
            true => Yes("full", 365),
            false => No,
        };
    }
    if row.recipient != Recipient::Parent || (european && row.field == IpAddress) {
        return No;
    }
    let days = match (row.purpose, cell.basis) {
        (Purpose::AdsProductImprovement, _) if european => return No,
        (Purpose::AdsProductImprovement | Purpose::Personalisation, Basis::Consent) => 90,
        (
            Purpose::ServiceOperation | Purpose::SafetySecurity | Purpose::Analytics,
            Basis::Necessary,
        ) => 365,
        _ => return No,
    };
    match row.field {
        PhoneNumber | OsVersion | ClientVersion | IpAddress | PurchaseTotal | PurchaseCategory => {
            Yes("full", days)
        }
        LastActive | InteractionTime => Yes("hour", days),
        MessageCount => Yes("bucket", days),
        DeviceModel => Yes("class", days),
        _ => No,
    }
}
