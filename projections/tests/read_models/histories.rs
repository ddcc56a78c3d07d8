//! Random histories: random commands, of which the domain lets happen what may happen.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use quittance_domain::approval::{
    Approval, ApprovalCommand, ApprovalEvent, Decider, Eligible, Excluded, Request, StageCandidates, StepCandidates,
};
use quittance_domain::customer::{Customer, CustomerCommand, CustomerDetails, CustomerEvent};
use quittance_domain::ids::{
    AllocationId, ApprovalId, CustomerId, DisputeId, GoodsReceiptId, HoldId, InvoiceId, ItemId, PaymentId, StockId, UserId, VendorId,
};
use quittance_domain::incoming::IncomingChannel;
use quittance_domain::invoice::{
    Against, Allocation, Amendment, Assignment, Dispute, DisputeOutcome, DocumentKind, ExceptionKind, Finding, HoldKind, Invoice,
    InvoiceCommand, InvoiceEvent, InvoiceException, PlacedHold, Rebooking, Reception, ReleaseCause, Share, Source, Split,
};
use quittance_domain::matching::{Check, Evaluation, MatchFinding, Outcome};
use quittance_domain::party::{Address, Party};
use quittance_domain::payment::{CreditorItem, ManualRecord, Method, Payment, PaymentCommand, PaymentEvent, PaymentPlan};
use quittance_domain::stock::{ReceiptLine, Stock, StockAction, StockCommand, StockEvent, StockPlace, Valuation};
use quittance_domain::tenant::{BankChangeControl, TenantEvent};
use quittance_domain::terms::{AgreedTerms, Instalment};
use quittance_domain::time_zone::TimeZone;
use quittance_domain::vendor::{Origin, Vendor, VendorCommand, VendorEvent};
use quittance_domain::withholding::Withholding;
use quittance_domain::{Currency, Money, Root};
use quittance_projections::{Fact, Recorded};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::documents::document;

/// Deterministic choices (splitmix64): a failing seed can be run again.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn id(&mut self, kind: u128, among: u64) -> Uuid {
        Uuid::from_u128((kind << 64) | u128::from(self.roll(among) + 1))
    }

    fn user(&mut self) -> UserId {
        UserId(self.id(1, 4))
    }

    fn day(&mut self) -> NaiveDate {
        first_day() + Days::new(self.roll(200))
    }

    fn amount(&mut self) -> Money {
        Money::rounded(Decimal::new(self.roll(20_000) as i64 + 1, 2), Currency::EUR)
    }
}

pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date")
}

/// Of position `n`: a third of a day apart.
pub fn recorded_at(position: i64) -> DateTime<Utc> {
    first_day().and_hms_opt(0, 0, 0).expect("midnight").and_utc() + chrono::Duration::hours(8 * position)
}

pub fn recorded(position: i64, aggregate_id: Uuid, sequence: i64, fact: Fact) -> Recorded {
    let (recorded_at, actor) = (recorded_at(position), Uuid::from_u128(9));
    Recorded { position, recorded_at, zone: TimeZone::default(), aggregate_id, sequence, actor, fact }
}

#[derive(Default)]
pub struct History {
    pub recorded: Vec<Recorded>,
    pub invoices: HashMap<Uuid, Vec<InvoiceEvent>>,
    pub payments: HashMap<Uuid, Vec<PaymentEvent>>,
    pub approvals: HashMap<Uuid, Vec<ApprovalEvent>>,
    pub stock: HashMap<Uuid, Vec<StockEvent>>,
    pub vendors: HashMap<Uuid, Vec<VendorEvent>>,
    pub customers: HashMap<Uuid, Vec<CustomerEvent>>,
}

