//! What the ledger remembers between events: the books, the orders' numbers, and what it holds of each document.

mod bank;
mod clearing;
mod goods;
mod on_account;
mod receivable;
mod uninvoiced;

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use quittance_domain::Currency;
use quittance_domain::aggregate::derived_id;
use quittance_domain::exchange_rate::RatesEvent;
use quittance_domain::ids::PurchaseOrderId;
use quittance_domain::invoice::{InvoiceDocument, InvoiceEvent};
use quittance_domain::journal::{JournalEntry, JournalEvent};
use quittance_domain::ledger::{
    BankLine, BankLinePosting, Books, Clearing, Deductions, Entry, Holdings, OnAccount, OnAccountPosting, Parcel, PayableAccount, Posting,
    Quote, RateTable, ReceivableAccount, ReceivablePosting, StockAccount, Uninvoiced,
};
use quittance_domain::purchase_order::{PurchaseOrderEvent, number_key};
use quittance_domain::tenant::TenantEvent;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::listing::find;
use crate::projector::ProjectionError;
use crate::row;
use crate::rows::Rows;
use crate::word::Word;

use super::holdings;
use super::rates::{self, Wanted};
use super::stock::{StockBook, looking_back};

row! {
    pub struct KeptRow in "ledger_state" {
        state_id: Uuid,
        /// The last event that changed it.
        position: i64,
        /// The currency whose exchange rate it waits for.
        untranslated: Option<Word<Currency>>,
        state: Json<Kept>,
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    Books(Box<Books>),
    /// Found by its number, which documents name.
    Order(PurchaseOrderId),
    Invoice(Box<PayableAccount>),
    Stock(StockAccount),
    /// Goods that go from place to place.
    Transfer(Parcel),
    JournalEntry(JournalEntry),
    OnAccount(OnAccount),
    Receivable(Box<ReceivableAccount>),
    BankLine(BankLine),
    Clearing(Clearing),
    /// The order that a receipt in another currency is of.
    Receipt(PurchaseOrderId),
    Uninvoiced(Uninvoiced),
}

/// The books as the ledger knows them now.
pub async fn books_now(tx: &mut TenantTx) -> sqlx::Result<Books> {
    let row = find::<KeptRow>(tx, books_key()).await?;
    Ok(match row.map(|row| row.state.0) {
        Some(Kept::Books(books)) => *books,
        _ => Books::default(),
    })
}

/// The states that a batch of events may touch.
fn needed(events: &[Recorded]) -> HashSet<Uuid> {
    let of_event = |at: &Recorded| {
        let own = (!at.is_first() && is_document(&at.fact)).then_some(at.aggregate_id);
        own.into_iter()
            .chain(on_account::moved_credit(at))
            .chain(bank::touched(at))
            .chain(clearing::stating(&at.fact))
            .chain(named_order(&at.fact))
            .chain(goods::taken_in(&at.fact))
    };
    std::iter::once(books_key()).chain(events.iter().flat_map(of_event)).collect()
}

fn base_of(fact: &Fact) -> Option<Currency> {
    match fact {
        Fact::Tenant(TenantEvent::Created { base_currency, .. }) => Some(*base_currency),
        _ => None,
    }
}

/// What waits for an exchange rate, as stored.
async fn waiting_now(tx: &mut TenantTx) -> sqlx::Result<BTreeSet<Uuid>> {
    let tenant = tx.tenant();
    let query = sqlx::query_scalar("select state_id from ledger_state where tenant_id = $1 and untranslated is not null").bind(tenant.0);
    Ok(query.fetch_all(&mut **tx).await?.into_iter().collect())
}

fn is_document(fact: &Fact) -> bool {
    matches!(fact, Fact::Invoice(_) | Fact::Receivable(_) | Fact::Stock(_) | Fact::JournalEntry(_))
}

/// Where the order is kept that an invoice's document names.
fn named_order(fact: &Fact) -> Option<Uuid> {
    let named = |document: &InvoiceDocument| document.references.purchase_order.as_deref().map(order_key);
    match fact {
        Fact::Invoice(InvoiceEvent::Received(reception)) => named(&reception.document),
        Fact::Invoice(InvoiceEvent::Amended(amendment)) => named(&amendment.document),
        _ => None,
    }
}

/// Invoices that may be posted anew: when they are coded, or when one of their amounts waits for a rate that comes.
fn invoices(events: &[Recorded]) -> impl Iterator<Item = Uuid> {
    events.iter().filter(|at| matches!(at.fact, Fact::Invoice(_))).map(|at| at.aggregate_id)
}

fn books_key() -> Uuid {
    derived_id(&[b"ledger books"])
}

fn order_key(number: &str) -> Uuid {
    derived_id(&[b"ledger order", number_key(number).as_bytes()])
}

/// One batch: the books are taken out of the rows once and put back if they have changed.
pub(super) struct Keeper<'r> {
    rows: &'r mut Rows<KeptRow>,
    books: Books,
    learned_at: Option<i64>,
    rates: RateTable,
    /// What waits for a rate, in an order that no batch changes.
    waiting: BTreeSet<Uuid>,
    stock: StockBook,
    holdings: Holdings,
    /// The payments and allocations whose state on the clearing account is known.
    clearing: HashSet<Uuid>,
    /// The orders of which it is known what they have on the account of goods not invoiced.
    uninvoiced: HashSet<Uuid>,
}

