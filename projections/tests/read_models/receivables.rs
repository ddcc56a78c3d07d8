//! What customers owe: at every pair of dates ageing is the sum of what happened by then as far as it was known, and what the control
//! account holds, in whatever currencies, and whenever their rates come.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use quittance_domain::chart::Code;
use quittance_domain::exchange_rate::{DayRate, RatesEvent};
use quittance_domain::ids::{CustomerId, CustomerRefundId, IncomingPaymentId, UserId};
use quittance_domain::incoming::IncomingChannel;
use quittance_domain::invoice::{Assignment, InvoiceLine, References, TaxCategory, totals};
use quittance_domain::party::Address;
use quittance_domain::quantity::Quantity;
use quittance_domain::receivable::{
    CreditRequest, CustomerRefund, IncomingPayment, LineCredit, Outstanding, Receivable, ReceivableCommand, ReceivableDocument,
    ReceivableEvent, ReceivableLine,
};
use quittance_domain::tenant::TenantEvent;
use quittance_domain::terms::{AgreedTerms, Dates, Due, InstalmentPart, TermsRule};
use quittance_domain::{Currency, Money, Root};
use quittance_projections::ledger::{TrialBalanceFilter, trial_balance};
use quittance_projections::receivable::{ReceivableAgeingFilter, ageing};
use quittance_projections::{Fact, Page};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

use crate::engine::database;
use crate::histories::{Dice, History, first_day, recorded, recorded_at};
use crate::ledger::{STRIDE, moments, projected};

/// One movement of what is open, with the day in the books and the moment of knowing.
type Moved = (NaiveDate, DateTime<Utc>, Currency, Decimal);

#[derive(Default)]
struct Sales {
    history: History,
    sequences: BTreeMap<Uuid, i64>,
    states: BTreeMap<Uuid, Receivable>,
    moved: Vec<Moved>,
    /// How many customers were owed something at last.
    refunded: usize,
}

impl Sales {
    fn add(&mut self, id: Uuid, fact: Fact) -> i64 {
        let position = self.history.recorded.len() as i64 + 1;
        let sequence = self.sequences.entry(id).or_default();
        *sequence += 1;
        self.history.recorded.push(recorded(position, id, *sequence, fact));
        position
    }

    /// What becomes of one command, if anything does.
    fn does(&mut self, id: Uuid, command: ReceivableCommand) {
        let before = self.states.entry(id).or_default().clone();
        for event in before.decide(command).unwrap_or_default() {
            let state = self.states.entry(id).or_default();
            let open_before = open(state);
            cqrs_es::Aggregate::apply(state, event.clone());
            let change = open(state).unwrap_or_default() - open_before.unwrap_or_default();
            let (currency, day) = (currency(state), counts_on(&event));
            let position = self.add(id, Fact::Receivable(event));
            if let Some(day) = day.filter(|_| !change.is_zero()) {
                self.moved.push((day, recorded_at(position), currency, change));
            }
        }
    }

    /// What became of so many random steps. The rates of dollars come first or last.
    fn of(seed: u64, steps: u64) -> Self {
        let (mut sales, mut dice) = (Self::default(), Dice(seed));
        let company = TenantEvent::Created { name: "Acme".to_owned(), base_currency: Currency::EUR, address: Address::default() };
        sales.add(Uuid::from_u128(9), Fact::Tenant(company));
        if seed.is_multiple_of(2) {
            sales.add(Uuid::from_u128(8), Fact::ExchangeRates(rates(&mut Dice(seed))));
        }
        for step in 0..steps {
            let id = Uuid::from_u128((7 << 64) | u128::from(dice.roll(12) + 1));
            let command = any_command(&mut dice, sales.states.get(&id), step);
            sales.does(id, command);
        }
        sales.all_is_paid();
        if !seed.is_multiple_of(2) {
            sales.add(Uuid::from_u128(8), Fact::ExchangeRates(rates(&mut Dice(seed))));
        }
        sales
    }
}