impl History {
    /// What becomes of `steps` random commands.
    pub fn of(seed: u64, steps: usize) -> Self {
        let (mut history, mut dice, mut sales) = (Self::default(), Dice(seed), Dice(!seed));
        let company = TenantEvent::Created { name: "Acme".to_owned(), base_currency: Currency::EUR, address: Address::default() };
        history.record(Uuid::from_u128(9), vec![(1, company)], Fact::Tenant);
        for _ in 0..steps {
            match dice.roll(12) {
                0..=5 => history.on_invoice(&mut dice),
                6..=7 => history.on_payment(&mut dice),
                8..=9 => history.on_approval(&mut dice),
                10 => history.on_stock(&mut dice),
                _ => history.on_vendor(&mut dice),
            }
            if sales.roll(12) == 0 {
                history.on_customer(&mut sales);
            }
        }
        history
    }

    fn on_invoice(&mut self, dice: &mut Dice) {
        let id = dice.id(2, 6);
        let stream = self.invoices.entry(id).or_default();
        let command = match dice.roll(24) {
            0 => instalments(dice, stream),
            _ => invoice_command(dice),
        };
        let events = decided::<Invoice>(stream, command);
        self.record(id, events, Fact::Invoice);
    }

    fn on_payment(&mut self, dice: &mut Dice) {
        let id = dice.id(3, 4);
        let command = payment_command(dice);
        let events = decided::<Payment>(self.payments.entry(id).or_default(), command);
        self.record(id, events, Fact::Payment);
    }

    fn on_approval(&mut self, dice: &mut Dice) {
        let id = dice.id(4, 5);
        let command = approval_command(dice);
        let events = decided::<Approval>(self.approvals.entry(id).or_default(), command);
        self.record(id, events, Fact::Approval);
    }

    fn on_stock(&mut self, dice: &mut Dice) {
        let item_id = ItemId(dice.id(5, 2));
        let place = StockPlace {
            item_id,
            location: "main".to_owned(),
            reorder_level: Some(5.into()),
            valuation: if dice.roll(2) == 0 { Valuation::Fifo } else { Valuation::MovingAverage },
            below_zero_allowed: dice.roll(4) == 0,
        };
        let id = StockId::of(item_id, &place.location).0;
        let command = StockCommand { place, effective_date: dice.day(), action: stock_action(dice) };
        let events = decided::<Stock>(self.stock.entry(id).or_default(), command);
        self.record(id, events, Fact::Stock);
    }

    fn on_vendor(&mut self, dice: &mut Dice) {
        let id = dice.id(6, 3);
        let command = vendor_command(dice);
        let events = decided::<Vendor>(self.vendors.entry(id).or_default(), command);
        self.record(id, events, Fact::Vendor);
    }

    fn on_customer(&mut self, dice: &mut Dice) {
        let id = dice.id(9, 3);
        let command = customer_command(dice);
        let events = decided::<Customer>(self.customers.entry(id).or_default(), command);
        self.record(id, events, Fact::Customer);
    }

    fn record<E>(&mut self, aggregate_id: Uuid, events: Vec<(i64, E)>, fact: fn(E) -> Fact) {
        for (sequence, event) in events {
            let position = self.recorded.len() as i64 + 1;
            self.recorded.push(recorded(position, aggregate_id, sequence, fact(event)));
        }
    }
}

/// Lets the domain decide, keeps what happened, and answers it with its sequence.
fn decided<A: Root>(stream: &mut Vec<A::Event>, command: A::Command) -> Vec<(i64, A::Event)>
where
    A::Event: Clone,
{
    let happened = A::replay(stream.iter().cloned()).decide(command).unwrap_or_default();
    let first = stream.len() as i64 + 1;
    stream.extend(happened.iter().cloned());
    (first..).zip(happened).collect()
}