impl<'r> Keeper<'r> {
    pub async fn open(tx: &mut TenantTx, rows: &'r mut Rows<KeptRow>, events: &[Recorded]) -> Result<Self, ProjectionError> {
        rows.fetch(tx, needed(events)).await?;
        let repriced = goods::fetch_reached(tx, rows, events).await?;
        let books = match rows.get(&books_key()).map(|row| &row.state.0) {
            Some(Kept::Books(books)) => (**books).clone(),
            _ => Books::default(),
        };
        let mut wanted: Wanted = events.iter().filter_map(|at| rates::wanted(&at.fact)).collect();
        wanted.extend(events.iter().flat_map(|at| bank::wanted(&at.fact)));
        wanted.extend(invoices(events).filter_map(|id| rows.get(&id)).flat_map(|row| row.state.rate_days()));
        let mut waiting = BTreeSet::new();
        let rates_come = events.iter().any(|at| matches!(at.fact, Fact::ExchangeRates(_)));
        if rates_come {
            waiting = waiting_now(tx).await?;
            rows.fetch(tx, waiting.iter().copied()).await?;
            wanted.extend(waiting.iter().filter_map(|id| rows.get(id)).flat_map(|row| row.state.rate_days()));
        }
        let base = books.base.or_else(|| events.iter().find_map(|at| base_of(&at.fact)));
        let rates = rates::load(tx, wanted, base).await?;
        let kept = |id: Uuid| match rows.get(&id).map(|row| &row.state.0) {
            Some(Kept::Stock(account)) => Some(account),
            _ => None,
        };
        let waiting_stocks = waiting.iter().copied().filter(|id| kept(*id).is_some());
        let may_wait = repriced.into_iter().filter(|_| rates_come);
        let asked = looking_back(events, kept).into_iter().chain(waiting_stocks).chain(may_wait).collect();
        let stock = StockBook::open(tx, asked).await?;
        let holdings = holdings::load(tx, bank::held(events, &waiting, rows)).await?;
        let clearing = clearing::fetch(tx, events, &waiting, rows, base).await?;
        let uninvoiced = uninvoiced::fetch(tx, events, &waiting, rows, &stock, base).await?;
        Ok(Self { rows, books, learned_at: None, rates, waiting, stock, holdings, clearing, uninvoiced })
    }

