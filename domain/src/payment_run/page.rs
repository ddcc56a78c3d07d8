//! One page of a run: some payees with what each is paid, or some invoices with the reason why each is not.
//!
//! An instalment on a page is reserved: no other run can select it until it is planned, removed or given up.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::candidate::{Instalment, reservation};
use super::proposal::Excluded;
use super::set_off::SetOff;
use super::sums::Sums;
use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::ids::{BankAccountId, InvoiceId, PaymentId, PaymentRunId, UserId, VendorId};
use crate::money::Money;
use crate::refusal::{Refusal, RefusalKind};
use crate::vendor::LegalGround;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PaymentRunPageEvent {
    Selected {
        run_id: PaymentRunId,
        page: u32,
        payees: Vec<Payee>,
    },
    Excluded {
        run_id: PaymentRunId,
        page: u32,
        excluded: Vec<Excluded>,
    },
    ItemRemoved {
        line: u32,
        by: UserId,
        reason: String,
    },
    /// Its payments are planned, authorised and, where a file is to carry them, started.
    Planned {
        payments: Vec<PaymentId>,
        /// What could no longer be paid when it came to it.
        dropped: Vec<Dropped>,
        /// Of this page and all before it.
        so_far: Sums,
        /// Tax that is kept back.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        withheld: Vec<KeptBack>,
    },
    /// Its payments are in the file.
    FileRecorded {},
    /// The run was cancelled: what was reserved is free.
    Released {},
}

/// One vendor's account and what it is sent: one payment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Payee {
    /// Follows from the run and the first line, so that planning it again is planning it once.
    pub payment_id: PaymentId,
    pub vendor_id: VendorId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_account_id: Option<BankAccountId>,
    pub items: Vec<PageItem>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageItem {
    /// From 1, counted through the whole run.
    pub line: u32,
    pub instalment: Instalment,
    /// What money settles of it, and the discount that goes with it. Nothing is paid of what credits cover whole.
    pub amount: Money,
    pub discount: Money,
    /// Of the amount: tax that will be kept back, by what was in force at the proposal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Money>,
    /// The credits that take the place of money.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_off: Vec<SetOff>,
    /// For what the law wants it paid before others: why it came first where cash was short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_priority: Option<LegalGround>,
    /// The numbers of further instalments that are paid with it, so that the invoice is closed at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with_instalments: Vec<u32>,
}

impl PageItem {
    fn reservations(&self) -> impl Iterator<Item = Claim> {
        self.instalment.and(&self.with_instalments).map(reservation)
    }

