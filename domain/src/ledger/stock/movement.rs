//! A movement of one stock as the ledger keeps it, and what it does to the pile.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pile::{Parcel, Pile, Repriced};
use super::worth::{Worth, Worths};
use crate::chart::{Code, PostingRole};
use crate::ids::InvoiceId;
use crate::ledger::books::Books;
use crate::ledger::entry::{Line, Reason};
use crate::stock::ReceiptLine;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Movement {
    pub position: i64,
    pub effective_date: NaiveDate,
    /// The day in whose order it counts: its own, or the last one before it for what never changes the past.
    pub turn: NaiveDate,
    pub moved: Moved,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moved {
    CameIn {
        receipt: ReceiptLine,
        quantity: Decimal,
        worth: Worth,
    },
    /// To the vendor, who owes what the goods came in at.
    WentBack {
        receipt: ReceiptLine,
        quantity: Decimal,
        owed: Worth,
    },
    Issued {
        quantity: Decimal,
        /// What it was set aside for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// By a customer, as what it left as.
    BroughtBack {
        reference: String,
        quantity: Decimal,
        parcel: Parcel,
    },
    Adjusted {
        difference: Decimal,
    },
    Counted {
        difference: Decimal,
    },
    SentAway {
        transfer: Uuid,
        quantity: Decimal,
    },
    TakenIn {
        transfer: Uuid,
        quantity: Decimal,
        parcel: Parcel,
    },
    Repriced {
        receipt: ReceiptLine,
        quantity: Decimal,
        difference: Worth,
        against: Against,
    },
}

/// Where the other side of a new price stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// On the account of goods that came in and are not invoiced.
    Invoice(InvoiceId),
    /// There too; of goods that a bill has priced already.
    CreditNote(InvoiceId),
    Account(Code),
}

/// What a movement did: one or two postings.
#[derive(Clone, Debug, Default)]
pub(super) struct Effect {
    pub parts: Vec<Part>,
    /// The goods that went to another place, or to a customer.
    pub sent: Option<Parcel>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub reason: Reason,
    /// What the stock is worth more.
    pub value: Worths,
    pub lines: Vec<Line>,
    /// Whether it is posted. What only goes from place to place is not: it stays on one account.
    pub posted: bool,
}

impl Movement {
    /// In what order movements count.
    pub(super) fn rank(&self) -> (NaiveDate, i64) {
        (self.turn, self.position)
    }

    pub fn receipt(&self) -> Option<ReceiptLine> {
        match &self.moved {
            Moved::CameIn { receipt, .. } | Moved::WentBack { receipt, .. } | Moved::Repriced { receipt, .. } => Some(*receipt),
            _ => None,
        }
    }

    /// How many more are on hand after it.
    pub fn difference(&self) -> Decimal {
        match &self.moved {
            Moved::CameIn { quantity, .. } | Moved::TakenIn { quantity, .. } | Moved::BroughtBack { quantity, .. } => *quantity,
            Moved::WentBack { quantity, .. } | Moved::Issued { quantity, .. } | Moved::SentAway { quantity, .. } => -*quantity,
            Moved::Adjusted { difference } | Moved::Counted { difference } => *difference,
            Moved::Repriced { .. } => Decimal::ZERO,
        }
    }

    pub(super) fn on(&self, pile: &mut Pile, books: &Books) -> Effect {
        match &self.moved {
            Moved::CameIn { receipt, quantity, worth } => {
                let worth = Worths::from(*worth);
                let more = pile.bring(Some(*receipt), *quantity, worth.clone());
                let came = part(Reason::GoodsReceived, worth, PostingRole::GoodsReceivedNotInvoiced, books);
                Effect::of([came, covered(more, books)])
            }
            Moved::WentBack { receipt, quantity, owed } => {
                let cost = pile.take_of(*receipt, *quantity);
                Effect::of([went_back(cost, &Worths::from(*owed), books)])
            }
            Moved::Issued { quantity, .. } => {
                let parcel = pile.take(*quantity);
                let issued = part(Reason::GoodsIssued, parcel.worth.negated(), PostingRole::CostOfGoods, books);
                Effect { sent: Some(parcel), ..Effect::of([issued]) }
            }
            Moved::BroughtBack { quantity, parcel, .. } => {
                let more = pile.take_in(*quantity, parcel.clone());
                let back = part(Reason::GoodsBroughtBack, parcel.worth.clone(), PostingRole::CostOfGoods, books);
                Effect::of([back, covered(more, books)])
            }
            Moved::Adjusted { difference } => differs(pile, *difference, Reason::StockAdjusted, books),
            Moved::Counted { difference } => differs(pile, *difference, Reason::StockCounted, books),
            Moved::SentAway { quantity, .. } => {
                let parcel = pile.take(*quantity);
                let sent = unposted(part(Reason::StockTransferred, parcel.worth.negated(), PostingRole::PriceDifferences, books));
                Effect { sent: Some(parcel), ..Effect::of([sent]) }
            }
            Moved::TakenIn { quantity, parcel, .. } => {
                let more = pile.take_in(*quantity, parcel.clone());
                let taken = unposted(part(Reason::StockTransferred, parcel.worth.clone(), PostingRole::PriceDifferences, books));
                Effect::of([taken, covered(more, books)])
            }
            Moved::Repriced { receipt, quantity, difference, against } => {
                let difference = Worths::from(*difference);
                let Repriced { here, gone } = pile.reprice(*receipt, against.invoice(), *quantity, &difference);
                Effect::of([repriced(here, &gone, &difference, &against.account(books), books)])
            }
        }
    }
}

impl Against {
    /// The bill that prices each of its goods once.
    pub(super) fn invoice(&self) -> Option<InvoiceId> {
        match self {
            Self::Invoice(invoice) => Some(*invoice),
            Self::CreditNote(_) | Self::Account(_) => None,
        }
    }

    fn account(&self, books: &Books) -> Code {
        match self {
            Self::Invoice(_) | Self::CreditNote(_) => books.account(PostingRole::GoodsReceivedNotInvoiced),
            Self::Account(code) => code.clone(),
        }
    }
}

impl Effect {
    fn of(parts: impl IntoIterator<Item = Part>) -> Self {
        Self { parts: parts.into_iter().filter(|part| !part.lines.is_empty()).collect(), sent: None }
    }

    pub fn value(&self) -> Worths {
        self.parts.iter().fold(Worths::default(), |sum, part| sum.plus(&part.value))
    }

    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.parts.iter().flat_map(|part| &part.lines)
    }
}

