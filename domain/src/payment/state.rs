//! The state of a payment and its decisions.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::ach::{ach_entry_claim, bank_file_claim};
use super::advice::MailedAdvice;
use super::bank_status::ReportedStatus;
use super::cheque::{Cheque, cheque_claim};
use super::command::PaymentCommand;
use super::event::{CreditorItem, ManualRecord, PaymentEvent, PaymentPlan, SentFile};
use super::found_outcome::OutcomeFinding;
use super::method::Method;
use super::on_account::AccountCredit;
use super::refusal::PaymentRefusal;
use super::status::PaymentStatus;
use super::transfer::Transfer;
use crate::aggregate;
use crate::aggregate::{ClaimChange, Root};
use crate::ids::UserId;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    #[default]
    NotPlanned,
    Planned {
        plan: Arc<PaymentPlan>,
    },
    Authorised {
        plan: Arc<PaymentPlan>,
        by: UserId,
    },
    /// Money may be moving; nothing has been told to the bank yet, or we do not know.
    Started {
        plan: Arc<PaymentPlan>,
        at: DateTime<Utc>,
        #[serde(default)]
        finding: Option<Box<OutcomeFinding>>,
    },
    Sent(InFlight),
    Voided {
        plan: Arc<PaymentPlan>,
    },
}

/// A payment that has left, with the fate of each item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InFlight {
    pub plan: Arc<PaymentPlan>,
    pub started_at: DateTime<Utc>,
    pub file: Option<Box<SentFile>>,
    pub record: Option<Box<ManualRecord>>,
    #[serde(default)]
    pub transfer: Option<Transfer>,
    #[serde(default)]
    pub cheque: Option<Cheque>,
    #[serde(default)]
    pub finding: Option<Box<OutcomeFinding>>,
    /// By line: what the bank said last.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bank_status: BTreeMap<u32, ReportedStatus>,
    /// What the vendors were, or are to be, sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advices: Vec<MailedAdvice>,
    pub items: Vec<Item>,
    /// What went through after it had failed, and the vendor owes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<AccountCredit>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub line: u32,
    pub state: ItemState,
    /// The day on which its leaving counts.
    #[serde(default)]
    pub left_on: Option<NaiveDate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    Sent,
    Settled,
    Failed,
    /// Went through after it had failed.
    OnAccount,
    Returned,
}

aggregate!(Payment, "payment", "Payment", PaymentCommand, PaymentEvent, PaymentRefusal, {
    Planned = 1, Authorised = 1, Started = 1, FileSent = 1, RecordedManually = 1, TransferSent = 1, ChequeWritten = 1, CreditedOnAccount = 1, CreditReturned = 1,
    CreditApplied = 1, CreditTakenBack = 1,
    BankStatusReported = 1, OutcomeFound = 1, OutcomeConfirmed = 1, SettlementWithdrawn = 1, Settled = 1, Failed = 1, Returned = 1, Voided = 1,
    RemittanceAdviceRequested = 1, RemittanceAdviceSent = 1, RemittanceAdviceFailed = 1,
});

impl Root for Payment {
    const STATE_VERSION: i32 = 2;

    aggregate!(@names PaymentEvent);

    fn second_person(command: &mut PaymentCommand) -> Option<&mut UserId> {
        match command {
            PaymentCommand::Authorise { by } | PaymentCommand::ConfirmOutcome { by } => Some(by),
            PaymentCommand::Fail { by, .. } | PaymentCommand::Return { by, .. } => by.as_mut(),
            _ => None,
        }
    }

