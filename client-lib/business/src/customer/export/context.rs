//! The document's context: what each prefix stands for, which values are names of things and
//! which are dates. All of it is in the document, so that nobody has to fetch anything to read it.
//! Knows: terms. Never knows: any customer.

use std::collections::BTreeMap;

use partywall_business::dpv::PREFIXES;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one word of a document's context means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Term {
    /// What a prefix stands for.
    Prefix(String),
    /// How a property's values are to be read.
    Values(Values),
}

/// How a property's values are to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Values {
    /// `@id`: as names of things; else the data type's name.
    #[serde(rename = "@type")]
    pub kind: String,
    /// `@list` where their order says something.
    #[serde(
        rename = "@container",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub container: Option<String>,
}

const MORE: &[(&str, &str)] = &[
    ("dct", "http://purl.org/dc/terms/"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("partywall", "urn:partywall:business#"),
];

const NAMES: &[&str] = &[
    "dct:conformsTo",
    "dpv:hasConsentControl",
    "dpv:hasDataController",
    "dpv:hasDataSubject",
    "dpv:hasIndicationMethod",
    "dpv:hasJurisdiction",
    "dpv:hasLegalBasis",
    "dpv:hasNotice",
    "dpv:hasPersonalData",
    "dpv:hasPurpose",
    "dpv:hasRecipient",
    "dpv:hasRight",
    "dpv:isIndicatedBy",
];

const TYPED: &[(&str, &str)] = &[
    ("dct:created", "xsd:dateTime"),
    ("dct:date", "xsd:dateTime"),
    ("dpv:hasDuration", "xsd:duration"),
    ("dpv:isIndicatedAtTime", "xsd:dateTime"),
    ("partywall:erasure", "xsd:base64Binary"),
    ("partywall:payload", "xsd:base64Binary"),
    ("partywall:salt", "xsd:hexBinary"),
    ("partywall:signed", "xsd:base64Binary"),
    ("partywall:value", "xsd:base64Binary"),
];

/// Hashes on the way to a root: their order matters.
const PATH: &str = "partywall:path";

pub(super) fn context() -> BTreeMap<String, Term> {
    let prefixes = PREFIXES.iter().chain(MORE);
    let prefixes = prefixes.map(|(prefix, iri)| (*prefix, Term::Prefix((*iri).to_owned())));
    let names = NAMES
        .iter()
        .map(|property| (*property, values("@id", None)));
    let typed = TYPED
        .iter()
        .map(|(property, kind)| (*property, values(kind, None)));
    let path = (PATH, values("xsd:hexBinary", Some("@list")));
    prefixes
        .chain(names)
        .chain(typed)
        .chain([path])
        .map(|(term, means)| (term.to_owned(), means))
        .collect()
}

fn values(kind: &str, container: Option<&str>) -> Term {
    Term::Values(Values {
        kind: kind.to_owned(),
        container: container.map(str::to_owned),
    })
}