fn part(reason: Reason, value: Worths, other: PostingRole, books: &Books) -> Part {
    let (inventory, other) = (books.account(PostingRole::Inventory), books.account(other));
    let lines = value.lines_on(&inventory).chain(value.negated().lines_on(&other)).collect();
    Part { reason, value, lines, posted: true }
}

/// Goods that had left before they came in cost something else than was assumed.
fn covered(more: Worths, books: &Books) -> Part {
    part(Reason::CostAdjusted, more.negated(), PostingRole::CostOfGoods, books)
}

fn unposted(part: Part) -> Part {
    Part { posted: false, ..part }
}

/// What is missing left at its cost; what is found comes in as what is there.
fn differs(pile: &mut Pile, difference: Decimal, reason: Reason, books: &Books) -> Effect {
    if difference < Decimal::ZERO {
        let cost = pile.take(-difference).worth;
        return Effect::of([part(reason, cost.negated(), PostingRole::InventoryDifferences, books)]);
    }
    let worth = pile.as_found(difference);
    let more = pile.bring(None, difference, worth.clone());
    Effect::of([part(reason, worth, PostingRole::InventoryDifferences, books), covered(more, books)])
}

/// The vendor is owed less by what the goods came in at; what they were worth by now differs.
fn went_back(cost: Worths, owed: &Worths, books: &Books) -> Part {
    let difference = cost.clone().minus(owed);
    let account = |role| books.account(role);
    let lines = owed.lines_on(&account(PostingRole::GoodsReceivedNotInvoiced)).collect::<Vec<_>>();
    let inventory = account(PostingRole::Inventory);
    let value = cost.negated();
    let lines =
        value.lines_on(&inventory).chain(lines).chain(difference.lines_on(&account(PostingRole::PriceDifferences)).collect::<Vec<_>>());
    let lines = lines.collect();
    Part { reason: Reason::GoodsReturned, value, lines, posted: true }
}

fn repriced(here: Worths, gone: &Worths, difference: &Worths, against: &Code, books: &Books) -> Part {
    let (inventory, differences) = (books.account(PostingRole::Inventory), books.account(PostingRole::PriceDifferences));
    let owed = difference.negated();
    let lines = here.lines_on(&inventory).chain(gone.lines_on(&differences)).chain(owed.lines_on(against)).collect();
    Part { reason: Reason::StockRevalued, value: here, lines, posted: true }
}