    fn decide(&self, command: PaymentCommand) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match command {
            PaymentCommand::Plan(plan) => self.plan_it(plan),
            PaymentCommand::Authorise { by } => self.authorise(by),
            PaymentCommand::Start { by, at } => self.start(by, at, Method::by_file),
            PaymentCommand::StartTransfer { by, at } => self.start_transfer(by, at),
            PaymentCommand::WriteCheque { by, at, cheque } => self.write_cheque(by, at, cheque),
            PaymentCommand::RecordTransfer { report } => self.record_transfer(report),
            PaymentCommand::ReportBankStatus { report } => self.report_bank_status(report),
            PaymentCommand::RecordFile { file } => self.record_file(file),
            PaymentCommand::RecordManually { by, at, record } => self.record_manually(by, at, record),
            PaymentCommand::FindOutcome { finding } => self.find_outcome(finding),
            PaymentCommand::ConfirmOutcome { by } => self.confirm_outcome(by),
            PaymentCommand::Settle { items, value_date } => self.settle_by_hand(items, value_date),
            PaymentCommand::SettleByBank { items, value_date } => self.settle_by_bank(items, value_date),
            PaymentCommand::WithdrawSettlement { items, effective_date, by, reason } => {
                self.withdraw_settlement(items, effective_date, by, reason)
            }
            PaymentCommand::Fail { items, reason, by } => self.fail(items, reason, by),
            PaymentCommand::Return { items, value_date, reason, by } => self.take_back(items, value_date, reason, by),
            PaymentCommand::ApplyCredit { item, allocation, by } => self.apply_credit(item, allocation, by),
            PaymentCommand::TakeCreditBack { allocation_id, effective_date, by, reason } => {
                self.take_credit_back(allocation_id, effective_date, by, reason)
            }
            PaymentCommand::Void { by, reason } => self.void(by, reason),
            PaymentCommand::RequestAdvice { request } => self.request_advice(request),
            PaymentCommand::RecordAdvice { id, outcome } => self.record_advice(id, outcome),
        }
    }

    fn claims(&self, event: &PaymentEvent) -> Vec<ClaimChange> {
        match event {
            PaymentEvent::Planned(plan) => {
                plan.ach_entries().iter().map(|entry| ClaimChange::Take(ach_entry_claim(entry.identification))).collect()
            }
            PaymentEvent::ChequeWritten { cheque } => vec![ClaimChange::Take(cheque_claim(cheque.bank_account_id, cheque.number))],
            // A run's file has its name by the run; a pain.001's name follows from the payment.
            PaymentEvent::FileSent { file } if file.ach_control.is_some() && !self.is_of_run() => {
                vec![ClaimChange::Take(bank_file_claim(&file.message_id))]
            }
            _ => vec![],
        }
    }
}

impl Payment {
    pub fn plan(&self) -> Result<&Arc<PaymentPlan>, PaymentRefusal> {
        match self {
            Self::NotPlanned => Err(PaymentRefusal::PaymentUnknown),
            Self::Planned { plan } | Self::Authorised { plan, .. } | Self::Started { plan, .. } | Self::Voided { plan } => Ok(plan),
            Self::Sent(in_flight) => Ok(&in_flight.plan),
        }
    }

    fn is_of_run(&self) -> bool {
        self.plan().is_ok_and(|plan| plan.payment_run_id.is_some())
    }

    /// `None` before it was planned.
    pub fn status(&self) -> Option<PaymentStatus> {
        Some(match self {
            Self::NotPlanned => return None,
            Self::Planned { .. } => PaymentStatus::Planned,
            Self::Authorised { .. } => PaymentStatus::Authorised,
            Self::Started { .. } => PaymentStatus::Started,
            Self::Sent(in_flight) => in_flight.status(),
            Self::Voided { .. } => PaymentStatus::Voided,
        })
    }