    pub fn leaves(&self) -> Money {
        self.withheld.map_or(self.amount, |tax| Money::rounded(self.amount.amount() - tax.amount(), self.amount.currency()))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    pub line: u32,
    /// The refusal's code and what it said.
    pub code: String,
    pub detail: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBack {
    pub line: u32,
    pub tax: Money,
}

#[derive(Clone, Debug)]
pub enum PaymentRunPageCommand {
    Select { run_id: PaymentRunId, page: u32, payees: Vec<Payee> },
    Exclude { run_id: PaymentRunId, page: u32, excluded: Vec<Excluded> },
    RemoveItem { line: u32, by: UserId, reason: String },
    RecordPlanned { payments: Vec<PaymentId>, dropped: Vec<Dropped>, so_far: Sums, withheld: Vec<KeptBack> },
    RecordFile,
    Release,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentRunPage {
    #[default]
    NotListed,
    Selected(Arc<SelectedPage>),
    Excluded,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelectedPage {
    pub run_id: PaymentRunId,
    pub page: u32,
    /// Without what was removed.
    pub payees: Vec<Payee>,
    pub stage: PageStage,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageStage {
    Reserved,
    Planned { payments: Vec<PaymentId>, so_far: Sums },
    FileRecorded { payments: Vec<PaymentId> },
    Released,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum PaymentRunPageRefusal {
    #[error("the payment run has no such page")]
    RunPageUnknown,
    #[error("the page has been listed already")]
    RunPageListed,
    #[error("the payment run does not pay this invoice")]
    RunItemUnknown,
    #[error("this page of the run has moved on")]
    RunPageMovedOn,
}

impl Refusal for PaymentRunPageRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::RunPageUnknown | Self::RunItemUnknown => RefusalKind::Unknown,
            Self::RunPageListed | Self::RunPageMovedOn => RefusalKind::State,
        }
    }
}

aggregate!(PaymentRunPage, "payment_run_page", "PaymentRunPage", PaymentRunPageCommand, PaymentRunPageEvent, PaymentRunPageRefusal, {
    Selected = 1, Excluded = 1, ItemRemoved = 1, Planned = 1, FileRecorded = 1, Released = 1,
});

impl Root for PaymentRunPage {
    aggregate!(@names PaymentRunPageEvent);

    fn decide(&self, command: PaymentRunPageCommand) -> Result<Vec<PaymentRunPageEvent>, PaymentRunPageRefusal> {
        match (self, command) {
            (Self::NotListed, PaymentRunPageCommand::Select { run_id, page, payees }) => {
                Ok(vec![PaymentRunPageEvent::Selected { run_id, page, payees }])
            }
            (Self::NotListed, PaymentRunPageCommand::Exclude { run_id, page, excluded }) => {
                Ok(vec![PaymentRunPageEvent::Excluded { run_id, page, excluded }])
            }
            (_, PaymentRunPageCommand::Select { .. } | PaymentRunPageCommand::Exclude { .. }) => Err(PaymentRunPageRefusal::RunPageListed),
            (Self::Selected(page), command) => page.decide(command),
            (Self::NotListed | Self::Excluded, _) => Err(PaymentRunPageRefusal::RunPageUnknown),
        }
    }

    fn claims(&self, event: &PaymentRunPageEvent) -> Vec<ClaimChange> {
        match (self, event) {
            (_, PaymentRunPageEvent::Selected { payees, .. }) => reservations(payees).map(ClaimChange::Take).collect(),
            (Self::Selected(page), PaymentRunPageEvent::ItemRemoved { line, .. }) => {
                page.item(*line).into_iter().flat_map(PageItem::reservations).map(ClaimChange::Release).collect()
            }
            (Self::Selected(page), PaymentRunPageEvent::Planned { .. } | PaymentRunPageEvent::Released {}) => {
                reservations(&page.payees).map(ClaimChange::Release).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// From planning on the payment's own claim on the invoice stands in for it.
fn reservations(payees: &[Payee]) -> impl Iterator<Item = Claim> {
    payees.iter().flat_map(|payee| &payee.items).flat_map(PageItem::reservations)
}

impl PaymentRunPage {
    pub fn selected(&self) -> Result<&SelectedPage, PaymentRunPageRefusal> {
        match self {
            Self::Selected(page) => Ok(page),
            Self::NotListed | Self::Excluded => Err(PaymentRunPageRefusal::RunPageUnknown),
        }
    }

    fn on(&mut self, event: PaymentRunPageEvent) {
        match (&mut *self, event) {
            (Self::NotListed, PaymentRunPageEvent::Selected { run_id, page, payees }) => {
                *self = Self::Selected(Arc::new(SelectedPage { run_id, page, payees, stage: PageStage::Reserved }));
            }
            (Self::NotListed, PaymentRunPageEvent::Excluded { .. }) => *self = Self::Excluded,
            (Self::Selected(page), event) => Arc::make_mut(page).on(event),
            _ => {}
        }
    }
}

impl SelectedPage {
    pub fn item(&self, line: u32) -> Option<&PageItem> {
        self.payees.iter().flat_map(|payee| &payee.items).find(|item| item.line == line)
    }

    /// Whether the line is all that its payment pays.
    pub fn is_alone(&self, line: u32) -> bool {
        let paid = |payee: &Payee| payee.items.iter().filter(|item| item.amount.is_positive()).map(|item| item.line).collect::<Vec<_>>();
        self.payees.iter().any(|payee| paid(payee) == [line])
    }

    pub fn items_of(&self, invoice: InvoiceId) -> impl Iterator<Item = &PageItem> {
        self.payees.iter().flat_map(|payee| &payee.items).filter(move |item| item.instalment.invoice_id == invoice)
    }

    /// The payments that are planned on it.
    pub fn payments(&self) -> &[PaymentId] {
        match &self.stage {
            PageStage::Planned { payments, .. } | PageStage::FileRecorded { payments } => payments,
            PageStage::Reserved | PageStage::Released => &[],
        }
    }

    fn decide(&self, command: PaymentRunPageCommand) -> Result<Vec<PaymentRunPageEvent>, PaymentRunPageRefusal> {
        use PaymentRunPageCommand as Command;
        match (command, &self.stage) {
            (Command::RemoveItem { line, by, reason }, PageStage::Reserved) => {
                self.item(line).ok_or(PaymentRunPageRefusal::RunItemUnknown)?;
                Ok(vec![PaymentRunPageEvent::ItemRemoved { line, by, reason }])
            }
            (Command::RecordPlanned { payments, dropped, so_far, withheld }, PageStage::Reserved) => {
                Ok(vec![PaymentRunPageEvent::Planned { payments, dropped, so_far, withheld }])
            }
            (Command::RecordFile, PageStage::Planned { .. }) => Ok(vec![PaymentRunPageEvent::FileRecorded {}]),
            (Command::Release, PageStage::Reserved) => Ok(vec![PaymentRunPageEvent::Released {}]),
            (Command::RecordPlanned { .. }, PageStage::Planned { .. } | PageStage::FileRecorded { .. })
            | (Command::RecordFile, PageStage::FileRecorded { .. })
            | (Command::Release, PageStage::Released) => Ok(vec![]),
            _ => Err(PaymentRunPageRefusal::RunPageMovedOn),
        }
    }

    fn on(&mut self, event: PaymentRunPageEvent) {
        match event {
            PaymentRunPageEvent::Selected { .. } | PaymentRunPageEvent::Excluded { .. } => {}
            PaymentRunPageEvent::ItemRemoved { line, .. } => {
                self.payees.iter_mut().for_each(|payee| payee.items.retain(|item| item.line != line));
                self.payees.retain(|payee| !payee.items.is_empty());
            }
            PaymentRunPageEvent::Planned { payments, so_far, .. } => self.stage = PageStage::Planned { payments, so_far },
            PaymentRunPageEvent::FileRecorded {} => {
                self.stage = PageStage::FileRecorded { payments: self.payments().to_vec() };
            }
            PaymentRunPageEvent::Released {} => self.stage = PageStage::Released,
        }
    }
}
