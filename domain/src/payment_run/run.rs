//! A run from its proposal to its file. What it pays is listed in pages of bounded size, each an aggregate of its own, so that a run
//! over a hundred thousand invoices is as quick to decide on as one over ten.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::candidate::{Instalment, reservation};
use super::criteria::Criteria;
use super::sums::Sums;
use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root, derived_id};
use crate::ids::{BankAccountId, InvoiceId, PaymentRunId, PaymentRunPageId, UserId};
use crate::money::Money;
use crate::payment::{Method, SentFile, bank_file_claim};
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PaymentRunEvent {
    Proposed(Box<RunProposal>),
    /// Somebody left an invoice out; its page says so too.
    ItemRemoved {
        page: u32,
        line: u32,
        invoice_id: InvoiceId,
        /// What would have left.
        amount: Money,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        withheld: Option<Money>,
        /// Nothing is left of its payment.
        last_of_payment: bool,
        by: UserId,
        reason: String,
    },
    Authorised {
        by: UserId,
    },
    /// From here on its payments are planned, page after page.
    Started {
        by: UserId,
        at: DateTime<Utc>,
    },
    /// Every page is planned: this is what will be paid.
    Planned {
        sums: Sums,
    },
    /// The file for the bank, kept beside this event by its hash.
    FileWritten {
        by: UserId,
        at: DateTime<Utc>,
        file: SentFile,
    },
    Cancelled {
        by: UserId,
        reason: String,
    },
}

/// What was proposed and from what. The lists themselves are in the pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunProposal {
    pub criteria: Criteria,
    pub method: Method,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor_account_id: Option<BankAccountId>,
    /// The position in the log up to which everything was considered.
    pub as_of: i64,
    /// Pages 1 to this are what is to be paid; those after it are what is not, with the reasons.
    pub pages: u32,
    pub exclusion_pages: u32,
    pub excluded: u32,
    pub sums: Sums,
    pub proposed_by: UserId,
    /// Credits that are set off against what is paid: reserved until the run is planned or cancelled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<Instalment>,
}

impl RunProposal {
    /// The day on which the transfers count.
    pub fn execution_date(&self) -> NaiveDate {
        self.criteria.run_date
    }
}

