//! What customers owe: at every pair of dates ageing is the sum of what happened by then as far as it was known, and what the control
//! account holds, in whatever currencies, and whenever their rates come.

use std::collections::{BTreeMap, BTreeSet};

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
use quittance_projections::ageing::{AgeingBy, Buckets};
use quittance_projections::ledger::{TrialBalanceFilter, trial_balance};
use quittance_projections::receivable::{
    CustomerStatementFilter, ReceivableAgeingFilter, ReceivableOpenItemFilter, ageing, customer_statement, open_items,
};
use quittance_projections::{Fact, Page};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

use crate::engine::database;
use crate::histories::{Dice, History, first_day, recorded, recorded_at};
use crate::ledger::{STRIDE, moments, projected};

/// One movement of what is open of a part that falls due on a day, with the day in the books and the moment of knowing.
#[derive(Clone, Copy)]
struct Moved {
    day: NaiveDate,
    recorded_at: DateTime<Utc>,
    receivable: Uuid,
    customer: Uuid,
    currency: Currency,
    due: NaiveDate,
    dated: NaiveDate,
    amount: Decimal,
}

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
            let (before, dated_before) = (owed(state), dated(state));
            cqrs_es::Aggregate::apply(state, event.clone());
            let (after, currency, customer, day) = (owed(state), currency(state), customer_of(state), counts_on(&event));
            let dated = dated(state).or(dated_before);
            let position = self.add(id, Fact::Receivable(event));
            let Some((day, dated)) = day.zip(dated) else { continue };
            let parts: BTreeSet<NaiveDate> = before.keys().chain(after.keys()).copied().collect();
            for due in parts {
                let amount = after.get(&due).copied().unwrap_or_default() - before.get(&due).copied().unwrap_or_default();
                self.moved.push(Moved { day, recorded_at: recorded_at(position), receivable: id, customer, currency, due, dated, amount });
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
    /// What had happened by a day, as far as it was known at a moment.
    fn known(&self, as_of: NaiveDate, known_at: Option<DateTime<Utc>>) -> impl Iterator<Item = &Moved> {
        self.moved.iter().filter(move |own| own.day <= as_of && known_at.is_none_or(|known| own.recorded_at <= known))
    }

    /// The sums of what is the same by a key, but for those of nothing.
    fn sums<K: Ord>(&self, as_of: NaiveDate, known_at: Option<DateTime<Utc>>, key: impl Fn(&Moved) -> K) -> BTreeMap<K, Decimal> {
        let mut sums = BTreeMap::new();
        for own in self.known(as_of, known_at) {
            *sums.entry(key(own)).or_default() += own.amount;
        }
        sums.retain(|_, sum: &mut Decimal| !sum.is_zero());
        sums
    }

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
                let value_date = first_day() + Days::new(400);
                Some((*id, CustomerRefund { value_date, ..refund(outstanding, outstanding.owed_back(), number) }))
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

/// What is left of each part, by the day on which it falls due; what the customer is owed is due since it is.
fn owed(state: &Receivable) -> BTreeMap<NaiveDate, Decimal> {
    let mut owed = BTreeMap::new();
    for (_, part) in state.issued().map(|outstanding| outstanding.left_of_parts()).unwrap_or_default() {
        *owed.entry(part.due_date).or_default() += part.amount.amount();
    }
    if let Some((outstanding, since)) = state.issued().ok().and_then(|own| Some((own, own.owed_back_since()?))) {
        *owed.entry(since).or_default() -= outstanding.owed_back().amount();
    }
    owed
}

fn dated(state: &Receivable) -> Option<NaiveDate> {
    state.issued().ok().map(|outstanding| outstanding.issue_date)
}

fn customer_of(state: &Receivable) -> Uuid {
    match state {
        Receivable::Issued(outstanding) => outstanding.customer_id.0,
        Receivable::Draft { customer_id, .. } | Receivable::Cancelled { customer_id, .. } => customer_id.0,
        Receivable::NotDrafted => Uuid::nil(),
    }
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
            for own in sales.known(as_of, known_at) {
                *expected.entry(own.currency.code()).or_default() += own.amount;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bucket_of_every_customer_is_what_happened_by_then() {
    let database = database().await;
    let mut cells = 0;
    for seed in 510..513 {
        let sales = Sales::of(seed, 260);
        let tenant = projected(&database, &sales.history, STRIDE).await;
        let mut tx = database.read(tenant).await.expect("a transaction begins");
        for (as_of, known_at) in moments(&sales.history) {
            for (by, ends) in [
                (AgeingBy::DueDate, "30,60,90,120"),
                (AgeingBy::InvoiceDate, "30,60,90,120"),
                (AgeingBy::DueDate, "7,45"),
                (AgeingBy::InvoiceDate, "7,45"),
            ] {
                let at = format!("seed {seed}, {as_of}, {known_at:?}, {by:?}, {ends}");
                let buckets: Buckets = ends.parse().expect("buckets");
                let bucket = |own: &Moved| buckets.of((as_of - if by == AgeingBy::DueDate { own.due } else { own.dated }).num_days());
                let expected = sales.sums(as_of, known_at, |own| (own.customer, own.currency.code(), buckets.name(bucket(own))));
                let asked = Some(buckets.clone());
                let filter = ReceivableAgeingFilter { as_of: Some(as_of), known_at, by: Some(by), buckets: asked, ..Default::default() };
                let aged = ageing(&mut tx, &filter, &Page::default().whole(), as_of).await.expect("ageing");
                let mut told = BTreeMap::new();
                for line in &aged.customers.data {
                    for cell in line.amounts.buckets.iter().filter(|cell| !cell.open.is_zero()) {
                        told.insert((line.customer_id.0, line.currency.code(), cell.bucket.clone()), cell.open.amount());
                    }
                }
                cells += told.len();
                assert_eq!(told, expected, "{at}");
            }
        }
    }
    assert!(cells > 1_000, "only {cells} buckets held anything");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_items_are_the_parts_that_are_left_and_add_up_to_the_ageing() {
    let database = database().await;
    let mut items = 0;
    for seed in 520..523 {
        let sales = Sales::of(seed, 260);
        let tenant = projected(&database, &sales.history, STRIDE).await;
        let mut tx = database.read(tenant).await.expect("a transaction begins");
        for (as_of, known_at) in moments(&sales.history) {
            let (customer, from, to) = (CustomerId(Uuid::from_u128((5 << 64) | 2)), as_of - Days::new(30), as_of + Days::new(10));
            let whole = ReceivableOpenItemFilter { as_of: Some(as_of), known_at, ..Default::default() };
            let narrowed = [
                whole.clone(),
                ReceivableOpenItemFilter { customer_id: Some(customer), currency: Some(Currency::USD), ..whole.clone() },
                ReceivableOpenItemFilter { due_from: Some(from), due_to: Some(to), ..whole.clone() },
            ];
            for filter in narrowed {
                let at = format!("seed {seed}, {filter:?}");
                let mut expected = sales.sums(as_of, known_at, |own| (own.receivable, own.due, own.customer, own.currency.code()));
                expected.retain(|(_, due, own, currency), _| {
                    filter.customer_id.is_none_or(|customer| customer.0 == *own)
                        && filter.currency.is_none_or(|wanted| wanted.code() == *currency)
                        && filter.due_from.is_none_or(|from| from <= *due)
                        && filter.due_to.is_none_or(|to| *due <= to)
                });
                let (mut told, mut page) = (BTreeMap::new(), Page { limit: Some(5), ..Page::default() });
                let totals = loop {
                    let found = open_items(&mut tx, &filter, &page, as_of).await.expect("open items");
                    for item in &found.page.data {
                        assert_eq!(item.days_late, (as_of - item.due_date).num_days(), "{at}");
                        assert!(item.number.is_some(), "{at}");
                        told.insert(
                            (item.receivable_id.0, item.due_date, item.customer_id.0, item.open.currency().code()),
                            item.open.amount(),
                        );
                    }
                    page.cursor = found.page.next_cursor.clone();
                    if page.cursor.is_none() {
                        break found.totals;
                    }
                };
                assert_eq!(told, expected, "{at}");
                items += told.len();
                for total in &totals {
                    let own = told.iter().filter(|((_, _, _, currency), _)| *currency == total.open.currency().code());
                    let overdue: Decimal = own.clone().filter(|((_, due, _, _), _)| *due < as_of).map(|(_, open)| *open).sum();
                    assert_eq!(
                        (total.items, total.open.amount(), total.overdue.amount()),
                        (own.clone().count() as i64, own.map(|(_, open)| *open).sum(), overdue),
                        "{at}"
                    );
                }
                let of_totals: i64 = totals.iter().map(|total| total.items).sum();
                assert_eq!(of_totals, told.len() as i64, "{at}");
                if filter.due_from.is_none() {
                    let (customer_id, currency) = (filter.customer_id, filter.currency);
                    let aged = ReceivableAgeingFilter { as_of: Some(as_of), known_at, customer_id, currency, ..Default::default() };
                    let aged = ageing(&mut tx, &aged, &Page::default().whole(), as_of).await.expect("ageing");
                    let aged: Vec<Money> = aged.totals.iter().map(|total| total.amounts.total).collect();
                    assert_eq!(totals.iter().map(|total| total.open).collect::<Vec<_>>(), aged, "{at}");
                }
            }
        }
    }
    assert!(items > 300, "only {items} items were open");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customers_statement_leads_from_opening_to_closing() {
    let database = database().await;
    let mut movements = 0;
    for seed in 530..533 {
        let sales = Sales::of(seed, 260);
        let tenant = projected(&database, &sales.history, STRIDE).await;
        let mut tx = database.read(tenant).await.expect("a transaction begins");
        for (to, known_at) in moments(&sales.history) {
            for number in 1..=4 {
                let customer_id = CustomerId(Uuid::from_u128((5 << 64) | number));
                let from = to - Days::new(40);
                let filter = CustomerStatementFilter { customer_id, from, to, known_at };
                let told = customer_statement(&mut tx, &filter, &Page::default().whole()).await.expect("a statement");
                let at = format!("seed {seed}, {filter:?}");
                let owed = |as_of: NaiveDate| {
                    let mut owed = sales.sums(as_of, known_at, |own| (own.customer, own.currency.code()));
                    owed.retain(|(customer, _), _| *customer == customer_id.0);
                    owed.into_iter().map(|((_, currency), amount)| (currency, amount)).collect::<BTreeMap<_, _>>()
                };
                let amounts = |all: &[Money]| {
                    let open = all.iter().filter(|amount| !amount.is_zero());
                    open.map(|amount| (amount.currency().code(), amount.amount())).collect::<BTreeMap<_, _>>()
                };
                assert_eq!(amounts(&told.opening), owed(from - Days::new(1)), "{at}");
                assert_eq!(amounts(&told.closing), owed(to), "{at}");
                let mut closing = amounts(&told.opening);
                for own in &told.page.data {
                    assert!(from <= own.effective_date && own.effective_date <= to, "{at}");
                    *closing.entry(own.amount.currency().code()).or_default() += own.amount.amount();
                }
                closing.retain(|_, amount| !amount.is_zero());
                assert_eq!(closing, amounts(&told.closing), "{at}");
                assert!(told.page.data.is_sorted_by_key(|own| own.effective_date), "{at}");
                movements += told.page.data.len();
            }
        }
    }
    assert!(movements > 300, "only {movements} movements were told");
}