fn invoice_command(dice: &mut Dice) -> InvoiceCommand {
    let payment_id = PaymentId(dice.id(3, 2));
    let approval_id = ApprovalId(dice.id(4, 2));
    let by = dice.user();
    let reason = "because".to_owned();
    match dice.roll(24) {
        0 | 1 => InvoiceCommand::Receive { reception: Box::new(reception(dice)), exceptions: exceptions(dice) },
        2 => InvoiceCommand::Amend { amendment: Box::new(amendment(dice)), exceptions: exceptions(dice), rise_max: None },
        3 => InvoiceCommand::ResolveExceptions { by, reason },
        4 | 5 => InvoiceCommand::Submit { approval_id, by },
        6 => InvoiceCommand::Reject { approval_id, by, reason },
        7 => InvoiceCommand::Refund { allocation: refund(dice), record: None, by: Some(by) },
        8 if dice.roll(4) == 0 => {
            let (allocation_id, effective_date) = (AllocationId(dice.id(9, 4)), first_day() + Days::new(600));
            InvoiceCommand::ReverseAllocation { allocation_id, effective_date, by, reason }
        }
        9 => InvoiceCommand::Claim { payment_id, amount: Money::rounded([30, 50, 100][dice.roll(3) as usize].into(), Currency::EUR) },
        10 => InvoiceCommand::Release { payment_id, because: ReleaseCause::PaymentFailed },
        11 => InvoiceCommand::Settle { payment_id, value_date: dice.day() },
        12 => InvoiceCommand::Return { payment_id, value_date: dice.day(), reason },
        13 if dice.roll(12) == 0 => InvoiceCommand::Void { by, reason, effective_date: dice.day() },
        14 => InvoiceCommand::RecordMatch { evaluation: Box::new(evaluation(dice)) },
        15 => InvoiceCommand::ReleaseHold { check: finding(dice, Check::Price).of(), by, reason },
        16 if dice.roll(4) == 0 => {
            InvoiceCommand::Code { splits: vec![Split::by_hand("1".to_owned(), parts(dice))], by, effective_date: None }
        }
        17 if dice.roll(6) == 0 => InvoiceCommand::PutOnHold { hold: placed_hold(dice, by) },
        18 => InvoiceCommand::TakeOffHold { hold_id: HoldId(dice.id(7, 2)), by, reason },
        19 if dice.roll(6) == 0 => {
            InvoiceCommand::OpenDispute { dispute: Dispute { dispute_id: DisputeId(dice.id(8, 2)), amount: dice.amount(), reason, by } }
        }
        20 => InvoiceCommand::ResolveDispute { outcome: DisputeOutcome::Credited, by, reason },
        21 if dice.roll(6) == 0 => InvoiceCommand::Allocate { allocation: retention(dice), by, reason: None, tax_breakdown: vec![] },
        22 | 23 => InvoiceCommand::Withhold { payment_id, withholding: Box::new(withholding(dice)) },
        // The hash that is approved is the one of what a reception or amendment below says.
        _ => InvoiceCommand::Approve { approval_id, version_hash: hash_of_sample() },
    }
}

/// Up to four parts of what the invoice says is due, on days in no order.
fn instalments(dice: &mut Dice, stream: &[InvoiceEvent]) -> InvoiceCommand {
    let invoice = Invoice::replay(stream.iter().cloned());
    let payable = invoice.received().map_or(sample_amount(), |received| received.payable);
    let weights: Vec<Decimal> = (0..=dice.roll(4)).map(|_| Decimal::from(dice.roll(5) + 1)).collect();
    let amounts = payable.allocate(&weights).expect("small amounts");
    let terms = AgreedTerms {
        code: "PARTS".to_owned(),
        version: 1,
        received_on: first_day(),
        instalments: amounts.into_iter().map(|amount| Instalment { due_date: dice.day(), amount }).collect(),
        discounts: vec![],
        discount_on_partials: false,
        discounted_tax: vec![],
        awaiting_goods: None,
    };
    InvoiceCommand::AgreeTerms { terms: Box::new(terms) }
}

fn placed_hold(dice: &mut Dice, by: UserId) -> PlacedHold {
    let until = (dice.roll(2) == 0).then(|| dice.day());
    PlacedHold { hold_id: HoldId(dice.id(7, 2)), kind: HoldKind::Delivery, reason: "two crates are missing".to_owned(), until, by }
}