#[derive(Clone, Debug)]
pub enum PaymentRunCommand {
    Propose(Box<RunProposal>),
    RemoveItem {
        page: u32,
        line: u32,
        invoice_id: InvoiceId,
        amount: Money,
        withheld: Option<Money>,
        last_of_payment: bool,
        by: UserId,
        reason: String,
    },
    Authorise {
        by: UserId,
    },
    Start {
        by: UserId,
        at: DateTime<Utc>,
    },
    RecordPlanned {
        sums: Sums,
    },
    RecordFile {
        by: UserId,
        at: DateTime<Utc>,
        file: SentFile,
    },
    Cancel {
        by: UserId,
        reason: String,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentRun {
    #[default]
    NotProposed,
    Proposed(Arc<Run>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub proposal: RunProposal,
    /// What is left of the proposal after what was removed; from `Planned` on, what is paid.
    pub sums: Sums,
    pub stage: RunStage,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStage {
    Proposed,
    Authorised { by: UserId },
    Started { authorised_by: UserId, by: UserId, at: DateTime<Utc> },
    Planned { authorised_by: UserId },
    FileWritten { authorised_by: UserId, at: DateTime<Utc>, file: SentFile },
    Cancelled { reason: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PaymentRunStatus {
    Proposed,
    Authorised,
    Started,
    Planned,
    FileWritten,
    Cancelled,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum PaymentRunRefusal {
    #[error("there is no such payment run")]
    PaymentRunUnknown,
    #[error("the payment run has already been proposed")]
    RunAlreadyProposed,
    #[error("the payment run is {state}; to {action} it, it must be {needed}")]
    WrongState { state: PaymentRunStatus, action: &'static str, needed: &'static str },
    #[error("who proposed a payment run cannot authorise it")]
    SelfAuthorisation,
    #[error("the payment run pays nothing")]
    NothingToPay,
}

impl Refusal for PaymentRunRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::PaymentRunUnknown => RefusalKind::Unknown,
            Self::SelfAuthorisation => RefusalKind::Person,
            Self::RunAlreadyProposed | Self::WrongState { .. } | Self::NothingToPay => RefusalKind::State,
        }
    }
}

aggregate!(PaymentRun, "payment_run", "PaymentRun", PaymentRunCommand, PaymentRunEvent, PaymentRunRefusal, {
    Proposed = 1, ItemRemoved = 1, Authorised = 1, Started = 1, Planned = 1, FileWritten = 1, Cancelled = 1,
});

impl Root for PaymentRun {
    aggregate!(@names PaymentRunEvent);

    fn second_person(command: &mut PaymentRunCommand) -> Option<&mut UserId> {
        match command {
            PaymentRunCommand::Authorise { by } => Some(by),
            _ => None,
        }
    }

    fn decide(&self, command: PaymentRunCommand) -> Result<Vec<PaymentRunEvent>, PaymentRunRefusal> {
        match (self, command) {
            (Self::NotProposed, PaymentRunCommand::Propose(proposal)) => Ok(vec![PaymentRunEvent::Proposed(proposal)]),
            (Self::NotProposed, _) => Err(PaymentRunRefusal::PaymentRunUnknown),
            (Self::Proposed(_), PaymentRunCommand::Propose(_)) => Err(PaymentRunRefusal::RunAlreadyProposed),
            (Self::Proposed(run), command) => run.decide(command),
        }
    }

    fn claims(&self, event: &PaymentRunEvent) -> Vec<ClaimChange> {
        match event {
            PaymentRunEvent::Proposed(proposal) => proposal.credits.iter().map(|credit| ClaimChange::Take(reservation(*credit))).collect(),
            PaymentRunEvent::Planned { .. } | PaymentRunEvent::Cancelled { .. } => self.credits().map(ClaimChange::Release).collect(),
            PaymentRunEvent::FileWritten { file, .. } if file.ach_control.is_some() => {
                vec![ClaimChange::Take(bank_file_claim(&file.message_id))]
            }
            _ => vec![],
        }
    }
}

impl PaymentRun {
    pub fn proposed(&self) -> Result<&Run, PaymentRunRefusal> {
        match self {
            Self::NotProposed => Err(PaymentRunRefusal::PaymentRunUnknown),
            Self::Proposed(run) => Ok(run),
        }
    }

    fn credits(&self) -> impl Iterator<Item = Claim> {
        self.proposed().into_iter().flat_map(|run| &run.proposal.credits).map(|credit| reservation(*credit))
    }

    fn on(&mut self, event: PaymentRunEvent) {
        match (&mut *self, event) {
            (Self::NotProposed, PaymentRunEvent::Proposed(proposal)) => {
                let sums = proposal.sums.clone();
                *self = Self::Proposed(Arc::new(Run { proposal: *proposal, sums, stage: RunStage::Proposed }));
            }
            (Self::Proposed(run), event) => Arc::make_mut(run).on(event),
            (Self::NotProposed, _) => {}
        }
    }
}

impl Run {
    pub fn status(&self) -> PaymentRunStatus {
        match self.stage {
            RunStage::Proposed => PaymentRunStatus::Proposed,
            RunStage::Authorised { .. } => PaymentRunStatus::Authorised,
            RunStage::Started { .. } => PaymentRunStatus::Started,
            RunStage::Planned { .. } => PaymentRunStatus::Planned,
            RunStage::FileWritten { .. } => PaymentRunStatus::FileWritten,
            RunStage::Cancelled { .. } => PaymentRunStatus::Cancelled,
        }
    }

    /// Who answers for the payments while they are planned: who authorised, who started them, and when.
    pub fn started(&self) -> Result<(UserId, UserId, DateTime<Utc>), PaymentRunRefusal> {
        match self.stage {
            RunStage::Started { authorised_by, by, at } => Ok((authorised_by, by, at)),
            _ => self.refuse("plan", "started"),
        }
    }

    /// Everything is planned and no file is written.
    pub fn awaits_file(&self) -> Result<(), PaymentRunRefusal> {
        match self.stage {
            RunStage::Planned { .. } if self.sums.items == 0 => Err(PaymentRunRefusal::NothingToPay),
            RunStage::Planned { .. } => Ok(()),
            _ => self.refuse("write the file of", "planned"),
        }
    }

    fn decide(&self, command: PaymentRunCommand) -> Result<Vec<PaymentRunEvent>, PaymentRunRefusal> {
        match command {
            PaymentRunCommand::Propose(_) => Err(PaymentRunRefusal::RunAlreadyProposed),
            PaymentRunCommand::RemoveItem { page, line, invoice_id, amount, withheld, last_of_payment, by, reason } => match self.stage {
                RunStage::Proposed => {
                    Ok(vec![PaymentRunEvent::ItemRemoved { page, line, invoice_id, amount, withheld, last_of_payment, by, reason }])
                }
                _ => self.refuse("change", "proposed"),
            },
            PaymentRunCommand::Authorise { by } => self.authorise(by),
            PaymentRunCommand::Start { by, at } => match self.stage {
                RunStage::Started { .. } | RunStage::Planned { .. } | RunStage::FileWritten { .. } => Ok(vec![]),
                RunStage::Authorised { .. } => Ok(vec![PaymentRunEvent::Started { by, at }]),
                _ => self.refuse("execute", "authorised"),
            },
            PaymentRunCommand::RecordPlanned { sums } => match self.stage {
                RunStage::Planned { .. } | RunStage::FileWritten { .. } => Ok(vec![]),
                RunStage::Started { .. } => Ok(vec![PaymentRunEvent::Planned { sums }]),
                _ => self.refuse("plan", "started"),
            },
            PaymentRunCommand::RecordFile { by, at, file } => self.record_file(by, at, file),
            PaymentRunCommand::Cancel { by, reason } => match self.stage {
                RunStage::Cancelled { .. } => Ok(vec![]),
                RunStage::Proposed | RunStage::Authorised { .. } => Ok(vec![PaymentRunEvent::Cancelled { by, reason }]),
                _ => self.refuse("cancel", "proposed or authorised"),
            },
        }
    }

    fn authorise(&self, by: UserId) -> Result<Vec<PaymentRunEvent>, PaymentRunRefusal> {
        match self.stage {
            RunStage::Authorised { by: already } if already == by => Ok(vec![]),
            RunStage::Proposed if self.proposal.proposed_by == by => Err(PaymentRunRefusal::SelfAuthorisation),
            RunStage::Proposed if self.sums.items == 0 => Err(PaymentRunRefusal::NothingToPay),
            RunStage::Proposed => Ok(vec![PaymentRunEvent::Authorised { by }]),
            _ => self.refuse("authorise", "proposed"),
        }
    }

    /// One file a run: another form of it is refused, because both could reach the bank.
    fn record_file(&self, by: UserId, at: DateTime<Utc>, file: SentFile) -> Result<Vec<PaymentRunEvent>, PaymentRunRefusal> {
        match &self.stage {
            RunStage::FileWritten { file: written, .. } if *written == file => Ok(vec![]),
            _ => self.awaits_file().map(|()| vec![PaymentRunEvent::FileWritten { by, at, file }]),
        }
    }

    fn refuse<T>(&self, action: &'static str, needed: &'static str) -> Result<T, PaymentRunRefusal> {
        Err(PaymentRunRefusal::WrongState { state: self.status(), action, needed })
    }

    fn on(&mut self, event: PaymentRunEvent) {
        let authorised = match self.stage {
            RunStage::Authorised { by } => Some(by),
            RunStage::Started { authorised_by, .. } | RunStage::Planned { authorised_by } => Some(authorised_by),
            _ => None,
        };
        match (event, authorised) {
            (PaymentRunEvent::ItemRemoved { amount, withheld, last_of_payment, .. }, _) => {
                self.sums.take_out(amount, withheld, last_of_payment);
            }
            (PaymentRunEvent::Authorised { by }, _) => self.stage = RunStage::Authorised { by },
            (PaymentRunEvent::Started { by, at }, Some(authorised_by)) => self.stage = RunStage::Started { authorised_by, by, at },
            (PaymentRunEvent::Planned { sums }, Some(authorised_by)) => {
                self.sums = sums;
                self.stage = RunStage::Planned { authorised_by };
            }
            (PaymentRunEvent::FileWritten { at, file, .. }, Some(authorised_by)) => {
                self.stage = RunStage::FileWritten { authorised_by, at, file };
            }
            (PaymentRunEvent::Cancelled { reason, .. }, _) => self.stage = RunStage::Cancelled { reason },
            _ => {}
        }
    }
}

/// The id of a run's page follows from both: whoever knows the run knows its pages.
pub fn page_id(run: PaymentRunId, page: u32) -> PaymentRunPageId {
    PaymentRunPageId(derived_id(&[b"payment run page", run.0.as_bytes(), &page.to_be_bytes()]))
}