    /// What an event posts, in balance.
    pub fn post(&mut self, at: &Recorded) -> Result<Vec<Entry>, ProjectionError> {
        let mut entries = match &at.fact {
            Fact::Tenant(event) => return Ok(self.learn(at, |books| books.learn_company(event))),
            Fact::Chart(event) => return Ok(self.learn(at, |books| books.learn_chart(event))),
            Fact::PurchaseOrder(PurchaseOrderEvent::Placed { number, .. }) => {
                self.put(order_key(number), at, None, Kept::Order(PurchaseOrderId(at.aggregate_id)));
                return Ok(vec![]);
            }
            Fact::GoodsReceipt(event) => return Ok(self.goods_came(event, at)),
            Fact::Invoice(event) => self.invoice(event, at)?,
            Fact::Receivable(event) => self.receivable(event, at)?,
            Fact::Stock(event) => self.stock(event, at)?,
            Fact::JournalEntry(event) => self.journal_entry(event, at)?,
            Fact::Payment(event) => self.on_account(event, at)?,
            Fact::BankStatement(event) => self.bank_statement(event, at)?,
            Fact::ExchangeRates(event) => self.quoted(event, at),
            _ => return Ok(vec![]),
        };
        if let Some((currency, day)) = self.rates.missed() {
            return Err(poison(at, &format!("nobody has looked for the rate of {currency} on {day}")));
        }
        if let Some((account, day)) = self.holdings.missed() {
            return Err(poison(at, &format!("nobody has looked for what {account} held on {day}")));
        }
        entries.iter_mut().try_for_each(|entry| self.clear(entry, at).and_then(|()| self.bill_goods(entry, at)))?;
        entries.into_iter().map(|entry| entry.balanced().map_err(|e| poison(at, &e.to_string()))).collect()
    }

    pub fn close(self) -> (StockBook, Holdings) {
        if let Some(position) = self.learned_at {
            let state = Json(Kept::Books(Box::new(self.books)));
            self.rows.put(KeptRow { state_id: books_key(), position, untranslated: None, state });
        }
        (self.stock, self.holdings)
    }

    fn learn(&mut self, at: &Recorded, lesson: impl FnOnce(&mut Books)) -> Vec<Entry> {
        lesson(&mut self.books);
        self.learned_at = Some(at.position);
        vec![]
    }

    fn invoice(&mut self, event: &InvoiceEvent, at: &Recorded) -> Result<Vec<Entry>, ProjectionError> {
        let deducted = self.deducted(clearing::stating(&at.fact));
        let posting = Posting {
            books: &self.books,
            rates: &self.rates,
            invoice: at.aggregate_id,
            recorded_on: at.recorded_on(),
            order: self.order(&at.fact),
            deducted: &deducted,
        };
        let (account, entries) = match (event, self.kept(at)) {
            (InvoiceEvent::Received(reception), _) => PayableAccount::received(reception, posting),
            (event, Some(Kept::Invoice(mut account))) => {
                let entries = account.on(event, posting);
                if entries.is_empty() && !clearing::changes_silently(event) {
                    return Ok(entries);
                }
                (*account, entries)
            }
            _ => return Err(poison(at, "the ledger has nothing of its invoice")),
        };
        let untranslated = account.untranslated();
        self.put(at.aggregate_id, at, untranslated, Kept::Invoice(Box::new(account)));
        Ok(entries)
    }

    fn journal_entry(&mut self, event: &JournalEvent, at: &Recorded) -> Result<Vec<Entry>, ProjectionError> {
        let mut state = match self.kept(at) {
            Some(Kept::JournalEntry(state)) => state,
            _ if at.is_first() => JournalEntry::default(),
            _ => return Err(poison(at, "the ledger has nothing of its journal entry")),
        };
        let entry = state.posts(event, at.aggregate_id);
        let adjusted = state.opens(event, at.aggregate_id, &self.books, &mut self.holdings);
        state.apply(event.clone());
        self.put(at.aggregate_id, at, None, Kept::JournalEntry(state));
        Ok(entry.into_iter().chain(adjusted).collect())
    }

