//! What is published is a contract of its own: each type of event has a golden file of its public data, made from the
//! golden file of the stored event.
//!
//! `QUITTANCE_BLESS=1` writes the files that are missing and never changes one: published data changes by a new version
//! in the contract's table. Files are named `<EventType>.v<N>[.case].json` after the stored type and the public version.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use quittance_domain::ids::TenantId;
use quittance_projections::feed::Published;
use quittance_projections::logged::{Kind, Logged};
use quittance_projections::published::CONTRACT;
use serde_json::Value;
use uuid::Uuid;

/// An event from its golden file.
struct Stored {
    case: String,
    logged: Logged,
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/tests")).join(name)
}

fn row(event_type: &str) -> (&'static str, u16) {
    let row = CONTRACT.iter().find(|(stored, ..)| *stored == event_type);
    row.map(|(_, public, version)| (*public, *version)).unwrap_or_else(|| panic!("{event_type} is not in the published contract"))
}

/// Every stored event that has a golden file, of every version.
fn stored() -> Vec<Stored> {
    let files = fs::read_dir(folder("golden")).expect("the golden files of stored events");
    let mut all: Vec<Stored> = files.map(|file| read(&file.expect("a golden file").path())).collect();
    all.sort_by(|a, b| (&a.logged.event_type, &a.case).cmp(&(&b.logged.event_type, &b.case)));
    assert!(all.len() >= CONTRACT.len(), "only {} golden files", all.len());
    all
}

fn read(path: &std::path::Path) -> Stored {
    let name = path.file_stem().and_then(|n| n.to_str()).expect("a name").to_owned();
    let (event_type, rest) = name.split_once(".v").expect("<EventType>.v<N>");
    let (version, case) = rest.split_once('.').unwrap_or((rest, ""));
    let logged = Logged {
        position: 42,
        recorded_at: "2026-03-01T12:00:00.000001Z".parse().expect("a time"),
        aggregate_type: row(event_type).0.split('.').nth(1).expect("quittance.<aggregate>.<event>").to_owned(),
        aggregate_id: Uuid::from_u128(7),
        sequence: 3,
        event_type: event_type.to_owned(),
        event_version: version.parse().expect("a version"),
        payload: fs::read_to_string(path).expect("a golden file"),
        metadata: "{}".to_owned(),
        actor_id: Uuid::from_u128(8),
        command_id: None,
        correlation_id: Uuid::from_u128(9),
        causation_id: None,
    };
    Stored { case: case.to_owned(), logged }
}

fn published(stored: &Stored) -> Published {
    Published::of(TenantId(Uuid::from_u128(1)), &stored.logged).unwrap_or_else(|e| panic!("{}: {e}", stored.logged.event_type))
}

fn data(stored: &Stored) -> Value {
    published(stored).data.expect("data")
}

#[test]
fn every_event_is_published_as_its_golden_file_says() {
    let bless = std::env::var_os("QUITTANCE_BLESS").is_some();
    for event in stored() {
        let case = if event.case.is_empty() { String::new() } else { format!(".{}", event.case) };
        let event_type = &event.logged.event_type;
        let path = folder("published").join(format!("{event_type}.v{}{case}.json", row(event_type).1));
        let data = data(&event);
        if bless && !path.exists() {
            fs::write(&path, format!("{data:#}\n")).expect("the folder of golden files");
        }
        let golden = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}; QUITTANCE_BLESS=1 writes it", path.display()));
        let golden: Value = serde_json::from_str(&golden).expect("JSON");
        assert_eq!(data, golden, "{}: published data changes by a new version only", path.display());
    }
}

#[test]
fn no_golden_file_of_a_released_version_is_lost() {
    for file in fs::read_dir(folder("published")).expect("the golden files of published data") {
        let name = file.expect("a file").file_name().into_string().expect("a name");
        let (event_type, rest) = name.split_once(".v").expect("<EventType>.v<N>.json");
        let version: u16 = rest.split('.').next().and_then(|v| v.parse().ok()).expect("a version");
        assert!(version <= row(event_type).1, "{name} is newer than the contract");
    }
    for (event_type, _, newest) in CONTRACT {
        for version in 1..=*newest {
            let path = folder("published").join(format!("{event_type}.v{version}.json"));
            assert!(path.exists(), "{} is missing", path.display());
        }
    }
}

#[test]
fn every_stored_type_has_one_public_name_and_the_reverse() {
    let mut stored: Vec<&str> = Kind::ALL.iter().flat_map(|kind| kind.event_types()).map(|(name, _)| *name).collect();
    let mut contracted: Vec<&str> = CONTRACT.iter().map(|(name, ..)| *name).collect();
    stored.sort_unstable();
    contracted.sort_unstable();
    assert_eq!(contracted, stored);
    let public: HashMap<&str, &str> = CONTRACT.iter().map(|(stored, public, _)| (*public, *stored)).collect();
    assert_eq!(public.len(), CONTRACT.len(), "a public name stands for two stored types");
}

