//! The cheques of one company account: numbered without a gap, each number written once or voided with the reason.
//!
//! A number is taken in the write that issues its payment's cheque; what became of that cheque the payment knows.

mod event;
mod layout;
mod refusal;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use event::{ChequebookEvent, PositivePayFile};
pub use layout::{ChequeColumn, ChequeFact, DatePattern, ListColumn, ListFact, ListShape, PositivePayLayout};
pub use refusal::ChequebookRefusal;

use crate::aggregate;
use crate::aggregate::{ClaimChange, Root};
use crate::ids::{BankAccountId, PaymentId, UserId};
use crate::payment::cheque_claim;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chequebook {
    #[default]
    NotOpened,
    Opened(Book),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Book {
    pub bank_account_id: BankAccountId,
    pub first_number: u64,
    pub next_number: u64,
    /// How many positive pay files were written.
    pub files: u32,
    /// How the account's bank wants to read them; as most do where nobody has said.
    #[serde(default)]
    pub layout: Option<Box<PositivePayLayout>>,
}

#[derive(Clone, Debug)]
pub enum ChequebookCommand {
    Open {
        bank_account_id: BankAccountId,
        first_number: u64,
        by: UserId,
    },
    TakeNumber {
        payment_id: PaymentId,
    },
    /// Of a form that was spoiled before anything was written on it.
    VoidNumber {
        number: u64,
        on: NaiveDate,
        by: UserId,
        reason: String,
    },
    AgreePositivePayLayout {
        layout: Box<PositivePayLayout>,
        by: UserId,
    },
    RecordPositivePay {
        file: Box<PositivePayFile>,
        by: UserId,
    },
}

aggregate!(Chequebook, "chequebook", "Chequebook", ChequebookCommand, ChequebookEvent, ChequebookRefusal, {
    Opened = 1, NumberTaken = 1, NumberVoided = 1, PositivePayWritten = 1,
    PositivePayLayoutAgreed = 1,
});

impl Root for Chequebook {
    const SNAPSHOT_EVERY: Option<u64> = Some(500);

    aggregate!(@names ChequebookEvent);

    fn decide(&self, command: ChequebookCommand) -> Result<Vec<ChequebookEvent>, ChequebookRefusal> {
        match (self, command) {
            (Self::NotOpened, ChequebookCommand::Open { bank_account_id, first_number, by }) => open(bank_account_id, first_number, by),
            (Self::Opened(book), ChequebookCommand::Open { first_number, .. }) if book.first_number == first_number => Ok(vec![]),
            (Self::Opened(_), ChequebookCommand::Open { .. }) => Err(ChequebookRefusal::ChequebookOpened),
            (_, command) => self.opened()?.decide(command),
        }
    }

    fn claims(&self, event: &ChequebookEvent) -> Vec<ClaimChange> {
        match (self, event) {
            (Self::Opened(book), ChequebookEvent::NumberVoided { number, .. }) => {
                vec![ClaimChange::Take(cheque_claim(book.bank_account_id, *number))]
            }
            _ => vec![],
        }
    }
}

fn open(bank_account_id: BankAccountId, first_number: u64, by: UserId) -> Result<Vec<ChequebookEvent>, ChequebookRefusal> {
    if !(1..=Book::NUMBER_MAX).contains(&first_number) {
        return Err(ChequebookRefusal::ChequeNumberInvalid);
    }
    Ok(vec![ChequebookEvent::Opened { bank_account_id, first_number, by }])
}

impl Chequebook {
    pub fn opened(&self) -> Result<&Book, ChequebookRefusal> {
        match self {
            Self::NotOpened => Err(ChequebookRefusal::ChequebookUnknown),
            Self::Opened(book) => Ok(book),
        }
    }

    fn on(&mut self, event: ChequebookEvent) {
        match (&mut *self, event) {
            (Self::NotOpened, ChequebookEvent::Opened { bank_account_id, first_number, .. }) => {
                *self = Self::Opened(Book { bank_account_id, first_number, next_number: first_number, files: 0, layout: None });
            }
            (Self::Opened(book), ChequebookEvent::NumberTaken { number, .. } | ChequebookEvent::NumberVoided { number, .. }) => {
                book.next_number = number + 1;
            }
            (Self::Opened(book), ChequebookEvent::PositivePayWritten { .. }) => book.files += 1,
            (Self::Opened(book), ChequebookEvent::PositivePayLayoutAgreed { layout, .. }) => book.layout = Some(layout),
            _ => {}
        }
    }
}

impl Book {
    /// Banks print and read ten digits at most.
    pub const NUMBER_MAX: u64 = 9_999_999_999;

    fn decide(&self, command: ChequebookCommand) -> Result<Vec<ChequebookEvent>, ChequebookRefusal> {
        match command {
            ChequebookCommand::Open { .. } => Err(ChequebookRefusal::ChequebookOpened),
            ChequebookCommand::TakeNumber { payment_id } => {
                Ok(vec![ChequebookEvent::NumberTaken { number: self.free_number()?, payment_id }])
            }
            ChequebookCommand::VoidNumber { number, on, by, reason } => {
                let next = self.free_number()?;
                if number != next {
                    return Err(ChequebookRefusal::ChequeNumberNotNext { next });
                }
                Ok(vec![ChequebookEvent::NumberVoided { number, on, by, reason }])
            }
            ChequebookCommand::AgreePositivePayLayout { layout, by } => {
                layout.check()?;
                let stands = *layout == self.layout();
                Ok(if stands { vec![] } else { vec![ChequebookEvent::PositivePayLayoutAgreed { layout, by }] })
            }
            ChequebookCommand::RecordPositivePay { file, by } => Ok(vec![ChequebookEvent::PositivePayWritten { file, by }]),
        }
    }

    /// How its lists are written.
    pub fn layout(&self) -> PositivePayLayout {
        self.layout.as_deref().cloned().unwrap_or_else(PositivePayLayout::usual)
    }

    fn free_number(&self) -> Result<u64, ChequebookRefusal> {
        if self.next_number > Self::NUMBER_MAX { Err(ChequebookRefusal::ChequeNumbersUsedUp) } else { Ok(self.next_number) }
    }
}