impl Sales {
    /// What is still open comes in at last, and what customers are owed goes back: the control account then holds nothing in any currency.
    fn all_is_paid(&mut self) {
        let open: Vec<(Uuid, Money)> = self
            .states
            .iter()
            .filter_map(|(id, state)| Some((*id, state.issued().ok()?.open())))
            .filter(|(_, open)| open.is_positive())
            .collect();
        let owed_back: Vec<(Uuid, CustomerRefund)> = (1_000..)
            .zip(&self.states)
            .filter_map(|(number, (id, state))| {
                let outstanding = state.issued().ok()?;
                Some((*id, refund(outstanding, outstanding.owed_back(), number)))
            })
            .filter(|(_, refund)| refund.amount.is_positive())
            .collect();
        for (id, refund) in owed_back {
            self.refunded += 1;
            self.does(id, ReceivableCommand::Refund { refund, record: None, by: None });
        }
        for (number, (id, amount)) in (1_000..).zip(open) {
            let incoming_payment_id = IncomingPaymentId(Uuid::from_u128((6 << 64) | number));
            let (value_date, channel) = (first_day() + Days::new(400), IncomingChannel::Recorded);
            let payment = IncomingPayment { incoming_payment_id, amount, value_date, channel };
            self.does(id, ReceivableCommand::Receive { payment, record: None, by: None });
        }
    }
}

fn open(state: &Receivable) -> Option<Decimal> {
    state.issued().ok().map(|outstanding| outstanding.balance().amount())
}

fn currency(state: &Receivable) -> Currency {
    match state {
        Receivable::Issued(outstanding) => outstanding.document.currency,
        Receivable::Draft { document, .. } | Receivable::Cancelled { document, .. } => document.currency,
        Receivable::NotDrafted => Currency::EUR,
    }
}

fn counts_on(event: &ReceivableEvent) -> Option<NaiveDate> {
    match event {
        ReceivableEvent::Issued { issue_date, .. } => Some(*issue_date),
        ReceivableEvent::PaymentReceived { payment, .. } => Some(payment.value_date),
        ReceivableEvent::DiscountGranted { value_date, .. } => Some(*value_date),
        ReceivableEvent::DiscountTakenBack { effective_date, .. } => Some(*effective_date),
        ReceivableEvent::Credited { credit_note, .. } => Some(credit_note.issue_date),
        ReceivableEvent::Refunded { refund, .. } => Some(refund.value_date),
        ReceivableEvent::PaymentTakenBack { effective_date, .. }
        | ReceivableEvent::RefundTakenBack { effective_date, .. }
        | ReceivableEvent::WrittenOff { effective_date, .. }
        | ReceivableEvent::Reinstated { effective_date, .. }
        | ReceivableEvent::Cancelled { effective_date, .. } => Some(*effective_date),
        ReceivableEvent::Drafted { .. } | ReceivableEvent::Revised { .. } | ReceivableEvent::GoodsHandedOver { .. } => None,
    }
}

fn any_command(dice: &mut Dice, state: Option<&Receivable>, step: u64) -> ReceivableCommand {
    let (by, reason, day) = (UserId(Uuid::from_u128(1)), "so".to_owned(), first_day() + Days::new(dice.roll(200)));
    let issued = state.and_then(|state| state.issued().ok());
    match (state, issued) {
        (None, _) => ReceivableCommand::Draft { customer_id: customer(dice), document: Box::new(document(dice)), by },
        (Some(Receivable::Draft { document, .. }), _) if dice.roll(3) > 0 => {
            let terms = in_parts(dice, document, day);
            ReceivableCommand::Issue { number: format!("2026-{step:05}"), issue_date: day, terms, by }
        }
        (Some(Receivable::Draft { .. }), _) => {
            ReceivableCommand::Revise { customer_id: customer(dice), document: Box::new(document(dice)), by }
        }
        (_, Some(outstanding)) => match dice.roll(16) {
            0..=5 => {
                let whole = dice.roll(3) == 0;
                let part = Money::rounded(outstanding.open().amount() / dec!(3), outstanding.document.currency);
                let amount = if whole { outstanding.open() } else { part };
                let (value_date, channel) = (outstanding.issue_date + Days::new(dice.roll(60)), IncomingChannel::Recorded);
                let incoming_payment_id = IncomingPaymentId(Uuid::from_u128((6 << 64) | u128::from(step)));
                ReceivableCommand::Receive {
                    payment: IncomingPayment { incoming_payment_id, amount, value_date, channel },
                    record: None,
                    by: None,
                }
            }
            6..=7 => match outstanding.payments.first() {
                Some(payment) => {
                    let (incoming_payment_id, effective_date) =
                        (payment.incoming_payment_id, payment.value_date + Days::new(dice.roll(20)));
                    ReceivableCommand::TakePaymentBack { incoming_payment_id, effective_date, reason, by }
                }
                None => ReceivableCommand::Cancel { effective_date: outstanding.issue_date + Days::new(dice.roll(20)), reason, by },
            },
            8..=9 => credit(dice, outstanding, step),
            10 => ReceivableCommand::Refund { refund: refund(outstanding, outstanding.owed_back(), step), record: None, by: None },
            11 => match outstanding.refunds.first() {
                Some(refund) => {
                    let effective_date = refund.value_date + Days::new(dice.roll(20));
                    ReceivableCommand::TakeRefundBack { refund_id: refund.refund_id, effective_date, reason, by }
                }
                None => credit(dice, outstanding, step),
            },
            12 => ReceivableCommand::WriteOff { effective_date: day.max(outstanding.issue_date), reason, by },
            _ => ReceivableCommand::Reinstate { effective_date: day.max(outstanding.issue_date) + Days::new(200), reason, by },
        },
        _ => ReceivableCommand::Cancel { effective_date: day, reason, by },
    }
}

