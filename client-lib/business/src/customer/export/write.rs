//! Puts a document together. (DPV-27560)
//! Knows: what is to be in it. Never knows: where that comes from.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use partywall_business::TableHash;
use partywall_business::consent::Consent;
use partywall_business::field::{Basis, Region};
use partywall_business::table::{Row, Table};
use partywall_ground::{Seconds, cbor};

use super::super::changes::Standpoint;
use super::super::shared::{Disclosed, Outcome};
use super::Export;
use super::context::context;
use super::history::{History, Receipt, Stood};
use super::parts::{
    ConsentRecord, ConsentStatus, Controller, DisclosureRecord, LedgerProof, Process,
    StorageCondition,
};
use crate::records::{Relay, Talk};

const RECORD: &str = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr";
const RECEIPT: &str = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr";

pub(super) fn export(
    now: &Standpoint,
    relay: &Relay,
    history: &History,
    told: Vec<Disclosed>,
) -> Export {
    let talk = &now.talk;
    let ledger = crate::trust::operator(relay)
        .map(|operator| operator.verifier_key())
        .unwrap_or_default();
    let identifier = hex::encode(talk.thread.conversation.as_bytes());
    let controller = controller(now, relay);
    let consents = history.receipts.iter().enumerate();
    let consents = consents.map(|(place, receipt)| {
        let stood = history.stood(place);
        record(talk, &controller.id, receipt, &stood)
    });
    Export {
        context: context(),
        kind: "dpv:ConsentReceipt".into(),
        id: format!("urn:partywall:conversation:{identifier}"),
        identifier,
        conforms_to: RECEIPT.into(),
        created: rfc3339(history.now),
        consents: consents.collect(),
        disclosures: told.into_iter().map(disclosure).collect(),
        ledger,
        erasure: talk.erasure.as_ref().map(|signed| base64(&signed.encode())),
        controller,
    }
}

fn controller(now: &Standpoint, relay: &Relay) -> Controller {
    let terms = now.accepted.terms();
    Controller {
        kind: "dpv:DataController".into(),
        id: format!("urn:partywall:operator:{}", hex::encode(relay.key)),
        name: terms.controller.as_str().to_owned(),
        contact: terms.contact.as_str().to_owned(),
        authority: terms.complaint_authority.as_str().to_owned(),
        business: now.talk.name.clone(),
        domain: now.talk.domain.clone(),
    }
}

fn record(talk: &Talk, controller: &str, receipt: &Receipt, stood: &Stood<'_>) -> ConsentRecord {
    let consent = receipt.read.as_ref().map(|(consent, _)| consent);
    let identifier = match consent {
        Some(consent) => hex::encode(consent.hash().as_bytes()),
        None => hex::encode(partywall_proof::sha256(&receipt.signed)),
    };
    let customer = format!(
        "urn:partywall:customer:{}",
        hex::encode(talk.thread.conversation.as_bytes())
    );
    let status = stood.status.iter().map(|(kind, at)| ConsentStatus {
        kind: (*kind).into(),
        indicated_by: customer.clone(),
        method: "partywall:SignedReceipt".into(),
        at: rfc3339(*at),
    });
    ConsentRecord {
        kind: "dpv:ConsentRecord".into(),
        identifier,
        conforms_to: RECORD.into(),
        jurisdiction: jurisdiction(consent).into(),
        processes: processes(stood),
        notice: notice(&receipt.table),
        control: ["dpv:WithdrawConsent", "dpv:ReaffirmConsent"]
            .map(str::to_owned)
            .into(),
        rights: ["A7-3", "A15", "A17", "A20", "A21"]
            .map(|article| format!("eu-gdpr:{article}"))
            .into(),
        status: status.collect(),
        data_subject: customer,
        controller: controller.to_owned(),
        signed: base64(&receipt.signed),
    }
}

fn jurisdiction(consent: Option<&Consent>) -> &'static str {
    let region = consent.and_then(Consent::region);
    region.map_or("dpv:NotAvailable", Region::dpv)
}

fn processes(stood: &Stood<'_>) -> Vec<Process> {
    let Some((consent, table)) = stood.under else {
        return Vec::new();
    };
    let about = stood.about.iter();
    about
        .filter_map(|row| offered(table, row, consent.region()))
        .collect()
}

fn offered(table: &Table, row: Row, region: Option<Region>) -> Option<Process> {
    let grant = table.grant(row, Basis::Consent, region)?;
    Some(process(row, Basis::Consent, grant.keep.days()))
}

fn process(row: Row, basis: Basis, keep_days: u16) -> Process {
    Process {
        kind: "dpv:Process".into(),
        purpose: row.purpose.dpv().into(),
        personal_data: row.field.dpv().into(),
        recipient: row.recipient.dpv().into(),
        legal_basis: basis.dpv().into(),
        storage: StorageCondition {
            kind: "dpv:StorageDuration".into(),
            duration: format!("P{keep_days}D"),
        },
    }
}

fn disclosure(told: Disclosed) -> DisclosureRecord {
    let outcome = match told.outcome {
        Some(Outcome::Sent) => "sent",
        Some(Outcome::Void) => "void",
        Some(Outcome::Uncertain) => "uncertain",
        None => "open",
    };
    let row = Row::new(told.field, told.recipient, told.purpose);
    DisclosureRecord {
        kind: "dpv:Disclose".into(),
        process: process(row, told.basis, told.keep_days),
        field: told.field.word().into(),
        value: base64(&cbor::encode(&told.value)),
        at: rfc3339(told.time),
        notice: notice(&told.table),
        outcome: outcome.into(),
        proof: LedgerProof {
            index: told.proof.index,
            salt: hex::encode(told.proof.salt),
            payload: base64(&told.proof.payload),
            size: told.proof.size,
            path: told.proof.path.iter().map(hex::encode).collect(),
            checkpoint: told.proof.checkpoint,
        },
    }
}

fn notice(table: &TableHash) -> String {
    format!("urn:partywall:table:{}", hex::encode(table.as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// A date in UTC; the end of the year 9999 for every later one.
fn rfc3339(time: Seconds) -> String {
    const LAST: u64 = 253_402_300_799;
    let since = Duration::from_secs(time.value().min(LAST));
    humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string()
}
