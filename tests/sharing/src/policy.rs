//! The policies of these worlds: a wide one, and one that forbids, coarsens and adds.
//! Knows: rows. Never knows: customers.

/// When every world begins: 2026-06-01.
pub const START: u64 = 1_780_272_000;

/// Seconds of a day.
pub const DAY: u64 = 86_400;

const HEAD: &str = r#"
controller = "A relay"
contact = "relay.example"
complaint_authority = "An authority"
parent = "Parent Ltd"
service_provider = "Printer Ltd"
notice_days = 30

[retention]
mail_days = 300
receipts_days = 3000
disclosures_days = 3000
reports_days = 90
after_leaving_days = 3000
certificates_days = 3000
declared_days = 3000
"#;

type Share = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    u16,
);

const BOTH: &str = r#"["business", "parent"]"#;
const PARENT: &str = r#""parent""#;
const PRINTER: &str = r#""service_provider""#;

/// Field, with, for, basis, precision, days.
const WIDE: &[Share] = &[
    (
        "interaction_time",
        BOTH,
        "service_operation",
        "necessary",
        "hour",
        30,
    ),
    (
        "phone_number",
        BOTH,
        "ads_product_improvement",
        "consent",
        "full",
        90,
    ),
    ("locale", PARENT, "analytics", "consent", "full", 60),
    ("country", PRINTER, "analytics", "consent", "full", 60),
    (
        "message_count",
        PRINTER,
        "analytics",
        "consent",
        "bucket",
        60,
    ),
    (
        "ip_address",
        PARENT,
        "safety_security",
        "consent",
        "network",
        10,
    ),
    (
        "last_active",
        PARENT,
        "personalisation",
        "consent",
        "hour",
        20,
    ),
    (
        "os_version",
        PRINTER,
        "personalisation",
        "consent",
        "full",
        20,
    ),
];

/// The successor: `locale` is forbidden, `phone_number` coarser, `os_version` goes to the parent too, with more days to the printer.
const NEXT: &[Share] = &[
    (
        "interaction_time",
        BOTH,
        "service_operation",
        "necessary",
        "hour",
        20,
    ),
    (
        "phone_number",
        BOTH,
        "ads_product_improvement",
        "consent",
        "country_code",
        120,
    ),
    ("country", PRINTER, "analytics", "consent", "full", 60),
    (
        "message_count",
        PRINTER,
        "analytics",
        "consent",
        "bucket",
        60,
    ),
    (
        "ip_address",
        PARENT,
        "safety_security",
        "consent",
        "network",
        10,
    ),
    (
        "last_active",
        PARENT,
        "personalisation",
        "consent",
        "day",
        20,
    ),
    (
        "os_version",
        r#"["parent", "service_provider"]"#,
        "personalisation",
        "consent",
        "full",
        40,
    ),
];

/// The wide policy, version 2, from a day on.
#[must_use]
pub fn wide(day: u64) -> String {
    text(2, day, day, WIDE)
}

/// Its successor, version 3, from a day on; the sunset of the wide one is ten days later.
#[must_use]
pub fn next(day: u64) -> String {
    text(3, day, day + 10, NEXT)
}

fn text(version: u32, day: u64, sunset: u64, shares: &[Share]) -> String {
    let (effective, sunset) = (date(day), date(sunset));
    let mut text = format!(
        "[policy]\nname = \"sharing\"\nversion = {version}\neffective = {effective}\nsunset = {sunset}{HEAD}"
    );
    for (field, with, purpose, basis, precision, days) in shares {
        text.push_str(&format!(
            "\n[[share]]\nfield = \"{field}\"\nwith = {with}\nfor = \"{purpose}\"\nbasis = \"{basis}\"\nregions = \"all\"\nprecision = \"{precision}\"\nkeep_days = {days}\n"
        ));
    }
    text
}

/// A day since 1970 as a policy file writes it. (After H. Hinnant's civil-from-days.)
fn date(day: u64) -> String {
    let day = day + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{}-{month:02}-{date:02}", era * 400 + year + carry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_people_do() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(START / DAY), "2026-06-01");
        assert_eq!(date(START / DAY + 273), "2027-03-01");
        assert_eq!(date(11_016), "2000-02-29");
    }
}
