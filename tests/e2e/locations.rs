//! Locations over HTTP: words are free until the first one is registered, and every door asks the register from then on.

use futures::future::join_all;
use quittance_application::ports::Edge;
use quittance_infrastructure::edge::SystemEdge;
use quittance_tests::app::{Answer, Company, Person, TestApp};
use serde_json::{Value, json};

const ORDER: &str = include_str!("../../api/sample-orders/order-4500012.ubl.xml");
const ADVICE: &str = include_str!("../../api/sample-orders/advice-77120.ubl.xml");

/// A company with an item of which ten lie in `shed`, and an order that is announced.
struct Warehouse {
    app: TestApp,
    company: Company,
    item: String,
    order: String,
    advice: String,
}

impl Warehouse {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Acme").await;
        let owner = &company.owner;
        let item = owner.posts("/v1/items", json!({ "sku": "P-4", "name": "Paper", "unit": "C62" })).await.succeeds().id();
        let order = owner.uploads("/v1/purchase-orders/import", ORDER.into(), "order").await.succeeds().id();
        let advice = owner.uploads("/v1/goods-receipts/import", ADVICE.into(), "advice").await.succeeds().id();
        let w = Self { app, company, item, order, advice };
        w.counts("shed", "10").await.succeeds();
        w
    }

    fn owner(&self) -> &Person {
        &self.company.owner
    }

    async fn registers(&self, code: &str) -> Answer {
        self.owner().posts("/v1/locations", json!({ "code": code, "name": format!("The {code}") })).await
    }

    async fn counts(&self, location: &str, counted: &str) -> Answer {
        self.owner().posts("/v1/stock/count", json!({ "item_id": self.item, "location": location, "counted": counted })).await
    }

    fn receipt(&self, location: &str) -> Value {
        json!({ "purchase_order_id": self.order, "location": location, "lines": [{ "line": 2, "accepted": "1" }] })
    }

    /// Every request that names a place, naming this one, and the field that it stands in.
    fn doors(&self, location: &str, open: &str) -> Vec<(String, Value, &'static str)> {
        let of_item = |more: Value| {
            let mut body = json!({ "item_id": self.item, "location": location });
            body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            body
        };
        let stock = |what: &str, body: Value| (format!("/v1/stock/{what}"), body, "/location");
        vec![
            stock("issue", of_item(json!({ "quantity": "1", "reason": "sold" }))),
            stock("adjust", of_item(json!({ "difference": "1", "reason": "found" }))),
            stock("count", of_item(json!({ "counted": "7" }))),
            stock("reserve", of_item(json!({ "quantity": "1", "reference": "S-1" }))),
            stock("release", of_item(json!({ "reference": "S-1" }))),
            stock("transfer", of_item(json!({ "to": open, "quantity": "1" }))),
            ("/v1/stock/transfer".to_owned(), json!({ "item_id": self.item, "location": open, "to": location, "quantity": "1" }), "/to"),
            ("/v1/goods-receipts".to_owned(), self.receipt(location), "/location"),
            (format!("/v1/despatch-advices/{}/receive", self.advice), json!({ "location": location }), "/location"),
        ]
    }

    async fn is_shut(&self, location: &str, open: &str, code: &str) {
        for (path, body, pointer) in self.doors(location, open) {
            let refused = self.owner().posts(&path, body).await;
            refused.is_refused_as(code);
            assert_eq!(refused.body["errors"][0]["pointer"], json!(pointer), "{path}: {refused:?}");
        }
        let body = json!({ "item_id": self.item, "location": location, "counted": "7" });
        let batch = json!({ "commands": [{ "operation": "count_stock", "body": body }] });
        let told = self.owner().posts("/v1/commands", batch).await.succeeds();
        assert_eq!(told.body["results"][0]["problem"]["code"], json!(code), "{told:?}");
    }

    async fn reads(&self, path: &str) -> Value {
        let sign = if path.contains('?') { '&' } else { '?' };
        self.owner().gets(&format!("{path}{sign}min_position={}", self.head().await)).await.succeeds().body
    }

    async fn head(&self) -> i64 {
        let heads = self.app.system.database.heads().await.expect("heads");
        heads.iter().find(|(tenant, _)| *tenant == self.company.tenant).expect("a log").1
    }

    /// How much lies where.
    async fn lies(&self) -> Vec<(String, String)> {
        let stock = self.reads("/v1/stock").await;
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let rows = stock["data"].as_array().expect("a list").iter();
        let mut lying: Vec<_> = rows.map(|row| (text(&row["location"]), text(&row["on_hand"]))).collect();
        lying.sort();
        lying
    }
}