fn withholding(dice: &mut Dice) -> Withholding {
    let (settled, base, tax) = (dice.amount(), dice.amount(), Money::rounded(10.into(), Currency::EUR));
    let (code, name, account_code) = ("WHT-10".to_owned(), "Contractors".to_owned(), "2200".parse().expect("a code"));
    Withholding { code, version: 1, name, percent: 10.into(), account_code, settled, base, tax }
}

fn retention(dice: &mut Dice) -> Allocation {
    let against = Against::Retention { release_on: first_day() + Days::new(500) };
    Allocation { allocation_id: AllocationId(dice.id(9, 1_000)), against, amount: dice.amount(), effective_date: dice.day() }
}

fn refund(dice: &mut Dice) -> Allocation {
    let against = Against::Refund(IncomingChannel::Recorded);
    Allocation { allocation_id: AllocationId(dice.id(9, 4)), against, amount: dice.amount(), effective_date: dice.day() }
}

/// Half here and half there, or nowhere in particular.
fn parts(dice: &mut Dice) -> Vec<(Assignment, Share)> {
    let to =
        |account: &str| Assignment { account_code: account.parse().expect("a code"), cost_centre: None, project: None, tax_code: None };
    let half = Share::Percent(50.into());
    if dice.roll(3) == 0 { vec![] } else { vec![(to("6900"), half), (to("6910"), half)] }
}

/// Mostly nothing, so that invoices also get on.
fn evaluation(dice: &mut Dice) -> Evaluation {
    let checks = [Check::Price, Check::QuantityOrdered];
    Evaluation { findings: checks.map(|check| finding(dice, check)).to_vec(), ..Evaluation::default() }
}

fn finding(dice: &mut Dice, check: Check) -> MatchFinding {
    let found = MatchFinding::mismatch(check, Some("1"), 1, dice.roll(2));
    let passes = dice.roll(12) > 0;
    let outcome = if passes { Outcome::Pass } else { Outcome::Fail };
    MatchFinding { outcome, holds: !passes, ..found }
}

fn sample_document(dice: &mut Dice) -> (quittance_domain::invoice::InvoiceDocument, Money) {
    let kind = if dice.roll(5) == 0 { DocumentKind::CreditNote } else { DocumentKind::Invoice };
    let amount = if dice.roll(3) == 0 { dice.amount() } else { sample_amount() };
    (document(kind, "N-1", amount.amount(), Currency::EUR, first_day(), None), amount)
}

fn sample_amount() -> Money {
    Money::rounded(Decimal::new(10_000, 2), Currency::EUR)
}

fn sample_vendor() -> VendorId {
    VendorId(Uuid::from_u128(77))
}

/// The version hash of the ordinary invoice: what approvals below name.
fn hash_of_sample() -> String {
    let document = document(DocumentKind::Invoice, "N-1", sample_amount().amount(), Currency::EUR, first_day(), None);
    let received =
        decided::<Invoice>(&mut vec![], InvoiceCommand::Receive { reception: Box::new(reception_of(document)), exceptions: vec![] });
    let invoice = Invoice::replay(received.into_iter().map(|(_, event)| event));
    invoice.received().expect("it was received").version_hash()
}

fn reception_of(document: quittance_domain::invoice::InvoiceDocument) -> Reception {
    Reception {
        vendor_id: sample_vendor(),
        vendor_keys: vec![],
        document,
        payable: sample_amount(),
        due_date: first_day(),
        effective_date: first_day(),
        pay_to: None,
        entered_by: UserId(Uuid::from_u128(5)),
        source: Source::Json,
        namesake: None,
    }
}

fn reception(dice: &mut Dice) -> Reception {
    let (document, payable) = sample_document(dice);
    Reception { payable, due_date: dice.day(), effective_date: dice.day(), ..reception_of(document) }
}

fn amendment(dice: &mut Dice) -> Amendment {
    let Reception { vendor_id, vendor_keys, document, payable, due_date, effective_date, pay_to, .. } = reception(dice);
    let (by, reason) = (dice.user(), "corrected".to_owned());
    let vendor_id = if dice.roll(6) == 0 { VendorId(Uuid::from_u128(78)) } else { vendor_id };
    Amendment { vendor_id, vendor_keys, document, payable, due_date, effective_date, pay_to, by, reason, rebooking: Rebooking::InPlace }
}

