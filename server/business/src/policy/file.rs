//! A policy file as it is written: header, transfers, retention, rows. (SPEC §12.3)
//! Knows: the sections and their keys. Never knows: what the rows come to.

use super::fault::PolicyError;
use super::read::{Reading, Section};
use partywall_business::field::{Basis, Field, Purpose, Recipient, Region};
use partywall_business::precision::{KeepDays, Precision};
use partywall_business::table::{Cell, Law, Retention, Row, TRANSFERS, Terms, Transfer};
use partywall_ground::Seconds;
use std::num::NonZeroU32;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) const FILE: &[&str] = &["policy", "transfer", "retention", "share", "never"];
pub(super) const POLICY: &[&str] = &[
    "name",
    "version",
    "controller",
    "contact",
    "complaint_authority",
    "parent",
    "service_provider",
    "effective",
    "notice_days",
    "sunset",
];
pub(super) const TRANSFER: &[&str] = &["to", "safeguard"];
pub(super) const RETENTION: &[&str] = &[
    "mail_days",
    "receipts_days",
    "disclosures_days",
    "reports_days",
    "after_leaving_days",
    "certificates_days",
    "declared_days",
];
pub(super) const SHARE: &[&str] = &[
    "field",
    "with",
    "for",
    "basis",
    "regions",
    "precision",
    "keep_days",
    "law",
];
pub(super) const NEVER: &[&str] = &["field", "with", "for", "regions"];

/// Rows in the longest policy.
const ROWS: usize = 2_000;

/// What the file says.
pub(super) struct Policy {
    pub(super) version: NonZeroU32,
    pub(super) effective: Seconds,
    pub(super) sunset: Option<Seconds>,
    pub(super) terms: Terms,
    /// Where the header begins.
    pub(super) span: Range<usize>,
    pub(super) shares: Vec<Share>,
    pub(super) nevers: Vec<Never>,
}

/// `[[share]]`
pub(super) struct Share {
    pub(super) span: Range<usize>,
    pub(super) scope: Scope,
    pub(super) basis: Basis,
    pub(super) precision: Option<Precision>,
    pub(super) keep: KeepDays,
    pub(super) law: Option<Law>,
}

/// `[[never]]`
pub(super) struct Never {
    pub(super) span: Range<usize>,
    pub(super) scope: Scope,
}

/// Which part of the domain a row is about.
pub(super) struct Scope {
    pub(super) fields: Vec<Field>,
    recipients: Vec<Recipient>,
    purposes: Vec<Purpose>,
    regions: Vec<Region>,
}

impl Scope {
    /// Its cells of one basis.
    pub(super) fn cells(&self, basis: Basis) -> impl Iterator<Item = Cell> + '_ {
        self.fields.iter().flat_map(move |&field| {
            self.recipients.iter().flat_map(move |&recipient| {
                self.purposes.iter().flat_map(move |&purpose| {
                    let row = Row::new(field, recipient, purpose);
                    self.regions
                        .iter()
                        .map(move |&region| row.at(region, basis))
                })
            })
        })
    }
}

impl Policy {
    /// Reads a file.
    pub(super) fn read(text: &str) -> Result<Self, Vec<PolicyError>> {
        let mut reading = Reading::of(text);
        let root = match DeTable::parse(text) {
            Ok(root) => root,
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                reading.fault(&span, format!("this is not TOML: {}", error.message()));
                return reading.ended(None);
            }
        };
        let file = Section {
            name: "the file",
            span: 0..0,
            table: root.get_ref(),
        };
        reading.keys(&file, FILE);
        let policy = Self::whole(&mut reading, &file);
        reading.ended(policy)
    }

    fn whole<'t>(reading: &mut Reading<'t>, file: &Section<'_, 't>) -> Option<Self> {
        let shares = rows(reading, file, "share", "[[share]]", share);
        let nevers = rows(reading, file, "never", "[[never]]", never);
        let transfers = rows(reading, file, "transfer", "[[transfer]]", transfer);
        if transfers.len() > TRANSFERS {
            reading.fault(&(0..0), format!("name at most {TRANSFERS} transfers"));
        }
        let retention = section(reading, file, "retention", "[retention]")
            .and_then(|section| retention(reading, &section));
        let header = section(reading, file, "policy", "[policy]")?;
        reading.keys(&header, POLICY);
        let version = reading.number(&header, "version", u32::MAX);
        let effective = reading.date(&header, "effective");
        let sunset = reading.maybe_date(&header, "sunset");
        let name = reading.text(&header, "name");
        let controller = reading.text(&header, "controller");
        let contact = reading.text(&header, "contact");
        let complaint_authority = reading.text(&header, "complaint_authority");
        let parent = reading.maybe_text(&header, "parent");
        let service_provider = reading.maybe_text(&header, "service_provider");
        let notice_days = reading.days(&header, "notice_days");
        Some(Self {
            version: NonZeroU32::new(version?)?,
            effective: effective?,
            sunset,
            terms: Terms {
                name: name?,
                controller: controller?,
                contact: contact?,
                complaint_authority: complaint_authority?,
                transfers: transfers.try_into().ok()?,
                parent,
                service_provider,
                retention: retention?,
                notice_days: notice_days?,
            },
            span: header.span,
            shares,
            nevers,
        })
    }
}