    fn plan_it(&self, plan: Box<PaymentPlan>) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::NotPlanned => plan.checked().map(|plan| vec![PaymentEvent::Planned(plan)]),
            _ => Err(PaymentRefusal::AlreadyPlanned),
        }
    }

    fn authorise(&self, by: UserId) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::Authorised { by: already, .. } if *already == by => Ok(vec![]),
            Self::Planned { plan } if plan.planned_by == by => Err(PaymentRefusal::SelfAuthorisation),
            Self::Planned { .. } => Ok(vec![PaymentEvent::Authorised { by }]),
            _ => self.refuse("authorise", "planned"),
        }
    }

    pub(super) fn start(&self, by: UserId, at: DateTime<Utc>, fits: fn(Method) -> bool) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::Authorised { plan, .. } | Self::Started { plan, .. } if !fits(plan.method) => {
                Err(PaymentRefusal::WrongMethod { method: plan.method })
            }
            Self::Started { .. } => Ok(vec![]),
            Self::Authorised { .. } => Ok(vec![PaymentEvent::Started { by, at }]),
            _ => self.refuse("execute", "authorised"),
        }
    }

    fn record_file(&self, file: SentFile) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::Sent(in_flight) if in_flight.file.as_deref() == Some(&file) => Ok(vec![]),
            Self::Started { .. } => Ok(vec![PaymentEvent::FileSent { file }]),
            _ => self.refuse("send", "started"),
        }
    }

    fn record_manually(&self, by: UserId, at: DateTime<Utc>, record: ManualRecord) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        if let Self::Sent(in_flight) = self
            && in_flight.record.as_deref() == Some(&record)
        {
            return Ok(vec![]);
        }
        let mut events = self.start(by, at, |method| method == Method::Manual)?;
        events.push(PaymentEvent::RecordedManually { record });
        Ok(events)
    }

    /// One person alone cannot say that a provider has paid.
    fn settle_by_hand(&self, items: Option<Vec<u32>>, value_date: NaiveDate) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        if self.awaits_provider().is_some() {
            return Err(PaymentRefusal::TransferUnderWay);
        }
        self.settle(items, value_date)
    }

    pub(super) fn settle(&self, items: Option<Vec<u32>>, value_date: NaiveDate) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let Some(in_flight) = self.in_flight() else { return self.refuse("settle", "started or sent") };
        let items = in_flight.select(items, ItemState::Sent, ItemState::Settled, "settle")?;
        Ok(if items.is_empty() { vec![] } else { vec![PaymentEvent::Settled { items, value_date }] })
    }

    /// What has left, or may have: without a file or record, a person finds out at the bank how it ended.
    pub(super) fn in_flight(&self) -> Option<Cow<'_, InFlight>> {
        match self {
            Self::Sent(in_flight) => Some(Cow::Borrowed(in_flight)),
            Self::Started { plan, at, .. } => Some(Cow::Owned(InFlight::new(plan.clone(), *at, None, None))),
            _ => None,
        }
    }

    /// Only before it starts: what may have left is failed or returned, never unmade.
    fn void(&self, by: UserId, reason: String) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::Voided { .. } => Ok(vec![]),
            Self::Planned { .. } | Self::Authorised { .. } => Ok(vec![PaymentEvent::Voided { by, reason }]),
            _ => self.refuse("void", "planned or authorised"),
        }
    }

    pub(super) fn refuse<T>(&self, action: &'static str, needed: &'static str) -> Result<T, PaymentRefusal> {
        Err(match self.status() {
            Some(state) => PaymentRefusal::WrongState { state, action, needed },
            None => PaymentRefusal::PaymentUnknown,
        })
    }

    fn on(&mut self, event: PaymentEvent) {
        if let PaymentEvent::OutcomeFound { finding } = event {
            return self.on_found(finding);
        }
        let left = event.left();
        if let Self::Sent(sent) = self {
            sent.on_credit(&event);
        }
        *self = match (std::mem::take(self), event) {
            (Self::NotPlanned, PaymentEvent::Planned(plan)) => Self::Planned { plan: Arc::new(*plan) },
            (Self::Planned { plan }, PaymentEvent::Authorised { by }) => Self::Authorised { plan, by },
            (Self::Authorised { plan, .. }, PaymentEvent::Started { at, .. }) => Self::Started { plan, at, finding: None },
            (Self::Started { plan, at, .. }, PaymentEvent::FileSent { file }) => Self::Sent(InFlight::new(plan, at, Some(file), None)),
            (Self::Started { plan, at, .. }, PaymentEvent::RecordedManually { record }) => {
                Self::Sent(InFlight::new(plan, at, None, Some(record)))
            }
            (Self::Started { plan, at, .. }, PaymentEvent::TransferSent { transfer }) => {
                Self::Sent(InFlight { transfer: Some(transfer), ..InFlight::new(plan, at, None, None) })
            }
            (Self::Started { plan, at, .. }, PaymentEvent::ChequeWritten { cheque }) => {
                Self::Sent(InFlight { cheque: Some(cheque), ..InFlight::new(plan, at, None, None) })
            }
            (Self::Started { plan, at, finding }, PaymentEvent::Settled { items, .. }) => {
                Self::Sent(InFlight { finding, ..InFlight::new(plan, at, None, None) }.with(&items, ItemState::Settled))
            }
            (Self::Started { plan, at, finding }, PaymentEvent::Failed { items, .. }) => {
                Self::Sent(InFlight { finding, ..InFlight::new(plan, at, None, None) }.with(&items, ItemState::Failed))
            }
            (Self::Sent(mut sent), PaymentEvent::BankStatusReported { report }) => {
                sent.hear_of(report);
                Self::Sent(sent)
            }
            (Self::Sent(sent), PaymentEvent::Settled { items, .. }) => Self::Sent(sent.with(&items, ItemState::Settled)),
            (Self::Sent(sent), PaymentEvent::SettlementWithdrawn { items, .. }) => Self::Sent(sent.with(&items, ItemState::Sent)),
            (Self::Sent(sent), PaymentEvent::Failed { items, .. }) => Self::Sent(sent.with(&items, ItemState::Failed)),
            (Self::Sent(sent), PaymentEvent::CreditedOnAccount { item, .. }) => Self::Sent(sent.one_or_all(item, ItemState::OnAccount)),
            (Self::Sent(sent), PaymentEvent::CreditReturned { item, .. }) => Self::Sent(sent.one_or_all(item, ItemState::Returned)),
            (Self::Sent(sent), PaymentEvent::Returned { items, .. }) => Self::Sent(sent.with(&items, ItemState::Returned)),
            (
                Self::Sent(mut sent),
                event @ (PaymentEvent::RemittanceAdviceRequested { .. }
                | PaymentEvent::RemittanceAdviceSent { .. }
                | PaymentEvent::RemittanceAdviceFailed { .. }),
            ) => {
                sent.on_advice(event);
                Self::Sent(sent)
            }
            (Self::Planned { plan } | Self::Authorised { plan, .. }, PaymentEvent::Voided { .. }) => Self::Voided { plan },
            (state, _) => state,
        };
        if let (Self::Sent(sent), Some((items, day))) = (self, left) {
            sent.leave(items.as_deref(), day);
        }
    }
}