#[test]
fn what_is_published_is_what_was_stored_under_the_same_name() {
    for event in stored() {
        let stored = event.logged.data().expect("readable");
        carried(&event.logged.event_type, &data(&event), &stored);
    }
}

/// Each leaf of `published` is the leaf of `stored` at the same place; what is absent there is null or empty.
fn carried(path: &str, published: &Value, stored: &Value) {
    match published {
        Value::Object(members) => {
            for (name, value) in members {
                let path = format!("{path}/{name}");
                match name.as_str() {
                    "masked" => assert!(is_mask(value, stored), "{path}: {value} is no mask of {stored}"),
                    _ => carried(&path, value, &stored[name]),
                }
            }
        }
        Value::Array(values) => {
            let stored = stored.as_array().map_or(&[][..], Vec::as_slice);
            assert_eq!(values.len(), stored.len(), "{path}");
            values.iter().zip(stored).enumerate().for_each(|(n, (value, stored))| carried(&format!("{path}/{n}"), value, stored));
        }
        leaf => assert_eq!(leaf, stored, "{path}"),
    }
}

fn is_mask(masked: &Value, account: &Value) -> bool {
    let number = ["iban", "account", "handle"].iter().find_map(|name| account[*name].as_str()).expect("an account has a number");
    let masked = masked.as_str().expect("a text");
    masked.contains("****") && masked.ends_with(&number[number.len() - 4..]) && !masked.contains(number)
}

#[test]
fn no_account_no_secret_and_no_mail_address_leaves() {
    let mut withheld = 0;
    for event in stored() {
        let text = data(&event).to_string();
        let payload: Value = serde_json::from_str(&event.logged.payload).expect("JSON");
        for secret in secrets(&payload) {
            assert!(!text.contains(&secret), "{} publishes {secret}", event.logged.event_type);
            withheld += 1;
        }
    }
    assert!(withheld >= 40, "only {withheld} secrets were looked for");
}

/// Members whose texts stay inside, wherever they stand.
const SECRETS: &[&str] =
    &["iban", "bic", "account", "routing_number", "handle", "clearing", "hash", "prefix", "email", "vendor_keys", "electronic_address"];

fn secrets(value: &Value) -> Vec<String> {
    let texts = |value: &Value| match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => vec![],
    };
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(
                |(name, value)| if SECRETS.contains(&name.as_str()) { [texts(value), secrets(value)].concat() } else { secrets(value) },
            )
            .collect(),
        Value::Array(values) => values.iter().flat_map(secrets).collect(),
        _ => vec![],
    }
}

#[test]
fn the_envelope_says_who_when_and_what_belongs_together() {
    let invoice = stored().into_iter().find(|e| e.logged.event_type == "InvoicePaymentClaimed").expect("a golden file");
    let envelope = serde_json::to_value(published(&invoice)).expect("JSON");
    let expected = serde_json::json!({
        "specversion": "1.0",
        "id": "f682daf9-b052-5826-9f03-3bc9e4004889",
        "source": "/quittance/00000000-0000-0000-0000-000000000001",
        "type": "quittance.invoice.payment_claimed.v1",
        "subject": "00000000-0000-0000-0000-000000000007",
        "time": "2026-03-01T12:00:00.000001Z",
        "datacontenttype": "application/json",
        "sequence": "00000000000000000042",
        "partitionkey": "00000000-0000-0000-0000-000000000007",
        "actor": "00000000-0000-0000-0000-000000000008",
        "correlation": "00000000-0000-0000-0000-000000000009",
        "data": data(&invoice),
    });
    assert_eq!(envelope, expected);
    let by_reference = serde_json::to_value(published(&invoice).by_reference(42)).expect("JSON");
    assert_eq!(by_reference["dataref"], "/v1/events?after=41&limit=1");
    assert_eq!(by_reference.get("data"), None);
}

#[test]
fn an_event_that_this_version_does_not_know_is_an_error() {
    let mut unknown = stored().remove(0);
    unknown.logged.event_type = "ApprovalTeleported".to_owned();
    assert!(Published::of(TenantId(Uuid::from_u128(1)), &unknown.logged).is_err());
    let mut broken = stored().remove(0);
    broken.logged.payload = "{}".to_owned();
    assert!(Published::of(TenantId(Uuid::from_u128(1)), &broken.logged).is_err());
}
