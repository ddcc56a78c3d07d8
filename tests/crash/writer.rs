//! A writer: does accounts-payable work through REST, keeps a journal, and repeats with its key whatever it was not
//! answered. The journal is in the memory of the test, which nobody kills.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use quittance_tests::Dice;
use quittance_tests::app::Answer;
use serde_json::{Value, json};

use crate::client::{Client, Outcome, PATIENCE};
use crate::day::DOCUMENT;
use crate::office::{COLUMNS, DAY, Office, SHEETS, vendor};

/// What was wanted, written down before it was sent; and what was answered in the end.
pub struct Entry {
    pub who: Client,
    pub path: String,
    pub body: Body,
    pub key: String,
    /// How often it was sent without an answer.
    pub unknown: u32,
    pub answer: Option<Answer>,
}

pub enum Body {
    Json(Value),
    File(Vec<u8>, &'static str),
}

impl Entry {
    pub async fn is_sent(&self) -> Outcome {
        match &self.body {
            Body::Json(body) => self.who.posts(&self.path, body, &self.key).await,
            Body::File(bytes, kind) => self.who.sends(&self.path, bytes.clone(), kind, &self.key).await,
        }
    }

    pub fn answered(&self) -> &Answer {
        self.answer.as_ref().expect("every command was answered in the end")
    }

    pub fn acknowledged(&self) -> bool {
        self.answered().status < 300
    }
}

/// What all writers share.
#[derive(Default)]
pub struct Work {
    pub over: AtomicBool,
    pub acknowledged: AtomicU64,
}

pub struct Writer {
    pub number: usize,
    pub office: Arc<Office>,
    pub work: Arc<Work>,
    pub dice: Dice,
    pub journal: Vec<Entry>,
}

impl Writer {
    pub async fn writes(mut self) -> (Arc<Office>, Vec<Entry>) {
        while !self.work.over.load(Ordering::Relaxed) {
            match self.dice.below(13) {
                0 => self.creates_an_item().await,
                1 => self.registers_a_vendor().await,
                2 => self.enters_what_others_enter_too().await,
                3 | 4 => self.receives_goods().await,
                5 | 6 => self.moves_stock().await,
                7 => self.sends_a_document_in().await,
                8 => self.sends_a_sheet_in().await,
                9 => self.keeps_a_paper().await,
                _ => self.has_an_invoice_paid().await,
            }
        }
        (self.office, self.journal)
    }

    fn fresh(&self) -> String {
        // Letters between: an invoice number is compared without its dashes.
        format!("W{}N{}", self.number, self.journal.len())
    }

    async fn asks(&mut self, who: fn(&Office) -> &Client, path: &str, body: Value) -> &Answer {
        self.wants(who, path, Body::Json(body)).await
    }

    async fn uploads(&mut self, path: &str, text: String, kind: &'static str) {
        self.wants(|o| &o.clerk, path, Body::File(text.into_bytes(), kind)).await;
    }

    async fn wants(&mut self, who: fn(&Office) -> &Client, path: &str, body: Body) -> &Answer {
        let key = format!("writer {}", self.fresh());
        let who = who(&self.office).clone();
        self.journal.push(Entry { who, path: path.to_owned(), body, key, unknown: 0, answer: None });
        let entry = self.journal.last_mut().expect("just written down");
        let answer = persists(entry).await;
        if answer.status < 300 {
            self.work.acknowledged.fetch_add(1, Ordering::Relaxed);
        }
        entry.answer.insert(answer)
    }

    async fn creates_an_item(&mut self) {
        let item = json!({ "sku": format!("SKU {}", self.fresh()), "name": "x", "unit": "C62" });
        self.asks(|o| &o.clerk, "/v1/items", item).await;
    }

    async fn registers_a_vendor(&mut self) {
        let name = vendor(&format!("Vendor {}", self.fresh()));
        let id = self.asks(|o| &o.clerk, "/v1/vendors", name).await.id();
        let account = json!({ "account": { "kind": "iban", "iban": "DE89370400440532013000" } });
        self.asks(|o| &o.clerk, &format!("/v1/vendors/{id}/bank-accounts"), account).await;
    }

    /// One of the writers is the first; the others are refused.
    async fn enters_what_others_enter_too(&mut self) {
        let number = format!("SHARED {}", self.journal.len() / 20);
        let invoice = self.office.invoice(&number);
        self.asks(|o| &o.clerk, "/v1/invoices", invoice).await;
    }

