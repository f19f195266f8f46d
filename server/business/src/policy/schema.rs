//! The JSON Schema of a policy file, for editors: `docs/policy.schema.json`. (SPEC §12.3)
//! Knows: the shape of the file. A test holds its keys against those that are read, and its words
//! against the closed lists. Never knows: any policy.

use schemars::{JsonSchema, Schema};

/// The schema.
#[must_use]
pub fn schema() -> Schema {
    schemars::schema_for!(PolicyFile)
}

/// What may be told of customers of businesses, to whom, what for. Denied unless a row shares it.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PolicyFile {
    /// Who answers for the relay.
    pub policy: Header,
    /// Where data goes beyond the controller's own country.
    #[schemars(length(max = 16))]
    pub transfer: Option<Vec<Transfer>>,
    /// How long the relay keeps what it stores.
    pub retention: Retention,
    /// What is shared.
    pub share: Option<Vec<Share>>,
    /// What is never shared, whatever a row says.
    pub never: Option<Vec<Never>>,
}

/// Who answers for the relay.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Header {
    /// The policy's name.
    #[schemars(length(min = 1, max = 80))]
    pub name: String,
    /// 1 for the first, one more for each change.
    #[schemars(range(min = 1))]
    pub version: u32,
    /// Who is responsible.
    #[schemars(length(min = 1, max = 200))]
    pub controller: String,
    /// Where to write to them.
    #[schemars(length(min = 1, max = 200))]
    pub contact: String,
    /// Where to complain about them.
    #[schemars(length(min = 1, max = 200))]
    pub complaint_authority: String,
    /// The parent's name, if anything is shared with it.
    #[schemars(length(min = 1, max = 80))]
    pub parent: Option<String>,
    /// The service provider's name, if anything is shared with it.
    #[schemars(length(min = 1, max = 80))]
    pub service_provider: Option<String>,
    /// From which day on it holds (UTC).
    #[schemars(extend("format" = "date"))]
    pub effective: String,
    /// Days between a later version's publication and its effect.
    #[schemars(range(min = 1, max = 3650))]
    pub notice_days: u32,
    /// Until when the version before may be accepted.
    #[schemars(extend("format" = "date"))]
    pub sunset: Option<String>,
}

/// One place that data goes to.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Transfer {
    /// Where to.
    #[schemars(length(min = 1, max = 80))]
    pub to: String,
    /// What protects it there.
    #[schemars(length(min = 1, max = 200))]
    pub safeguard: String,
}

/// How long the relay keeps what it stores, in days.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Retention {
    /// Sealed mail that nobody collected.
    #[schemars(range(min = 1, max = 3650))]
    pub mail_days: u32,
    /// Consent receipts that newer ones replaced.
    #[schemars(range(min = 1, max = 3650))]
    pub receipts_days: u32,
    /// Payloads of the ledger's disclosures.
    #[schemars(range(min = 1, max = 3650))]
    pub disclosures_days: u32,
    /// Reports.
    #[schemars(range(min = 1, max = 3650))]
    pub reports_days: u32,
    /// What is left of a conversation after the customer left.
    #[schemars(range(min = 1, max = 3650))]
    pub after_leaving_days: u32,
    /// Certificates that have run out.
    #[schemars(range(min = 1, max = 3650))]
    pub certificates_days: u32,
    /// Values that customers' clients declared.
    #[schemars(range(min = 1, max = 3650))]
    pub declared_days: u32,
}

/// One row: what may be told to whom, what for.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Share {
    /// What.
    pub field: OneOrMore<Field>,
    /// To whom.
    pub with: OneOrMore<Recipient>,
    /// What for.
    pub r#for: OneOrMore<Purpose>,
    /// On what ground.
    pub basis: Basis,
    /// Where: a list, or all.
    pub regions: AllOrSome,
    /// How exactly; may be left out where a field knows only one.
    pub precision: Option<Precision>,
    /// How long the recipient may keep it.
    #[schemars(range(min = 1, max = 3650))]
    pub keep_days: u32,
    /// Under which law: for basis legal.
    #[schemars(length(min = 1, max = 200))]
    pub law: Option<String>,
}

/// One row: what is never told. What it leaves out means all.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
pub struct Never {
    /// What.
    pub field: Option<OneOrMore<Field>>,
    /// To whom.
    pub with: Option<OneOrMore<Recipient>>,
    /// What for.
    pub r#for: Option<OneOrMore<Purpose>>,
    /// Where: a list, or all.
    pub regions: Option<AllOrSome>,
}

/// A word or a list of words.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum OneOrMore<T> {
    /// One.
    One(T),
    /// Several.
    More(#[schemars(length(min = 1))] Vec<T>),
}

/// Regions.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum AllOrSome {
    /// Every region.
    All(All),
    /// Some.
    Some(OneOrMore<Region>),
}

/// Every region.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum All {
    /// Every region.
    All,
}

/// The words of a closed list, as the compiler knows them.
macro_rules! words {
    ($($name:ident, $path:ty, $about:literal;)*) => {$(
        #[doc = $about]
        pub struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> Schema {
                let words = <$path>::ALL.map(|one| one.word());
                schemars::json_schema!({ "description": $about, "enum": words })
            }
        }
    )*};
}

words! {
    Field, partywall_business::field::Field, "What may be told of a customer.";
    Recipient, partywall_business::field::Recipient, "Who is told.";
    Purpose, partywall_business::field::Purpose, "What it is told for.";
    Region, partywall_business::field::Region, "Whose law the customer lives under.";
    Basis, partywall_business::field::Basis, "On what ground: off until switched on, needed, or a law.";
    Precision, partywall_business::precision::Precision, "How exactly.";
}
