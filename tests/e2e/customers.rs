//! Customers over HTTP: registered and found, blocked, merged for ever, and told of in the history (M1, H2).

use quittance_domain::role::Role;
use quittance_tests::app::{Answer, Company, Person, TestApp};
use serde_json::{Value, json};

struct Office {
    app: TestApp,
    company: Company,
    anna: Person,
}

async fn office() -> Office {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let anna = app.user(&company, "anna", Role::ApClerk).await;
    Office { app, company, anna }
}

fn customer(name: &str, country: &str) -> Value {
    json!({ "party": { "name": name, "address": { "country": country } } })
}

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().expect("a list").iter().map(|row| row["party"]["name"].as_str().expect("a name")).collect()
}

impl Office {
    async fn registers(&self, body: Value) -> Answer {
        self.anna.posts("/v1/customers", body).await.succeeds()
    }

    async fn merges(&self, id: &str, into: &str) -> Answer {
        self.anna.posts(&format!("/v1/customers/{id}/merge"), json!({ "into": into })).await
    }

    /// Once everything that has happened so far can be read.
    async fn reads(&self, path: &str) -> Value {
        let position = self.anna.posts("/v1/items", json!({ "sku": path, "name": "x", "unit": "C62" })).await.position();
        let joint = if path.contains('?') { '&' } else { '?' };
        self.anna.gets(&format!("{path}{joint}min_position={position}")).await.succeeds().body
    }
}

#[tokio::test]
async fn what_is_registered_is_read_back_as_it_was_stated() {
    let o = office().await;
    let rule = json!({ "name": "30 days", "instalments": [{ "percent": "100", "due": { "kind": "net_days", "days": 30 } }] });
    o.anna.posts("/v1/payment-terms", json!({ "code": "N30", "rule": rule })).await.succeeds();
    o.company.owner.posts("/v1/chart/cost-centres", json!({ "code": "SALES", "name": "Sales" })).await.succeeds();
    let stated = json!({
        "party": {
            "name": "Alpen Handel AG", "vat_id": "ATU12345678", "legal_id": "FN 123456 a", "electronic_address": "9915:ATU12345678",
            "email": "rechnung@alpen.example", "address": { "lines": ["Ring 1"], "city": "Wien", "postal_code": "1010", "country": "AT" },
        },
        "other_names": ["Alpenshop"], "number": "C-2041", "group": "wholesale",
        "contacts": [{ "name": "Karla Kauf", "subject": "invoices", "email": "karla@alpen.example" }],
        "buyer_reference": "Einkauf 7", "currency": "EUR", "payment_terms": "N30",
        "coding": { "account_code": "4000", "cost_centre": "SALES" },
    });
    let registered = o.registers(stated.clone()).await;
    let read = o.reads(&format!("/v1/customers/{}", registered.id())).await;
    for (field, value) in stated.as_object().expect("an object") {
        assert_eq!(&read[field], value, "{field}");
    }
    assert_eq!((&read["version"], &read["status"], &read["survivor"]), (&json!(1), &json!("active"), &Value::Null));

    // All of it is replaced, and by the version that was seen only.
    let path = format!("/v1/customers/{}", registered.id());
    let plain = json!({ "party": stated["party"] });
    o.anna.posts_if("1", &path, plain.clone()).await.succeeds();
    o.anna.posts_if("1", &path, stated).await.is_refused_as("version-mismatch");
    let read = o.reads(&path).await;
    assert_eq!((&read["version"], &read["number"], &read["coding"]), (&json!(2), &Value::Null, &Value::Null));
    assert_eq!(o.anna.posts(&path, plain).await.succeeds().body["version"], 2, "what is known already changes nothing");
}