fn exceptions(dice: &mut Dice) -> Vec<InvoiceException> {
    let finding = Finding { rule: "BR-CO-15".to_owned(), message: "sums".to_owned(), stated: None, expected: None };
    let kinds = [ExceptionKind::Totals, ExceptionKind::BankAccount];
    let count = dice.roll(8).saturating_sub(5) as usize;
    kinds.iter().take(count).map(|kind| InvoiceException { kind: *kind, findings: vec![finding.clone()] }).collect()
}

fn payment_command(dice: &mut Dice) -> PaymentCommand {
    let by = dice.user();
    let some_items = |dice: &mut Dice| if dice.roll(2) == 0 { None } else { Some(vec![dice.roll(2) as u32 + 1]) };
    let record = ManualRecord { method: "wire".to_owned(), reference: "W".to_owned(), paid_on: first_day() };
    match dice.roll(14) {
        10 | 11 => PaymentCommand::SettleByBank { items: vec![dice.roll(2) as u32 + 1], value_date: dice.day() },
        12 => PaymentCommand::ApplyCredit { item: Some(dice.roll(2) as u32 + 1), allocation: of_credit(dice), by },
        13 if dice.roll(3) == 0 => {
            let (allocation_id, effective_date) = (AllocationId(dice.id(10, 5)), dice.day());
            PaymentCommand::TakeCreditBack { allocation_id, effective_date, by, reason: "wrong".to_owned() }
        }
        0 | 1 => PaymentCommand::Plan(Box::new(plan(dice))),
        2 | 3 => PaymentCommand::Authorise { by },
        4 | 5 => PaymentCommand::RecordManually { by, at: recorded_at(1), record },
        6 | 7 => PaymentCommand::Settle { items: some_items(dice), value_date: dice.day() },
        8 => PaymentCommand::Return { items: some_items(dice), value_date: dice.day(), reason: "account closed".to_owned(), by: None },
        _ if dice.roll(3) == 0 => PaymentCommand::Void { by, reason: "twice".to_owned() },
        _ => PaymentCommand::Fail { items: some_items(dice), reason: "refused".to_owned(), by: None },
    }
}

fn of_credit(dice: &mut Dice) -> Allocation {
    let (allocation_id, against) = (AllocationId(dice.id(10, 5)), Against::Invoice(InvoiceId(Uuid::from_u128(1))));
    let amount = Money::rounded([1, 5, 30][dice.roll(3) as usize].into(), Currency::EUR);
    Allocation { allocation_id, against, amount, effective_date: first_day() + Days::new(200 + dice.roll(100)) }
}

fn plan(dice: &mut Dice) -> PaymentPlan {
    let items: Vec<CreditorItem> = (1..=2).map(|line| item(line, dice)).collect();
    let total = items.iter().fold(Money::zero(Currency::EUR), |sum, i| sum.plus(i.amount).expect("one currency"));
    PaymentPlan {
        method: Method::Manual,
        currency: Currency::EUR,
        total,
        execution_date: dice.day(),
        debtor_name: "Acme".to_owned(),
        debtor_account_id: None,
        debtor_account: None,
        provider_account_id: None,
        items,
        planned_by: dice.user(),
        payment_run_id: None,
        set_off: vec![],
        international: None,
    }
}

fn item(line: u32, dice: &mut Dice) -> CreditorItem {
    CreditorItem {
        line,
        invoice_id: InvoiceId(Uuid::from_u128(u128::from(line))),
        invoice_number: format!("N-{line}"),
        vendor_id: sample_vendor(),
        creditor_name: "Nordwind GmbH".to_owned(),
        creditor_address: Address::default(),
        creditor_account: None,
        amount: dice.amount(),
        end_to_end_id: format!("E{line}"),
        remittance: "thanks".to_owned(),
        version_hash: "h".to_owned(),
        creditor_is_person: false,
        withheld: None,
    }
}

