//! What else lies on the desks on a day: rules that are adopted, papers and words about documents, files that come in, and a
//! payment run that waits.

use quittance_application::ports::Edge;
use quittance_infrastructure::edge::SystemEdge;
use serde_json::{Value, json};

use crate::client::{Client, Outcome};
use crate::day::{Day, Payable};
use crate::office::{COLUMNS, DAY, SHEETS};

const DOLLARS: &str = "DE44500105175407324931";

impl Day<'_> {
    pub async fn rules_are_adopted(&self) {
        let (clerk, owner, office) = (&self.office.clerk, &self.office.owner, self.office);
        let instalments = json!([{ "percent": "100", "due": { "kind": "net_days", "days": 30 } }]);
        let rule = json!({ "name": "2/10 net 30", "instalments": instalments, "discounts": [{ "days": 10, "percent": "2" }] });
        self.does(clerk, "/v1/payment-terms", json!({ "code": self.name, "rule": rule })).await;
        self.does(owner, "/v1/company/answer-times", json!({ "hours": { "price": 40 + self.name.len() } })).await;
        let fields = json!({ "vendor_name": { "column": "Supplier" }, "number": { "column": "Invoice" },
            "issue_date": { "column": "Date" }, "currency": { "value": "EUR" }, "net": { "column": "Net" } });
        let mapping = json!({ "fields": fields, "dates": "year_first", "decimal_mark": "point" });
        self.does(clerk, "/v1/import-mappings", json!({ "name": self.name, "mapping": mapping })).await;
        let charges = json!({ "direction": "paid", "amount_max": { "amount": "5.00", "currency": "EUR" }, "text_contains": self.name });
        let charges =
            json!({ "name": "Charges", "when": charges, "parts": [{ "account_code": "6850" }], "reason": "charges of the month" });
        self.does(owner, "/v1/bank-rules", json!({ "rules": [charges] })).await;
        let year = 2_000 + self.name.len() * 10;
        let place = json!({ "delegate_id": id_of(owner).await, "starts_at": format!("{year}-01-01T00:00:00Z"),
            "ends_at": format!("{year}-02-01T00:00:00Z") });
        self.does(&office.approver, "/v1/delegations", place).await;
    }

    /// An invoice of ours, of goods that leave once it is paid.
    pub async fn a_customer_pays(&self) {
        let clerk = &self.office.clerk;
        let buyer = json!({ "party": { "name": format!("{} & Sons", self.name), "address": { "country": "DE" } } });
        let customer = self.does(clerk, "/v1/customers", buyer).await;
        let goods = json!({ "item_id": self.office.item, "location": self.name });
        let line = json!({ "name": "Paper", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "10.00",
            "tax": { "code": "S", "rate": "19" }, "goods": goods });
        let invoice = self.does(clerk, "/v1/receivables", json!({ "customer_id": customer, "currency": "EUR", "lines": [line] })).await;
        self.does(clerk, &format!("/v1/receivables/{invoice}/issue"), json!({})).await;
        let cheque = json!({ "method": "cheque", "reference": self.name });
        self.does(&self.office.treasurer, &format!("/v1/receivables/{invoice}/payments"), cheque).await;
    }

    /// About an invoice that somebody has stopped.
    pub async fn people_talk(&self) {
        let (clerk, office) = (&self.office.clerk, self.office);
        let invoice = self.does(clerk, "/v1/invoices", office.invoice(&format!("{} D", self.name))).await;
        let hold = json!({ "kind": "delivery", "reason": "two crates are missing", "until": "2099-12-31" });
        self.does(clerk, &format!("/v1/invoices/{invoice}/hold"), hold).await;
        let subject = json!({ "kind": "invoice", "id": invoice });
        let comment = json!({ "subject": subject, "text": "Is this the second box?", "mentions": [id_of(&office.owner).await] });
        self.does(clerk, "/v1/comments", comment).await;
        let message = json!({ "vendor_id": office.vendor, "subject": subject, "text": "Where is the second box?" });
        self.does(clerk, "/v1/messages", message).await;
        let line = json!({ "name": "Rent", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "1850.00", "tax": { "code": "E", "rate": "0" } });
        let schedule = json!({ "every": "month", "starts_on": "2099-01-31", "day": 31, "occurrences_max": 36 });
        let rent =
            json!({ "vendor_id": office.vendor, "currency": "EUR", "lines": [line], "number_prefix": self.name, "schedule": schedule });
        self.does(clerk, "/v1/recurring-invoices", rent).await;
    }

    pub async fn files_come_in(&self) {
        let clerk = &self.office.clerk;
        let paper = format!("/v1/attachments?subject_kind=vendor&subject_id={}&file_name=note.txt", self.office.vendor);
        self.sends(clerk, &paper, "text/plain", format!("a note of {}", self.name)).await;
        let sheet = format!("{COLUMNS}\nMuster GmbH;{} S;2026-11-01;130.40\n", self.name);
        self.sends(clerk, SHEETS, "text/csv", sheet).await;
    }

    async fn sends(&self, who: &Client, path: &str, kind: &str, text: String) -> Value {
        let key = SystemEdge.new_id().to_string();
        match who.sends(path, text.into_bytes(), kind, &key).await {
            Outcome::Answered(answer) => answer.succeeds().body.clone(),
            Outcome::Unknown(error) => panic!("{path}: {error}"),
            Outcome::NotSent => panic!("{path}: nobody listens"),
        }
    }

    /// What the bank says of an account in euros and of one in dollars; answers the statements.
    async fn statements_come_in(&self) -> Vec<Value> {
        let dollars = json!({ "name": format!("{} $", self.name), "currency": "USD", "account": { "kind": "iban", "iban": DOLLARS } });
        self.does(&self.office.owner, "/v1/company/bank-accounts", dollars).await;
        let mut statements = vec![];
        for (iban, currency) in [(self.iban, "EUR"), (DOLLARS, "USD")] {
            let file = self.statement(iban).replace("EUR", currency);
            let imported = self.sends(&self.office.treasurer, "/v1/bank-statements/import", "application/xml", file).await;
            statements.push(imported["statements"][0]["id"].clone());
        }
        statements
    }

    pub async fn explains(&self, statements: &[Value]) {
        for statement in statements {
            let path = format!("/v1/bank-statements/{}/book", statement.as_str().expect("an id"));
            let booking = json!({ "line": 1, "parts": [{ "account_code": "6850" }], "reason": "a fee" });
            self.does(&self.office.treasurer, &path, booking).await;
        }
    }

    /// A fee that nothing explains.
    fn statement(&self, iban: &str) -> String {
        let balance = |code: &str, amount: &str| {
            format!(
                "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
                 <Dt><Dt>{DAY}</Dt></Dt></Bal>"
            )
        };
        let entry = format!(
            "<Ntry><Amt Ccy=\"EUR\">2.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{DAY}</Dt></BookgDt>\
             <ValDt><Dt>{DAY}</Dt></ValDt><AcctSvcrRef>{}</AcctSvcrRef></Ntry>",
            self.name
        );
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr>\
             <MsgId>M-{name}</MsgId><CreDtTm>{DAY}T23:00:00</CreDtTm></GrpHdr><Stmt><Id>S-{name}</Id><CreDtTm>{DAY}T23:00:00</CreDtTm>\
             <Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>{}{}{entry}</Stmt></BkToCstmrStmt></Document>",
            balance("OPBD", "1000.00"),
            balance("CLBD", "997.50"),
            name = self.name,
        )
    }

    /// What is asked of read models, or has process managers ask them: only where somebody projects. Answers the bank's statements.
    pub async fn what_asks_read_models(&self, payable: &Payable) -> Vec<Value> {
        let limits = json!({ "price_up": { "amount": self.name.len().to_string(), "percent": "2" } });
        self.does(&self.office.owner, "/v1/tolerances", json!({ "rules": [{ "applies": "tenant", "limits": limits }] })).await;
        let quotes = json!([{ "currency": "USD", "on": DAY, "rate": format!("1.{}", self.name.len()), "unit": "EUR" }]);
        self.does(&self.office.treasurer, "/v1/exchange-rates", json!({ "source": self.name, "quotes": quotes })).await;
        self.a_run_is_proposed(payable).await;
        self.statements_come_in().await
    }

    /// Of one invoice of a vendor whose account a second person has approved.
    async fn a_run_is_proposed(&self, payable: &Payable) {
        let (office, Payable { vendor, creditor, debtor }) = (self.office, payable);
        let approve = format!("/v1/vendors/{vendor}/bank-accounts/{creditor}/approve");
        self.does(&office.approver, &approve, json!({})).await;
        let mut invoice = office.invoice(&format!("{} R", self.name));
        invoice["vendor_id"] = json!(vendor);
        self.approved(invoice).await;
        let run = json!({ "method": "sepa_credit_transfer", "debtor_account_id": debtor, "vendors": [vendor],
            "run_date": "2099-11-25", "next_run_date": "2099-12-02" });
        self.does(&office.treasurer, "/v1/payment-runs", run).await;
    }
}

async fn id_of(person: &Client) -> Value {
    person.reads("/v1/me").await.succeeds().body["user_id"].clone()
}