/// What is stated in vain, its code and where it is told to be.
#[tokio::test]
async fn what_is_wrong_is_refused_by_field_and_rule_and_changes_nothing() {
    let o = office().await;
    let known = o.registers(customer("Alpen Handel AG", "AT")).await;
    let path = format!("/v1/customers/{}", known.id());
    let with = |field: &str, value: Value| {
        let mut body = customer("Another", "AT");
        body[field] = value;
        body
    };
    let party = |field: &str, value: &str| with("party", json!({ "name": "Another", field: value }));
    let rows = [
        (party("name", " "), 422, "name-missing", "/party/name"),
        (party("vat_id", "ATU1"), 422, "vat-id-invalid", "/party/vat_id"),
        (party("electronic_address", "somewhere"), 422, "electronic-address-invalid", "/party/electronic_address"),
        (with("party", json!({ "name": "A", "address": { "country": "Austria" } })), 422, "country-invalid", "/party/address/country"),
        (with("number", json!(" ")), 422, "customer-number-invalid", "/number"),
        (with("other_names", json!(["A", ""])), 422, "other-name-missing", "/other_names/1"),
        (with("contacts", json!([{ "name": "" }])), 422, "contact-name-missing", "/contacts/0/name"),
        (with("currency", json!("EURO")), 422, "invalid-field", "/currency"),
        (with("payment_terms", json!("NEVER")), 422, "payment-terms-missing", "/payment_terms"),
        (with("coding", json!({ "account_code": "4999" })), 422, "account-unknown", "/coding/account_code"),
        (with("coding", json!({ "account_code": "4000", "project": "MOON" })), 422, "project-unknown", "/coding/project"),
        (with("iban", json!("DE89370400440532013000")), 422, "invalid-field", "/iban"),
    ];
    for (body, status, code, pointer) in rows {
        for path in ["/v1/customers", &path] {
            let refused = o.anna.posts(path, body.clone()).await;
            refused.is_refused_as(code);
            assert_eq!((refused.status, refused.body["errors"][0]["pointer"].as_str()), (status, Some(pointer)), "{path} {body}");
        }
    }
    let list = o.reads("/v1/customers").await;
    assert_eq!((names(&list), &list["data"][0]["version"]), (vec!["Alpen Handel AG"], &json!(1)));
    o.anna.posts("/v1/customers/0198c000-0000-7000-8000-000000000000", customer("x", "AT")).await.is_refused_as("not-found");
}

#[tokio::test]
async fn ids_names_and_numbers_are_one_customers() {
    let o = office().await;
    let with_ids = |name: &str, vat_id: &str, number: &str| json!({ "party": { "name": name, "vat_id": vat_id }, "number": number });
    let first = o.registers(with_ids("Alpen Handel AG", "ATU12345678", "C-1")).await.id();
    let plain = o.registers(customer("Laden am Eck", "AT")).await.id();
    let taken = [
        (with_ids("Another", "atu 1234 5678", "C-2"), "customer-exists", &first),
        (with_ids("Another", "ATU87654321", "c-1"), "customer-number-taken", &first),
        (customer("LADEN, am Eck", "AT"), "customer-exists", &plain),
    ];
    for (body, code, holder) in taken {
        let refused = o.anna.posts("/v1/customers", body).await;
        refused.is_refused_as(code);
        assert_eq!((refused.status, refused.body["existing_id"].as_str()), (409, Some(holder.as_str())), "{code}");
    }
    // Elsewhere a name is another's; a vendor may be a customer; and next door there is nobody.
    o.registers(customer("Laden am Eck", "CH")).await;
    o.anna.posts("/v1/vendors", json!({ "name": "Alpen Handel AG", "vat_id": "ATU12345678" })).await.succeeds();
    let stranger = o.app.company("Bolt").await;
    stranger.owner.posts("/v1/customers", with_ids("Alpen Handel AG", "ATU12345678", "C-1")).await.succeeds();
    // What is given up is free.
    o.anna.posts(&format!("/v1/customers/{first}"), with_ids("Alpen Handel AG", "ATU87654321", "C-9")).await.succeeds();
    o.registers(with_ids("Another", "ATU12345678", "C-1")).await;
}