fn approval_command(dice: &mut Dice) -> ApprovalCommand {
    let by = dice.user();
    match dice.roll(8) {
        0 | 1 => ApprovalCommand::Request { request: request(dice), candidates: candidates(1, dice) },
        2..=4 => ApprovalCommand::Approve { decider: Decider::in_person(by), comment: None, next: Some(candidates(2, dice)) },
        5 => ApprovalCommand::Reresolve { by, candidates: candidates(dice.roll(2) as u8 + 1, dice), barred: vec![] },
        6 if dice.roll(3) == 0 => ApprovalCommand::Withdraw { because: "changed".to_owned() },
        6 => {
            ApprovalCommand::Approve { decider: Decider::in_person(by), comment: Some("fine".to_owned()), next: Some(candidates(2, dice)) }
        }
        _ => ApprovalCommand::Deny { decider: Decider::in_person(by), reason: "too dear".to_owned() },
    }
}

fn request(dice: &mut Dice) -> Request {
    let requested_by = dice.user();
    Request {
        invoice_id: InvoiceId(dice.id(2, 6)),
        round: 1,
        version_hash: "h".to_owned(),
        amount: dice.amount(),
        policy_version: 1,
        requested_by,
        excluded: vec![Excluded::editor_of_invoice(requested_by)],
        stages: vec![1, 2],
        same_person_in_stages: false,
        facts: None,
    }
}

fn candidates(stage: u8, dice: &mut Dice) -> StageCandidates {
    let everybody = (1..=4).map(|n| Eligible { user_id: UserId(Uuid::from_u128((1 << 64) | n)), because: "user".to_owned() }).collect();
    StageCandidates {
        stage,
        steps: vec![StepCandidates { quorum: dice.roll(2) as u8 + 1, candidates: everybody, managers: vec![] }],
        deadlines: None,
    }
}

fn stock_action(dice: &mut Dice) -> StockAction {
    let quantity = Decimal::from(dice.roll(8) + 1);
    let (reason, by) = ("work".to_owned(), dice.user());
    let receipt = ReceiptLine { receipt_id: GoodsReceiptId(dice.id(7, 1_000)), line: 1, inspection: 0 };
    match dice.roll(4) {
        0 | 1 => StockAction::Receive { receipt, quantity, unit_cost: 2.into(), currency: Currency::EUR },
        2 => StockAction::Issue { quantity, reference: None, reason, by },
        _ => StockAction::Count { counted: quantity, by },
    }
}

fn customer_command(dice: &mut Dice) -> CustomerCommand {
    let by = dice.user();
    let party = Party { name: format!("Customer {}", dice.roll(9)), ..Party::default() };
    let details = Box::new(CustomerDetails { party, currency: Some(Currency::EUR), ..CustomerDetails::default() });
    match dice.roll(9) {
        0 | 1 => CustomerCommand::Register { details, by },
        2 | 3 => CustomerCommand::ChangeDetails { details, by },
        4 => CustomerCommand::Block { reason: "three reminders".to_owned(), by },
        5 | 6 => CustomerCommand::Unblock { by },
        7 => CustomerCommand::Absorb { customers: vec![CustomerId(dice.id(9, 3))], by },
        _ => CustomerCommand::Merge { into: CustomerId(Uuid::from_u128(77)), by },
    }
}

fn vendor_command(dice: &mut Dice) -> VendorCommand {
    let by = dice.user();
    let party = |name: u64| Party { name: format!("Vendor {name}"), ..Party::default() };
    let (control, currency) = (BankChangeControl::default(), Some(Currency::EUR));
    match dice.roll(5) {
        0 => VendorCommand::Register { party: party(0), currency: None, payment_days: 30, origin: Origin::Document, by },
        1 => VendorCommand::Change { party: party(dice.roll(9)), currency, payment_days: 14, by, control },
        2 => VendorCommand::Verify { by },
        3 => VendorCommand::Block { reason: "fraud".to_owned(), by },
        _ => VendorCommand::Unblock { by },
    }
}