fn id_of(registered: &Answer) -> String {
    registered.body["location_id"].as_str().expect("an id").to_owned()
}

fn lying(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(place, quantity)| ((*place).to_owned(), (*quantity).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_location_on_every_door_asks_the_register() {
    let w = Warehouse::open().await;
    w.counts("Anywhere", "2").await.succeeds();
    assert_eq!(w.lies().await, lying(&[("Anywhere", "2"), ("shed", "10")]));

    let main = id_of(&w.registers("Main").await.succeeds());
    // What lies elsewhere stays there, and its place is asked for as well.
    for elsewhere in ["shed", "anywhere", "mian"] {
        w.is_shut(elsewhere, "main", "location-not-registered").await;
    }
    assert_eq!(w.lies().await, lying(&[("Anywhere", "2"), ("shed", "10")]), "what was refused moved nothing");
    w.registers("shed").await.succeeds();
    let moved = json!({ "item_id": w.item, "location": "shed", "to": " MAIN", "quantity": "4" });
    w.owner().posts("/v1/stock/transfer", moved).await.succeeds();
    w.owner().posts("/v1/goods-receipts", w.receipt("main")).await.succeeds();
    assert_eq!(w.lies().await, lying(&[(" MAIN", "4"), ("Anywhere", "2"), ("main", "1"), ("shed", "6")]));

    let reason = json!({ "reason": "flooded" });
    w.owner().posts(&format!("/v1/locations/{main}/close"), json!({ "reason": " " })).await.is_refused_as("reason-missing");
    w.owner().posts(&format!("/v1/locations/{main}/close"), reason.clone()).await.succeeds();
    w.is_shut("main", "shed", "location-closed").await;
    w.is_shut("Anywhere", "shed", "location-not-registered").await;
    let shown = w.reads(&format!("/v1/locations/{main}")).await;
    assert_eq!((&shown["code"], &shown["closed_because"]), (&json!("Main"), &json!("flooded")));
    w.owner().posts(&format!("/v1/locations/{main}/reopen"), reason).await.succeeds();
    let receive = format!("/v1/despatch-advices/{}/receive", w.advice);
    w.owner().posts(&receive, json!({ "location": "main" })).await.succeeds();
    assert!(w.lies().await.contains(&("main".to_owned(), "40".to_owned())));
    assert_eq!(w.reads(&format!("/v1/locations/{main}")).await["closed_at"], Value::Null);
}

/// Goods that were received somewhere come into stock there, and go back from there, whatever has become of the place.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_before_a_place_was_closed_is_there() {
    let w = Warehouse::open().await;
    w.registers("yard").await.succeeds();
    let gate = id_of(&w.registers("gate").await.succeeds());
    let waiting = json!({ "purchase_order_id": w.order, "location": "gate", "lines": [{ "line": 2, "accepted": "3", "to_inspect": "2" }] });
    let receipt = w.owner().posts("/v1/goods-receipts", waiting).await.succeeds().id();
    w.owner().posts(&format!("/v1/locations/{gate}/close"), json!({ "reason": "roadworks" })).await.succeeds();
    let judged = json!({ "lines": [{ "line": 2, "accepted": "2" }] });
    w.owner().posts(&format!("/v1/goods-receipts/{receipt}/inspect"), judged).await.succeeds();
    assert_eq!(w.lies().await, lying(&[("gate", "5"), ("shed", "10")]));
    let back = json!({ "lines": [{ "line": 2, "quantity": "1", "reason": "torn" }] });
    w.owner().posts(&format!("/v1/goods-receipts/{receipt}/return"), back).await.succeeds();
    assert_eq!(w.lies().await, lying(&[("gate", "4"), ("shed", "10")]));
    assert_eq!(w.reads("/v1/refused-reactions").await["data"], json!([]));
}

/// However the two meet: nothing moves at a word behind the registration that binds it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_moves_at_a_free_word_behind_the_first_registration() {
    let w = Warehouse::open().await;
    let moves = |n: usize| {
        let w = &w;
        async move { w.counts(&format!("bay {}", n % 4), &n.to_string()).await }
    };
    join_all((0..4).map(moves)).await;
    let (racing, registered) = tokio::join!(join_all((4..40).map(moves)), w.registers("main"));
    let bound = registered.succeeds().position();
    let (moved, refused): (Vec<_>, Vec<_>) = racing.iter().partition(|answer| answer.status == 200);
    assert!(moved.iter().all(|answer| answer.position() < bound), "{moved:?}");
    refused.iter().for_each(|answer| answer.is_refused_as("location-not-registered"));
    w.counts("bay 1", "1000").await.is_refused_as("location-not-registered");
    let stock = w.reads("/v1/audit-trail?entity=stock&limit=200").await;
    let positions: Vec<i64> =
        stock["data"].as_array().expect("entries").iter().map(|entry| entry["position"].as_i64().expect("a position")).collect();
    assert!(!positions.is_empty() && positions.iter().all(|position| *position < bound), "{positions:?} {bound}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_is_registered_once_changed_and_listed_with_its_past() {
    let w = Warehouse::open().await;
    let address = json!({ "lines": ["Hafenweg 3"], "city": "Hamburg", "postal_code": "20457", "country": "de" });
    let card = |name: &str, country: &str| {
        let mut address = address.clone();
        address["country"] = json!(country);
        json!({ "code": "Main", "name": name, "address": address })
    };
    let refused = w.owner().posts("/v1/locations", card("Main warehouse", "Atlantis")).await;
    refused.is_refused_as("country-unknown");
    assert_eq!(refused.body["errors"][0]["pointer"], json!("/address/country"));
    let registered = w.owner().posts("/v1/locations", card("Main warehouse", "de")).await.succeeds();
    let id = id_of(&registered);
    w.owner().posts("/v1/locations", card("Again", "DE")).await.is_refused_as("location-exists");
    let then = SystemEdge.now();
    w.owner().posts(&format!("/v1/locations/{id}"), card("Hamburg", "DE")).await.succeeds();
    let renamed = json!({ "code": "north", "name": "Hamburg" });
    w.owner().posts(&format!("/v1/locations/{id}"), renamed).await.is_refused_as("location-code-fixed");
    for code in ["north", "south", "west"] {
        w.registers(code).await.succeeds();
    }
    let south = w.reads("/v1/locations?code=south").await["data"][0]["id"].as_str().expect("an id").to_owned();
    w.owner().posts(&format!("/v1/locations/{south}/close"), json!({ "reason": "sold" })).await.succeeds();

    let shown = w.reads(&format!("/v1/locations/{id}")).await;
    assert_eq!((&shown["name"], &shown["address"]["country"]), (&json!("Hamburg"), &json!("DE")));
    let codes = |page: &Value| -> Vec<String> {
        page["data"].as_array().expect("a list").iter().map(|row| row["code"].as_str().expect("a code").to_owned()).collect()
    };
    let first = w.reads("/v1/locations?sort=code&limit=3").await;
    let cursor = first["next_cursor"].as_str().expect("more").to_owned();
    let rest = w.reads(&format!("/v1/locations?sort=code&limit=3&cursor={cursor}")).await;
    assert_eq!((codes(&first), codes(&rest)), (vec!["Main".into(), "north".into(), "south".into()], vec!["west".into()]));
    assert_eq!(codes(&w.reads("/v1/locations?closed=true").await), ["south"]);
    assert_eq!(codes(&w.reads("/v1/locations?search=HAMB").await), ["Main"]);
    let past = then.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let known = w.reads(&format!("/v1/locations?known_at={past}")).await;
    assert_eq!((codes(&known), &known["data"][0]["name"]), (vec!["Main".into()], &json!("Main warehouse")));

    // The register of one company is nobody else's.
    let stranger = w.app.company("Elsewhere").await.owner;
    assert_eq!(stranger.gets("/v1/locations").await.succeeds().body["data"], json!([]));
    assert_eq!(stranger.gets(&format!("/v1/locations/{id}")).await.status, 404);
    for (path, body) in [("", card("Theirs", "DE")), ("/close", json!({ "reason": "theirs" })), ("/reopen", json!({ "reason": "theirs" }))]
    {
        assert_eq!(stranger.posts(&format!("/v1/locations/{id}{path}"), body).await.status, 404, "{path}");
    }
    let item = stranger.posts("/v1/items", json!({ "sku": "P-4", "name": "Paper", "unit": "C62" })).await.succeeds().id();
    stranger.posts("/v1/stock/count", json!({ "item_id": item, "location": "anywhere", "counted": "1" })).await.succeeds();
}