#[tokio::test]
async fn lists_are_searched_filtered_sorted_and_read_by_pages() {
    let o = office().await;
    for (name, country, number) in [("Zeta", "AT", "C-3"), ("Alpha", "DE", "C-1"), ("Mitte", "AT", "C-2")] {
        let mut body = customer(name, country);
        body["number"] = json!(number);
        body["group"] = json!(if country == "AT" { "south" } else { "north" });
        o.registers(body).await;
    }
    let mut shop = customer("Beta", "CH");
    shop["other_names"] = json!(["Würzburger Laden"]);
    shop["party"]["vat_id"] = json!("CHE-123.456.789 MWST");
    let shop = o.registers(shop).await.id();
    o.company.owner.posts(&format!("/v1/customers/{shop}/block"), json!({ "reason": "three reminders" })).await.succeeds();
    let rows: [(&str, &[&str]); 10] = [
        ("", &["Alpha", "Beta", "Mitte", "Zeta"]),
        ("?sort=-registered_at", &["Beta", "Mitte", "Alpha", "Zeta"]),
        ("?country=AT", &["Mitte", "Zeta"]),
        ("?number=C-1", &["Alpha"]),
        ("?group=south&sort=-name", &["Zeta", "Mitte"]),
        ("?search=w%C3%BCrzburg", &["Beta"]),
        ("?search=c-2", &["Mitte"]),
        ("?search=che123", &["Beta"]),
        ("?identity=vat:CHE123456789MWST", &["Beta"]),
        ("?status=blocked", &["Beta"]),
    ];
    for (query, expected) in rows {
        assert_eq!(names(&o.reads(&format!("/v1/customers{query}")).await), expected, "{query}");
    }
    let (mut seen, mut cursor) = (vec![], String::new());
    loop {
        let page = o.reads(&format!("/v1/customers?status=active&limit=2{cursor}")).await;
        seen.extend(names(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, ["Alpha", "Mitte", "Zeta"]);
    for (query, code) in [("status=gone", "invalid-field"), ("sort=number", "invalid-field"), ("verified=true", "malformed-request")] {
        o.anna.gets(&format!("/v1/customers?{query}")).await.is_refused_as(code);
    }
    let (status, file) = o.anna.reads_as("/v1/customers?country=AT", "text/csv").await;
    let file = String::from_utf8(file).expect("text");
    assert!(status == 200 && file.starts_with("id,") && file.lines().count() == 3 && file.contains("Mitte"), "{file}");
}

#[tokio::test]
async fn who_was_merged_answers_with_the_survivor_for_ever() {
    let o = office().await;
    let mut ids = vec![];
    for name in ["First", "Second", "Third", "Fourth"] {
        ids.push(o.registers(customer(name, "AT")).await.id());
    }
    let [first, second, third, fourth] = ids.try_into().expect("four ids");
    let itself = o.merges(&first, &first).await;
    itself.is_refused_as("merged-into-itself");
    let unknown = o.merges(&first, "0198c000-0000-7000-8000-000000000000").await;
    unknown.is_refused_as("customer-unknown");
    assert_eq!((unknown.status, &unknown.body["errors"][0]["pointer"]), (422, &json!("/into")));
    o.company.owner.posts(&format!("/v1/customers/{first}/block"), json!({ "reason": "fraud" })).await.succeeds();
    o.merges(&first, &second).await.is_refused_as("customer-blocked");
    o.company.owner.posts(&format!("/v1/customers/{first}/unblock"), json!({})).await.succeeds();

    let merged = o.merges(&first, &second).await.succeeds();
    assert_eq!(merged.id(), first, "it answers about what the path names");
    assert_eq!(o.merges(&first, &second).await.succeeds().body["version"], merged.body["version"], "twice is once");
    let back = o.merges(&second, &first).await;
    back.is_refused_as("customer-merged");
    assert_eq!(back.body["errors"][0]["pointer"], "/into", "nothing goes round");
    o.merges(&fourth, &first).await.is_refused_as("customer-merged");
    o.merges(&first, &fourth).await.is_refused_as("customer-merged");
    let changed = o.anna.posts(&format!("/v1/customers/{first}"), customer("New name", "AT")).await;
    changed.is_refused_as("customer-merged");
    assert!(changed.body["detail"].as_str().expect("a detail").contains(&second), "it says who goes on: {changed:?}");
    o.company.owner.posts(&format!("/v1/customers/{first}/block"), json!({ "reason": "x" })).await.is_refused_as("customer-merged");

    o.merges(&second, &third).await.succeeds();
    o.merges(&third, &fourth).await.succeeds();
    let told = async |id: &str| {
        let read = o.reads(&format!("/v1/customers/{id}")).await;
        (read["status"].clone(), read["merged_into"].clone(), read["survivor"].clone())
    };
    assert_eq!(told(&first).await, (json!("merged"), json!(second), json!(fourth)));
    assert_eq!(told(&third).await, (json!("merged"), json!(fourth), json!(fourth)));
    assert_eq!(told(&fourth).await, (json!("active"), Value::Null, Value::Null));
    assert_eq!(o.reads(&format!("/v1/customers/{fourth}")).await["absorbed"], json!([third, second, first]));
    let list = o.reads("/v1/customers?status=merged").await;
    assert_eq!(names(&list), ["First", "Second", "Third"]);
    assert!(list["data"].as_array().expect("a list").iter().all(|row| row["survivor"] == json!(fourth)), "{list}");
    // What it was known by is not anybody else's.
    let again = o.anna.posts("/v1/customers", customer("First", "AT")).await;
    again.is_refused_as("customer-exists");
    assert_eq!(again.body["existing_id"], json!(first));
}

/// Mergers that would go round, at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_mergers_at_once_that_would_go_round_one_is_refused() {
    let o = office().await;
    for round in 0..8 {
        let left = o.registers(customer(&format!("Left {round}"), "AT")).await.id();
        let right = o.registers(customer(&format!("Right {round}"), "AT")).await.id();
        let (there, back) = tokio::join!(o.merges(&left, &right), o.merges(&right, &left));
        let mut statuses = [there.status, back.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{there:?} {back:?}");
    }
}

#[tokio::test]
async fn who_did_what_to_a_customer_is_told_with_before_and_after() {
    let o = office().await;
    let id = o.registers(customer("Alpen Handel AG", "AT")).await.id();
    o.anna.posts(&format!("/v1/customers/{id}"), customer("Alpen Handel GmbH", "AT")).await.succeeds();
    let path = format!("/v1/customers/{id}");
    let blocked = o.company.owner.posts(&format!("{path}/block"), json!({ "reason": "three reminders" })).await.succeeds();
    o.company.owner.posts(&format!("{path}/unblock"), json!({})).await.succeeds();
    let owner = &o.company.owner;
    let then = owner.gets(&format!("/v1/aggregates/{id}?version=1")).await.succeeds().body;
    assert_eq!((&then["kind"], &then["state"]["registered"]["details"]["party"]["name"]), (&json!("customer"), &json!("Alpen Handel AG")));
    let diff = owner.gets(&format!("/v1/aggregates/{id}/diff?from=1&to=2")).await.succeeds().body;
    assert!(diff.to_string().contains("Alpen Handel GmbH") && diff.to_string().contains("Alpen Handel AG"), "{diff}");
    let entry = owner.gets(&format!("/v1/audit-trail/{}", blocked.position())).await.succeeds().body;
    assert_eq!((&entry["action"], &entry["why"]), (&json!("CustomerBlocked"), &json!("three reminders")));
    let standing = |side: &str| entry[side]["registered"]["standing"].clone();
    assert_eq!((standing("before"), standing("after")), (json!("active"), json!({ "blocked": { "reason": "three reminders" } })));
    // A paper and a word lie with it.
    let paper = format!("/v1/attachments?subject_kind=customer&subject_id={id}&file_name=frame-contract.txt");
    o.anna.uploads_as("text/plain", &paper, b"as agreed".to_vec(), "paper").await.succeeds();
    let word = json!({ "subject": { "kind": "customer", "id": id }, "text": "They pay late in August." });
    o.anna.posts("/v1/comments", word).await.succeeds();
    let astray = json!({ "subject": { "kind": "vendor", "id": id }, "text": "x" });
    assert_eq!(o.anna.posts("/v1/comments", astray).await.body["errors"][0]["pointer"], "/subject", "it is no vendor");
}

#[tokio::test]
async fn a_batch_registers_many_or_none_and_a_repeat_is_one() {
    let o = office().await;
    let register = |name: &str| json!({ "operation": "register_customer", "body": customer(name, "AT") });
    let twice = json!({ "atomic": true, "commands": [register("A"), register("B"), register("A")] });
    let refused = o.anna.posts("/v1/commands", twice).await;
    refused.is_refused_as("customer-exists");
    assert_eq!(names(&o.reads("/v1/customers").await), Vec::<&str>::new(), "all or nothing");
    let both = json!({ "atomic": true, "commands": [register("A"), register("B")] });
    o.anna.posts("/v1/commands", both).await.succeeds();
    assert_eq!(names(&o.reads("/v1/customers").await), ["A", "B"]);

    let first = o.anna.posts_with_key("/v1/customers", customer("C", "AT"), Some("c")).await.succeeds();
    let again = o.anna.posts_with_key("/v1/customers", customer("C", "AT"), Some("c")).await.succeeds();
    assert!(first.id() == again.id() && again.replayed);
    o.anna.posts_with_key("/v1/customers", customer("D", "AT"), Some("c")).await.is_refused_as("idempotency-key-reused");
}

#[tokio::test]
async fn who_may_not_is_refused_and_next_door_nobody_is_known() {
    let o = office().await;
    let id = o.registers(customer("Alpen Handel AG", "AT")).await.id();
    let path = format!("/v1/customers/{id}");
    let viewer = o.app.user(&o.company, "vera", Role::Viewer).await;
    let treasurer = o.app.user(&o.company, "tess", Role::Treasurer).await;
    viewer.posts("/v1/customers", customer("x", "AT")).await.is_refused_as("role-missing");
    viewer.posts(&path, customer("x", "AT")).await.is_refused_as("role-missing");
    o.anna.posts(&format!("{path}/block"), json!({ "reason": "x" })).await.is_refused_as("role-missing");
    treasurer.posts(&format!("{path}/block"), json!({ "reason": " " })).await.is_refused_as("reason-missing");
    treasurer.posts(&format!("{path}/block"), json!({ "reason": "three reminders" })).await.succeeds();
    assert_eq!(o.reads(&path).await["blocked"], "three reminders");

    let stranger = o.app.company("Bolt").await;
    let own = stranger.owner.posts("/v1/customers", customer("Own", "AT")).await.succeeds().id();
    assert_eq!(stranger.owner.gets(&path).await.status, 404);
    stranger.owner.posts(&path, customer("x", "AT")).await.is_refused_as("not-found");
    stranger.owner.posts(&format!("{path}/unblock"), json!({})).await.is_refused_as("not-found");
    let into = stranger.owner.posts(&format!("/v1/customers/{own}/merge"), json!({ "into": id })).await;
    into.is_refused_as("customer-unknown");
    assert_eq!(names(&stranger.owner.gets("/v1/customers?search=Alpen").await.succeeds().body), Vec::<&str>::new());
}