    async fn receives_goods(&mut self) {
        let line = json!({ "line": 1, "accepted": "3" });
        let receipt = json!({ "purchase_order_id": self.office.order, "location": "main", "lines": [line] });
        self.asks(|o| &o.clerk, "/v1/goods-receipts", receipt).await;
    }

    /// Sometimes more than there is.
    async fn moves_stock(&mut self) {
        let issue = json!({ "item_id": self.office.item, "location": "main", "quantity": "5", "reason": "used" });
        self.asks(|o| &o.clerk, "/v1/stock/issue", issue).await;
    }

    /// An electronic invoice, of an amount and a day of its own.
    async fn sends_a_document_in(&mut self) {
        let number = format!("DOC {}", self.fresh());
        let own = self.office.invoice(&number);
        let (price, day) = (own["lines"][0]["unit_price"].as_str().expect("a price"), own["issue_date"].as_str().expect("a day"));
        let document = DOCUMENT.replace("2026-0117", &number).replace("2026-10-28", day).replace("892.50", price);
        self.uploads("/v1/invoices/import", document, "application/xml").await;
    }

    /// Two invoices of one vendor.
    async fn sends_a_sheet_in(&mut self) {
        let mut sheet = COLUMNS.to_owned();
        for line in ["A", "B"] {
            let number = format!("ROW {line} {}", self.fresh());
            let own = self.office.invoice(&number);
            let (price, day) = (own["lines"][0]["unit_price"].as_str().expect("a price"), own["issue_date"].as_str().expect("a day"));
            sheet += &format!("\nSheet {};{number};{day};{price}", self.number);
        }
        self.uploads(SHEETS, sheet, "text/csv").await;
    }

    async fn keeps_a_paper(&mut self) {
        let path = format!("/v1/attachments?subject_kind=vendor&subject_id={}&file_name=note.txt", self.office.vendor);
        let paper = format!("delivery note {}", self.fresh());
        self.uploads(&path, paper, "text/plain").await;
    }

    async fn has_an_invoice_paid(&mut self) {
        let invoice = self.office.invoice(&format!("INV {}", self.fresh()));
        let id = self.asks(|o| &o.clerk, "/v1/invoices", invoice).await.id();
        let at = |verb: &str| format!("/v1/invoices/{id}/{verb}");
        self.asks(|o| &o.clerk, &at("submit"), json!({})).await;
        self.asks(|o| &o.clerk, &at("approve"), json!({})).await.is_refused_as("role-missing");
        let approved = self.asks(|o| &o.approver, &at("approve"), json!({})).await.position();
        self.office.clerk.is_approved(&id, approved).await;
        let by_file = self.dice.below(2) == 0;
        let plan = match by_file {
            true => json!({ "method": "sepa_credit_transfer", "debtor_account_id": self.office.account, "items": [{ "invoice_id": id }] }),
            false => json!({ "method": "manual", "items": [{ "invoice_id": id }] }),
        };
        let payment = self.asks(|o| &o.treasurer, "/v1/payments", plan.clone()).await.id();
        self.asks(|o| &o.second, "/v1/payments", plan).await.is_refused_as("nothing-open");
        let at = |verb: &str| format!("/v1/payments/{payment}/{verb}");
        if self.dice.below(4) == 0 {
            self.asks(|o| &o.treasurer, &at("void"), json!({ "reason": "changed our mind" })).await;
            return;
        }
        self.asks(|o| &o.second, &at("authorise"), json!({})).await;
        if by_file {
            self.asks(|o| &o.treasurer, &at("execute"), json!({})).await;
        } else {
            let record = json!({ "method": "wire", "reference": payment, "paid_on": DAY });
            self.asks(|o| &o.treasurer, &at("record"), record).await;
        }
        self.asks(|o| &o.treasurer, &at("settle"), json!({ "value_date": DAY })).await;
    }
}

/// Sends it until there is an answer, as whoever moves money has to.
async fn persists(entry: &mut Entry) -> Answer {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        match entry.is_sent().await {
            Outcome::Answered(answer) if answer.status == 429 || answer.body["code"] == "contended" => {}
            Outcome::Answered(answer) => return answer,
            Outcome::Unknown(_) => entry.unknown += 1,
            Outcome::NotSent => {}
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} was never answered", entry.path)
}
