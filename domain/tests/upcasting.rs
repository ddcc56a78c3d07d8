//! Old events are lifted to their newest version, one step after the other, whatever order the steps are listed in.

use quittance_domain::{Refusal, RefusalKind, Root, Upcaster, aggregate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A made-up aggregate whose one event has had three shapes: cents, an amount, an amount with a currency.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Till {
    counted: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum TillEvent {
    Counted { amount: String, currency: String },
    Closed { by: String },
}

#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("a till refuses nothing")]
struct TillRefusal;

impl Refusal for TillRefusal {
    fn code(&self) -> &'static str {
        "till"
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::State
    }
}

aggregate!(Till, "till", "Till", TillEvent, TillEvent, TillRefusal, { Counted = 3, Closed = 1 });

impl Root for Till {
    aggregate!(@names TillEvent);

    const UPCASTERS: &'static [Upcaster] = &[
        Upcaster { event_type: "TillCounted", from_version: 2, lift: with_currency },
        Upcaster { event_type: "TillCounted", from_version: 1, lift: cents_to_amount },
    ];

    fn decide(&self, event: TillEvent) -> Result<Vec<TillEvent>, TillRefusal> {
        Ok(vec![event])
    }
}

impl Till {
    fn on(&mut self, event: TillEvent) {
        if let TillEvent::Counted { amount, currency } = event {
            self.counted.push(format!("{amount} {currency}"));
        }
    }
}

fn cents_to_amount(payload: Value) -> Value {
    let cents = payload["Counted"]["cents"].as_i64().expect("version 1 has cents");
    json!({"Counted": {"amount": format!("{}.{:02}", cents / 100, cents % 100)}})
}

fn with_currency(mut payload: Value) -> Value {
    payload["Counted"]["currency"] = json!("EUR");
    payload
}

/// An event's type, the version that it was stored in, its payload then, and the event now.
#[test]
fn every_version_loads_as_the_newest() {
    let counted = || TillEvent::Counted { amount: "12.50".to_owned(), currency: "EUR".to_owned() };
    let table = [
        ("TillCounted", 1, json!({"Counted": {"cents": 1250}}), counted()),
        ("TillCounted", 2, json!({"Counted": {"amount": "12.50"}}), counted()),
        ("TillCounted", 3, json!({"Counted": {"amount": "12.50", "currency": "EUR"}}), counted()),
        ("TillClosed", 1, json!({"Closed": {"by": "Anna"}}), TillEvent::Closed { by: "Anna".to_owned() }),
    ];
    for (event_type, version, payload, expected) in table {
        let lifted = Till::upcast(event_type, version, payload);
        let event: TillEvent = serde_json::from_value(lifted).unwrap_or_else(|e| panic!("{event_type} v{version}: {e}"));
        assert_eq!(event, expected, "{event_type} v{version}");
    }
}

#[test]
fn the_newest_version_is_left_as_it_is() {
    let payload = json!({"Counted": {"amount": "12.50", "currency": "USD"}});
    assert_eq!(Till::upcast("TillCounted", 3, payload.clone()), payload);
}

#[test]
fn a_history_of_all_versions_replays_as_one() {
    let stored = [
        (1, json!({"Counted": {"cents": 1250}})),
        (2, json!({"Counted": {"amount": "3.00"}})),
        (3, json!({"Counted": {"amount": "4.00", "currency": "USD"}})),
    ];
    let lifted = stored.map(|(version, payload)| Till::upcast("TillCounted", version, payload));
    let events = lifted.map(|payload| serde_json::from_value::<TillEvent>(payload).expect("the newest shape"));
    assert_eq!(Till::replay(events).counted, ["12.50 EUR", "3.00 EUR", "4.00 USD"]);
}

#[test]
fn events_carry_their_stable_names_and_versions() {
    use cqrs_es::DomainEvent;
    let counted = TillEvent::Counted { amount: "1.00".to_owned(), currency: "EUR".to_owned() };
    assert_eq!(TillEvent::TYPES, [("TillCounted", 3), ("TillClosed", 1)]);
    assert_eq!((Till::type_of(&counted), Till::version_of(&counted)), ("TillCounted", 3));
    assert_eq!((counted.event_type(), counted.event_version()), ("TillCounted".to_owned(), "3.0".to_owned()));
}