impl InFlight {
    fn new(plan: Arc<PaymentPlan>, started_at: DateTime<Utc>, file: Option<SentFile>, record: Option<ManualRecord>) -> Self {
        let items = plan.items.iter().map(|i: &CreditorItem| Item { line: i.line, state: ItemState::Sent, left_on: None }).collect();
        Self {
            plan,
            started_at,
            file: file.map(Box::new),
            record: record.map(Box::new),
            transfer: None,
            cheque: None,
            finding: None,
            bank_status: BTreeMap::new(),
            advices: vec![],
            items,
            credits: vec![],
        }
    }

    /// The named items, or all that are in `from`. Items that already are in `to` are left out: twice is once.
    pub(super) fn select(
        &self,
        named: Option<Vec<u32>>,
        from: ItemState,
        to: ItemState,
        action: &'static str,
    ) -> Result<Vec<u32>, PaymentRefusal> {
        self.is_whole(named.as_ref())?;
        let Some(named) = named else {
            let ready: Vec<u32> = self.items.iter().filter(|i| i.state == from).map(|i| i.line).collect();
            let done = self.items.iter().any(|i| i.state == to);
            return match self.items.first() {
                Some(item) if ready.is_empty() && !done => {
                    Err(PaymentRefusal::ItemNotInFlight { line: item.line, state: item.state, action })
                }
                _ => Ok(ready),
            };
        };
        let mut selected = Vec::with_capacity(named.len());
        for line in named {
            let item = self.items.iter().find(|i| i.line == line).ok_or(PaymentRefusal::NoSuchItem { line })?;
            match item.state {
                state if state == to || selected.contains(&line) => {}
                state if state == from => selected.push(line),
                state => return Err(PaymentRefusal::ItemNotInFlight { line, state, action }),
            }
        }
        Ok(selected)
    }
}
