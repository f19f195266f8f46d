//! A table in words: what may be told of a customer, to whom, what for, and who answers for it.
//! Knows: one verified table, one business's name. Never knows: what was really told.

use partywall_business::field::{Basis, Region};
use partywall_business::id::TableHash;
use partywall_business::precision::Precision;
use partywall_business::sentence::{Names, Switch};
use partywall_business::table::{Retention, Row, Table};

/// Everything that a person can know before the first word. (BUSINESS §3: know before)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The policy's name.
    pub policy: String,
    /// Who is responsible.
    pub controller: String,
    /// Where to write to them.
    pub contact: String,
    /// Where to complain about them.
    pub complaint_authority: String,
    /// Where data goes beyond the controller's country, and what protects it there.
    pub transfers: Vec<(String, String)>,
    /// For how many days the relay keeps what.
    pub retention: Retention,
    /// Who the parent is, if it is told anything.
    pub parent: Option<String>,
    /// Who the service provider is, if it is told anything.
    pub service_provider: Option<String>,
    /// Which table.
    pub table: TableHash,
    /// Its number.
    pub version: u32,
    /// From when on it is current, Unix seconds.
    pub effective: u64,
    /// What may be told where the customer lives: laws and needs first, then the switches.
    pub rows: Vec<TermsRow>,
}

/// One thing that may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsRow {
    /// One sentence for people; it ends with "Off." for what can be switched on.
    pub sentence: String,
    /// On what ground.
    pub basis: Basis,
    /// Whether it can be switched: true for consent, and only then.
    pub can_be_switched: bool,
    /// What, to whom, what for.
    pub row: Row,
    /// How exactly.
    pub precision: Precision,
    /// For how many days the recipient may keep it.
    pub keep_days: u16,
    /// Under which law, for basis legal.
    pub law: Option<String>,
    /// Which table says so.
    pub table: TableHash,
    /// That table's number.
    pub version: u32,
}

impl Terms {
    pub(crate) fn of(table: &Table, business: &str, region: Option<Region>) -> Terms {
        let terms = table.terms();
        let mut rows = Vec::new();
        for basis in [Basis::Legal, Basis::Necessary, Basis::Consent] {
            rows.extend(Row::all().filter_map(|row| row_of(table, business, row, basis, region)));
        }
        Terms {
            policy: terms.name.as_str().to_owned(),
            controller: terms.controller.as_str().to_owned(),
            contact: terms.contact.as_str().to_owned(),
            complaint_authority: terms.complaint_authority.as_str().to_owned(),
            transfers: terms
                .transfers
                .iter()
                .map(|transfer| {
                    let (to, safeguard) = (&transfer.to, &transfer.safeguard);
                    (to.as_str().to_owned(), safeguard.as_str().to_owned())
                })
                .collect(),
            retention: terms.retention,
            parent: terms.parent.as_ref().map(|name| name.as_str().to_owned()),
            service_provider: terms
                .service_provider
                .as_ref()
                .map(|name| name.as_str().to_owned()),
            table: table.hash(),
            version: table.version().get(),
            effective: table.effective().value(),
            rows,
        }
    }

    /// The rows that can be switched on.
    pub fn switches(&self) -> impl Iterator<Item = &TermsRow> {
        self.rows.iter().filter(|row| row.can_be_switched)
    }
}

fn row_of(
    table: &Table,
    business: &str,
    row: Row,
    basis: Basis,
    region: Option<Region>,
) -> Option<TermsRow> {
    let grant = table.grant(row, basis, region)?;
    let law = Region::ALL
        .into_iter()
        .filter(|at| region.is_none_or(|region| region == *at))
        .find_map(|at| table.cell(row.at(at, basis))?.law.as_ref())
        .map(|law| law.as_str().to_owned());
    Some(TermsRow {
        sentence: table.sentence(Names::of(business, table), row, basis, region, Switch::Off)?,
        basis,
        can_be_switched: basis == Basis::Consent,
        row,
        precision: grant.precision,
        keep_days: grant.keep.days(),
        law,
        table: table.hash(),
        version: table.version().get(),
    })
}