/// A section that has to be there, once.
fn section<'a, 't>(
    reading: &mut Reading<'t>,
    file: &Section<'a, 't>,
    key: &str,
    name: &'static str,
) -> Option<Section<'a, 't>> {
    let Some(value) = file.table.get(key) else {
        reading.fault(&file.span, format!("the file needs a section {name}"));
        return None;
    };
    as_section(reading, value, name)
}

fn as_section<'a, 't>(
    reading: &mut Reading<'t>,
    value: &'a Spanned<DeValue<'t>>,
    name: &'static str,
) -> Option<Section<'a, 't>> {
    let Some(table) = value.get_ref().as_table() else {
        reading.fault(
            &value.span(),
            format!("write {name} as a section of its own"),
        );
        return None;
    };
    Some(Section {
        name,
        span: value.span(),
        table,
    })
}

/// Sections that may be there any number of times. Those that are not whole are left out; their
/// faults are kept.
fn rows<'a, 't, T>(
    reading: &mut Reading<'t>,
    file: &Section<'a, 't>,
    key: &str,
    name: &'static str,
    read: fn(&mut Reading<'t>, &Section<'a, 't>) -> Option<T>,
) -> Vec<T> {
    let Some(value) = file.table.get(key) else {
        return Vec::new();
    };
    let Some(list) = value.get_ref().as_array() else {
        reading.fault(
            &value.span(),
            format!("write {name} in two pairs of brackets"),
        );
        return Vec::new();
    };
    if list.len() > ROWS {
        reading.fault(
            &value.span(),
            format!("a policy has at most {ROWS} rows {name}"),
        );
        return Vec::new();
    }
    let mut kept = Vec::new();
    for value in list {
        let row = as_section(reading, value, name);
        kept.extend(row.and_then(|row| read(reading, &row)));
    }
    kept
}

fn share<'t>(reading: &mut Reading<'t>, row: &Section<'_, 't>) -> Option<Share> {
    reading.keys(row, SHARE);
    let fields = reading.words(row, "field", None);
    let recipients = reading.words(row, "with", None);
    let purposes = reading.words(row, "for", None);
    let regions = reading.words(row, "regions", Some("all"));
    let basis = reading.word(row, "basis");
    let precision = reading.maybe_word(row, "precision");
    let keep = reading.days(row, "keep_days");
    let law = reading.maybe_text(row, "law");
    Some(Share {
        span: row.span.clone(),
        scope: Scope {
            fields: fields?,
            recipients: recipients?,
            purposes: purposes?,
            regions: regions?,
        },
        basis: basis?,
        precision,
        keep: keep?,
        law,
    })
}

fn never<'t>(reading: &mut Reading<'t>, row: &Section<'_, 't>) -> Option<Never> {
    reading.keys(row, NEVER);
    if row.table.is_empty() {
        reading.fault(
            &row.span,
            "this [[never]] names nothing and would forbid everything: say what".to_owned(),
        );
        return None;
    }
    let names = |key: &str| row.table.contains_key(key);
    let fields = match names("field") {
        true => reading.words(row, "field", None),
        false => Some(Field::ALL.to_vec()),
    };
    let recipients = match names("with") {
        true => reading.words(row, "with", None),
        false => Some(Recipient::ALL.to_vec()),
    };
    let purposes = match names("for") {
        true => reading.words(row, "for", None),
        false => Some(Purpose::ALL.to_vec()),
    };
    let regions = match names("regions") {
        true => reading.words(row, "regions", Some("all")),
        false => Some(Region::ALL.to_vec()),
    };
    Some(Never {
        span: row.span.clone(),
        scope: Scope {
            fields: fields?,
            recipients: recipients?,
            purposes: purposes?,
            regions: regions?,
        },
    })
}

fn transfer<'t>(reading: &mut Reading<'t>, row: &Section<'_, 't>) -> Option<Transfer> {
    reading.keys(row, TRANSFER);
    let to = reading.text(row, "to");
    let safeguard = reading.text(row, "safeguard");
    Some(Transfer {
        to: to?,
        safeguard: safeguard?,
    })
}

fn retention<'t>(reading: &mut Reading<'t>, section: &Section<'_, 't>) -> Option<Retention> {
    reading.keys(section, RETENTION);
    let mut days = RETENTION.iter().map(|key| reading.days(section, key));
    let days: [Option<KeepDays>; 7] = std::array::from_fn(|_| days.next().flatten());
    let [
        mail,
        receipts,
        disclosures,
        reports,
        after_leaving,
        certificates,
        declared,
    ] = days;
    Some(Retention {
        mail: mail?,
        receipts: receipts?,
        disclosures: disclosures?,
        reports: reports?,
        after_leaving: after_leaving?,
        certificates: certificates?,
        declared: declared?,
    })
}