/// Part of its first line, or all of it.
fn credit(dice: &mut Dice, outstanding: &Outstanding, step: u64) -> ReceivableCommand {
    let net = Some(Money::rounded(outstanding.document.lines[0].line.net / dec!(3), outstanding.document.currency).amount());
    let part = vec![LineCredit { line: "1".to_owned(), quantity: None, net }];
    let lines = (dice.roll(3) > 0).then_some(part);
    let request = CreditRequest { lines, adjustments: None, goods_returned: false, reason: "so".to_owned() };
    let issue_date = outstanding.issue_date + Days::new(dice.roll(90));
    ReceivableCommand::Credit {
        number: format!("CN-2026-{step:05}"),
        issue_date,
        request: Box::new(request),
        by: UserId(Uuid::from_u128(1)),
    }
}

fn refund(outstanding: &Outstanding, amount: Money, number: u64) -> CustomerRefund {
    let credited = outstanding.credit_notes.last().map_or(outstanding.issue_date, |note| note.issue_date);
    let refund_id = CustomerRefundId(Uuid::from_u128((4 << 64) | u128::from(number)));
    CustomerRefund { refund_id, amount, value_date: credited + Days::new(5), channel: IncomingChannel::Recorded }
}

fn customer(dice: &mut Dice) -> CustomerId {
    CustomerId(Uuid::from_u128((5 << 64) | u128::from(dice.roll(4) + 1)))
}

fn document(dice: &mut Dice) -> ReceivableDocument {
    let currency = if dice.roll(2) == 0 { Currency::EUR } else { Currency::USD };
    let code = |text: &str| text.parse::<Code>().expect("a code");
    let line = |index: u64, price: Decimal| {
        let (tax, quantity) = (TaxCategory { code: "S".to_owned(), rate: dec!(19) }, Quantity { value: dec!(1), unit: "C62".to_owned() });
        let (id, name) = (index.to_string(), "Paper".to_owned());
        let (item_number, base_quantity, adjustments, order_line) = (None, None, vec![], None);
        let line =
            InvoiceLine { id, name, item_number, quantity, unit_price: price, base_quantity, adjustments, net: price, tax, order_line };
        ReceivableLine { line, coding: Assignment::to(code("4000")), goods: None }
    };
    let lines: Vec<ReceivableLine> =
        (1..=dice.roll(3) + 1).map(|index| line(index, Decimal::new(dice.roll(90_000) as i64 + 100, 2))).collect();
    let stated: Vec<InvoiceLine> = lines.iter().map(|own| own.line.clone()).collect();
    let (tax_breakdown, totals) = totals::totals(&stated, &[], dec!(0), dec!(0), currency).expect("small numbers");
    let (payment_terms, delivered_on, adjustments, notes) = (None, None, vec![], vec![]);
    ReceivableDocument {
        currency,
        payment_terms,
        references: References::default(),
        delivered_on,
        lines,
        adjustments,
        tax_breakdown,
        totals,
        notes,
    }
}