    /// What waited for these rates is posted with them.
    fn quoted(&mut self, event: &RatesEvent, at: &Recorded) -> Vec<Entry> {
        let RatesEvent::Quoted { unit, rates, .. } = event;
        for day in rates {
            self.rates.quote(Quote { unit: *unit, currency: day.currency, on: day.on, rate: day.rate });
        }
        let mut entries = Vec::new();
        for id in clearing::in_turn(&self.waiting, self.rows) {
            let Some(row) = self.rows.get(&id) else { continue };
            let mut kept = row.state.0.clone();
            if let Kept::Stock(account) = &mut kept {
                let posted = account.translate(self.stock_posting(id, at));
                if !posted.movements.is_empty() {
                    let account = account.clone();
                    entries.extend(self.keep_stock(id, account, posted, at));
                }
                continue;
            }
            let deducted = self.deducted(kept.stated_by());
            let translated =
                kept.translate(id, Translating { books: &self.books, rates: &self.rates, deducted: &deducted }, &mut self.holdings, at);
            if !translated.is_empty() {
                let untranslated = kept.untranslated();
                self.put(id, at, untranslated, kept);
                entries.extend(translated);
            }
        }
        entries
    }

    fn kept(&self, at: &Recorded) -> Option<Kept> {
        self.rows.get(&at.aggregate_id).map(|row| row.state.0.clone())
    }

    fn order(&self, fact: &Fact) -> Option<PurchaseOrderId> {
        match self.rows.get(&named_order(fact)?).map(|row| &row.state.0) {
            Some(Kept::Order(id)) => Some(*id),
            _ => None,
        }
    }

    fn put(&mut self, state_id: Uuid, at: &Recorded, untranslated: Option<Currency>, state: Kept) {
        match untranslated {
            Some(_) => self.waiting.insert(state_id),
            None => self.waiting.remove(&state_id),
        };
        let untranslated = untranslated.map(Word);
        self.rows.put(KeptRow { state_id, position: at.position, untranslated, state: Json(state) });
    }
}

impl Kept {
    fn rate_days(&self) -> Vec<(Currency, NaiveDate)> {
        match self {
            Self::Invoice(account) => account.rate_days(),
            Self::OnAccount(account) => account.rate_days(),
            Self::Receivable(account) => account.rate_days(),
            Self::Stock(account) => account.rate_days(),
            Self::BankLine(line) => line.rate_days(),
            _ => vec![],
        }
    }

    fn untranslated(&self) -> Option<Currency> {
        match self {
            Self::Invoice(account) => account.untranslated(),
            Self::Stock(account) => account.untranslated(),
            Self::OnAccount(account) => account.untranslated(),
            Self::Receivable(account) => account.untranslated(),
            Self::BankLine(line) => line.untranslated(),
            _ => None,
        }
    }

    fn translate(&mut self, id: Uuid, by: Translating<'_>, holdings: &mut Holdings, at: &Recorded) -> Vec<Entry> {
        let Translating { books, rates, deducted } = by;
        match self {
            Self::Invoice(account) => {
                let recorded_on = at.recorded_on();
                account.translate(Posting { books, rates, invoice: id, recorded_on, order: None, deducted })
            }
            Self::OnAccount(account) => account.translate(OnAccountPosting { books, rates, payment: id }),
            Self::Receivable(account) => account.translate(ReceivablePosting { books, rates, receivable: id }),
            Self::BankLine(line) => line.translate(BankLinePosting { books, rates }, holdings),
            _ => vec![],
        }
    }
}

/// What is known by now to those that wait for a rate.
#[derive(Clone, Copy)]
struct Translating<'a> {
    books: &'a Books,
    rates: &'a RateTable,
    deducted: &'a Deductions,
}
