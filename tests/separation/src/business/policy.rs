//! Policies that differ from world to world: which rows are shared, and how exactly.
//! Knows: rows that a customer can be asked for. Never knows: customers.

use partywall_world::Dice;

const HEAD: &str = r#"
controller = "A relay"
contact = "relay.example"
complaint_authority = "An authority"
parent = "Parent Ltd"
service_provider = "Printer Ltd"
notice_days = 30

[retention]
mail_days = 30
receipts_days = 100
disclosures_days = 50
reports_days = 90
after_leaving_days = 30
certificates_days = 100
declared_days = 20
"#;

/// Field, with, for, basis, regions, the precisions that it knows.
type Share = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const SHARES: &[Share] = &[
    (
        "interaction_time",
        r#"["business", "parent"]"#,
        "service_operation",
        "necessary",
        "all",
        &["hour", "day"],
    ),
    (
        "phone_number",
        r#"["business", "parent"]"#,
        "ads_product_improvement",
        "consent",
        "all",
        &["full", "country_code"],
    ),
    (
        "phone_number",
        r#"["business", "parent"]"#,
        "service_operation",
        "consent",
        "all",
        &["full"],
    ),
    (
        "locale",
        r#""parent""#,
        "analytics",
        "consent",
        "all",
        &["full", "language"],
    ),
    (
        "country",
        r#""service_provider""#,
        "analytics",
        "consent",
        "all",
        &["full"],
    ),
    (
        "message_count",
        r#""parent""#,
        "analytics",
        "consent",
        "all",
        &["bucket"],
    ),
    (
        "ip_address",
        r#""parent""#,
        "safety_security",
        "consent",
        "all",
        &["network", "full"],
    ),
    (
        "display_name",
        r#""service_provider""#,
        "service_operation",
        "consent",
        "all",
        &["initials"],
    ),
    (
        "purchase_total",
        r#"["business", "service_provider"]"#,
        "service_operation",
        "legal",
        "eu",
        &["full", "tens"],
    ),
    (
        "device_model",
        r#""parent""#,
        "ads_product_improvement",
        "consent",
        "all",
        &["class"],
    ),
    (
        "os_version",
        r#""parent""#,
        "personalisation",
        "consent",
        "all",
        &["full", "major"],
    ),
    (
        "last_active",
        r#""parent""#,
        "personalisation",
        "consent",
        "all",
        &["day", "hour"],
    ),
    (
        "ad_referral",
        r#""parent""#,
        "ads_product_improvement",
        "consent",
        "all",
        &["full"],
    ),
];

/// A policy of that version, holding from a day on.
#[must_use]
pub fn variant(version: u32, effective: &str, dice: &mut Dice) -> String {
    let mut text = format!(
        "[policy]\nname = \"variant\"\nversion = {version}\neffective = {effective}\nsunset = {effective}{HEAD}"
    );
    for (field, with, purpose, basis, regions, precisions) in SHARES {
        // One in four is left out.
        if dice.below(4) == 0 {
            continue;
        }
        let precision = precisions[dice.below(precisions.len() as u64) as usize];
        let law = if *basis == "legal" {
            "law = \"A law\"\n"
        } else {
            ""
        };
        let regions = if *regions == "all" {
            "\"all\"".to_owned()
        } else {
            format!("[\"{regions}\"]")
        };
        text.push_str(&format!(
            "\n[[share]]\nfield = \"{field}\"\nwith = {with}\nfor = \"{purpose}\"\nbasis = \"{basis}\"\nregions = {regions}\nprecision = \"{precision}\"\nkeep_days = {}\n{law}",
            10 + dice.below(80)
        ));
    }
    text
}