fn in_parts(dice: &mut Dice, document: &ReceivableDocument, day: NaiveDate) -> AgreedTerms {
    let part = |percent: Decimal, days: u16| InstalmentPart { percent, due: Due::NetDays { days } };
    let instalments = if dice.roll(2) == 0 { vec![part(dec!(100), 30)] } else { vec![part(dec!(40), 10), part(dec!(60), 70)] };
    let rule = TermsRule { instalments, ..TermsRule::net(0) };
    let dates = Dates { invoice: day, received: day, of_order: false };
    AgreedTerms::of("T", 1, &rule, dates, &document.totals, document.payable()).expect("small numbers")
}

/// One for every day that anything can count on.
fn rates(dice: &mut Dice) -> RatesEvent {
    let day =
        |n: u64| DayRate { currency: Currency::USD, on: first_day() + Days::new(n), rate: Decimal::new(dice.roll(80) as i64 + 80, 2) };
    RatesEvent::Quoted { unit: Currency::EUR, rates: (0..365).map(day).collect(), source: "ECB".to_owned(), by: UserId(Uuid::from_u128(1)) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ageing_is_what_happened_by_then_and_what_the_control_account_holds() {
    let database = database().await;
    let (mut owed_somewhere, mut ended, mut refunded) = (0, 0, 0);
    for seed in 500..506 {
        let sales = Sales::of(seed, 260);
        refunded += sales.refunded;
        let tenant = projected(&database, &sales.history, STRIDE).await;
        let mut tx = database.read(tenant).await.expect("a transaction begins");
        for (as_of, known_at) in moments(&sales.history) {
            let at = format!("seed {seed}, {as_of}, {known_at:?}");
            let filter = ReceivableAgeingFilter { as_of: Some(as_of), known_at, ..ReceivableAgeingFilter::default() };
            let aged = ageing(&mut tx, &filter, &Page::default().whole(), as_of).await.expect("ageing");
            let mut expected: BTreeMap<&str, Decimal> = BTreeMap::new();
            for (day, recorded_at, currency, amount) in &sales.moved {
                if *day <= as_of && known_at.is_none_or(|known| *recorded_at <= known) {
                    *expected.entry(currency.code()).or_default() += *amount;
                }
            }
            expected.retain(|_, amount| !amount.is_zero());
            let mut told: BTreeMap<&str, Decimal> = BTreeMap::new();
            for total in &aged.totals {
                let cells: Decimal = total.amounts.buckets.iter().map(|cell| cell.open.amount()).sum();
                assert_eq!(cells, total.amounts.total.amount(), "{at}: buckets partition");
                let control = total.control.as_ref().expect("a control account");
                assert!(control.difference.is_zero(), "{at}: {control:?}");
                let of_currency = aged.customers.data.iter().filter(|line| line.currency == total.currency);
                let of_customers: Decimal = of_currency.map(|line| line.amounts.total.amount()).sum();
                assert_eq!(of_customers, cells, "{at}: customers partition");
                told.insert(total.currency.code(), cells);
                owed_somewhere += 1;
            }
            told.retain(|_, amount| !amount.is_zero());
            assert_eq!(told, expected, "{at}");
            let filter = TrialBalanceFilter { as_of: Some(as_of), known_at, account: None };
            let balance = trial_balance(&mut tx, &filter, as_of).await.expect("a trial balance");
            assert_eq!(balance.base.debit, balance.base.credit, "{at}");
            let waits = balance.lines.iter().any(|line| !line.untranslated.is_zero());
            assert!(known_at.is_some() || !waits, "{at}: every rate is known by now");
        }
        let filter = TrialBalanceFilter { as_of: Some(first_day() + Days::new(600)), known_at: None, account: None };
        let balance = trial_balance(&mut tx, &filter, first_day()).await.expect("a trial balance");
        assert!(balance.lines.iter().all(|line| line.untranslated.is_zero()), "seed {seed}: every rate is known by now");
        for line in balance.lines.iter().filter(|line| line.account.as_str() == "1350" && line.balance.is_zero()) {
            assert!(line.base_balance.is_zero(), "seed {seed}: nothing is open and {} is left", line.base_balance);
            ended += usize::from(line.currency == Currency::USD);
        }
    }
    assert!(owed_somewhere > 100, "little was ever owed: the test tests little");
    assert!(refunded > 0, "no customer was ever owed anything");
    assert_eq!(ended, 6, "dollars were not paid to the end: nothing was proven of what is left in euros");
}
