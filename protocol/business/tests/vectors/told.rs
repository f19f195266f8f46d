//! Parts of frames in the second implementation's words. (SPEC §10)
//! Knows: names of fields. Never knows: which frame they stand in.

use partywall_business::certificate::{Certified, Hosting};
use partywall_business::ledger::{Consistency, Inclusion, Opening, Path, UnverifiedProof};
use partywall_business::value::{Money, Value, Version};
use partywall_business::{Categories, Clear, Declared, SealedBundle, Signed};
use serde_json::{Map, Value as Json, json};
use std::net::IpAddr;

pub(crate) fn hexed(bytes: impl AsRef<[u8]>) -> Json {
    Json::String(hex::encode(bytes))
}

/// The fields, and one more if there is one.
pub(crate) fn with(fields: Json, name: &str, value: Option<Json>) -> Json {
    let mut fields: Map<String, Json> = serde_json::from_value(fields).unwrap();
    fields.extend(value.map(|value| (name.to_owned(), value)));
    Json::Object(fields)
}

/// All fields of both.
pub(crate) fn joined(one: Json, other: Json) -> Json {
    let mut fields: Map<String, Json> = serde_json::from_value(one).unwrap();
    let other: Map<String, Json> = serde_json::from_value(other).unwrap();
    fields.extend(other);
    Json::Object(fields)
}

pub(crate) fn signed(signed: &Signed) -> Json {
    json!({ "bytes": hexed(&signed.bytes), "signature": hexed(signed.signature.as_bytes()) })
}

pub(crate) fn opening(opening: &Opening) -> Json {
    json!({
        "index": opening.index.value(),
        "salt": hexed(opening.salt.as_bytes()),
        "payload": hexed(opening.payload.as_bytes()),
    })
}

pub(crate) fn hashes(path: &Path) -> Json {
    path.iter().map(|hash| hexed(hash.as_bytes())).collect()
}

pub(crate) fn inclusion(inclusion: &Inclusion) -> Json {
    json!({
        "index": inclusion.index.value(),
        "size": inclusion.size.value(),
        "hashes": hashes(&inclusion.path),
    })
}

pub(crate) fn consistency(consistency: &Consistency) -> Json {
    json!({
        "old": consistency.old.value(),
        "new": consistency.new.value(),
        "hashes": hashes(&consistency.path),
    })
}

pub(crate) fn proven(proof: &UnverifiedProof) -> Json {
    json!({
        "opening": opening(&proof.opening),
        "inclusion": inclusion(&proof.inclusion),
        "checkpoint": hexed(proof.checkpoint.as_bytes()),
    })
}

pub(crate) fn sealed(bundle: &SealedBundle) -> Json {
    hexed(bundle.as_bytes())
}

pub(crate) fn hosting(hosting: &Hosting) -> Json {
    match hosting {
        Hosting::Itself => json!({ "by": 1 }),
        Hosting::Provider(name) => json!({ "by": 2, "name": name.as_str() }),
        Hosting::Operator => json!({ "by": 3 }),
    }
}

pub(crate) fn categories(categories: &Categories) -> Json {
    categories.iter().map(|one| json!(one.code())).collect()
}

pub(crate) fn declared(declared: &Declared) -> Json {
    let pair = |value: &Value| json!([value.field().code(), self::value(value)]);
    declared.values().iter().map(pair).collect()
}

pub(crate) fn money(money: &Money) -> Json {
    json!([money.minor, money.currency.word()])
}

fn version(version: &Version) -> Json {
    match version.minor {
        Some(minor) => json!([version.major, minor]),
        None => json!([version.major]),
    }
}

pub(crate) fn value(value: &Value) -> Json {
    match value {
        Value::PhoneNumber(number) => json!(number.value()),
        Value::DisplayName(initials) => json!(initials.as_str()),
        Value::Locale(locale) => json!(locale.to_string()),
        Value::Country(country) => json!(country.as_str()),
        Value::DeviceModel(class) => json!(class.code()),
        Value::OsVersion(of) | Value::ClientVersion(of) => version(of),
        Value::LastActive(time) | Value::InteractionTime(time) => json!(time.value()),
        Value::MessageCount(bucket) => json!(bucket.code()),
        Value::PurchaseTotal(total) => money(total),
        Value::PurchaseCategory(category) => json!(category.code()),
        Value::IpAddress(IpAddr::V4(address)) => hexed(address.octets()),
        Value::IpAddress(IpAddr::V6(address)) => hexed(address.octets()),
        Value::AdReferral(number) => json!(number),
    }
}

pub(crate) fn clear(clear: &Clear) -> Json {
    let fields = json!({
        "class": clear.class().code(),
        "frank": hexed(clear.commitment().as_bytes()),
    });
    match clear {
        Clear::Template(_, template, version) => joined(
            fields,
            json!({ "template_id": hexed(template), "version": version.value() }),
        ),
        Clear::Reply(_) | Clear::Control(_) => fields,
    }
}

pub(crate) fn certified(says: &Certified) -> Json {
    json!({
        "serial": says.serial.value(),
        "business_id": hexed(says.business),
        "key": hexed(says.account),
        "name": says.name.as_str(),
        "domain": says.domain.as_str(),
        "industry": says.industry.code(),
        "hosting": hosting(&says.hosting),
        "endpoint": hexed(says.endpoint),
        "not_before": says.not_before.value(),
        "not_after": says.not_after.value(),
        "revocations": says.revocations.value(),
    })
}
