//! An invoice: received from a vendor, approved by people who did not enter it, paid once.

mod allocation;
mod amendment;
mod approving;
mod assignment;
mod coding;
mod command;
mod discount;
mod dispute;
mod document;
mod doubt;
mod duplicate;
mod event;
mod exception;
mod hold;
mod namesake;
mod number;
mod payable;
mod paying;
mod placed_hold;
mod prepayment;
mod rebooking;
mod refund;
mod refusal;
mod regular;
mod retention;
mod source;
mod status;
mod suspicion;
pub mod totals;
mod verdict;
mod version;
mod withholding;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use allocation::{Against, Allocation};
pub use assignment::ExceptionAssignment;
pub use coding::{Assignment, CodedLine, CodedPart, Coding, DefaultOf, Share, Split};
pub use command::InvoiceCommand;
pub use dispute::{Dispute, DisputeOutcome};
pub use document::{
    Adjustment, DocumentKind, InvoiceDocument, InvoiceLine, OfferedDiscount, PaymentInstructions, References, StatedInstalment,
    TaxCategory, TaxSubtotal, Totals,
};
pub use doubt::{addressed_elsewhere, doubts};
pub use duplicate::{Fingerprint, Likeness, Lookalike};
pub use event::{Amendment, InvoiceEvent, MaterialChange, MissedCause, PayTo, Reception, ReleaseCause};
pub use exception::{ExceptionKind, Finding, InvoiceException};
pub use namesake::Namesake;
pub use number::{duplicate_claims, normalised as normalised_number};
pub use payable::{Claimed, ClaimedDiscount, Payable, Stage};
pub use placed_hold::{HoldKind, PlacedHold};
pub use rebooking::Rebooking;
pub use refusal::InvoiceRefusal;
pub use source::Source;
pub use status::InvoiceStatus;
pub use verdict::{RuleFinding, RuleSetRelease, RuleSeverity, Verdict};
pub use withholding::WithheldBy;

use crate::aggregate;
use crate::aggregate::{ClaimChange, Root};
use crate::ids::UserId;
use namesake::{claims_of, received_beside};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invoice {
    #[default]
    NotReceived,
    Received(Arc<Payable>),
}

aggregate!(Invoice, "invoice", "Invoice", InvoiceCommand, InvoiceEvent, InvoiceRefusal, {
    Received = 1, Amended = 1, ExceptionRaised = 1, ExceptionResolved = 1, Submitted = 1, ApprovalReset = 1, ApprovalKept = 1, Approved = 1,
    Rejected = 1, Validated = 1, Coded = 1, MatchEvaluated = 1, HoldReleased = 1, DuplicatesSuspected = 1, DuplicateDismissed = 1, DuplicateOverridden = 1,
    PaymentClaimed = 1, ClaimReleased = 1, PaymentSettled = 1, PaymentReturned = 1, TermsAgreed = 1, DiscountClaimed = 1,
    DiscountTaken = 1, DiscountReversed = 1, DiscountMissed = 1, Allocated = 1, AllocationReversed = 1, Voided = 1,
    WithholdingClaimed = 1, TaxWithheld = 1, WithholdingReversed = 1,
    PutOnHold = 1, TakenOffHold = 1, ExceptionAssigned = 1, DisputeOpened = 1, DisputeResolved = 1,
    PrepaymentApplied = 1, PrepaymentTakenBack = 1, Refunded = 1, RefundReversed = 1,
});

impl Root for Invoice {
    aggregate!(@names InvoiceEvent);

    fn second_person(command: &mut InvoiceCommand) -> Option<&mut UserId> {
        match command {
            InvoiceCommand::ResolveExceptions { by, .. }
            | InvoiceCommand::ReleaseHold { by, .. }
            | InvoiceCommand::TakeOffHold { by, .. }
            | InvoiceCommand::ResolveDispute { by, .. }
            | InvoiceCommand::DismissDuplicate { by, .. } => Some(by),
            _ => None,
        }
    }

    fn decide(&self, command: InvoiceCommand) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        match (self, command) {
            (Self::NotReceived, InvoiceCommand::Receive { reception, exceptions }) => Ok(received(reception, exceptions)),
            (Self::NotReceived, InvoiceCommand::ReceiveBeside { reception, exceptions, reason }) => {
                received_beside(reception, exceptions, reason)
            }
            (Self::NotReceived, _) => Err(InvoiceRefusal::InvoiceUnknown),
            (Self::Received(_), InvoiceCommand::Receive { .. } | InvoiceCommand::ReceiveBeside { .. }) => {
                Err(InvoiceRefusal::AlreadyReceived)
            }
            (Self::Received(payable), command) => payable.decide(command),
        }
    }

    fn claims(&self, event: &InvoiceEvent) -> Vec<ClaimChange> {
        let take = |claims: Vec<_>| claims.into_iter().map(ClaimChange::Take);
        let release = |payable: &Payable| payable.duplicate_claims().into_iter().map(ClaimChange::Release).collect::<Vec<_>>();
        match (self, event) {
            (_, InvoiceEvent::Received(r)) => take(claims_of(&r.vendor_keys, &r.document, r.namesake.as_ref())).collect(),
            (Self::Received(payable), InvoiceEvent::Amended(a)) => {
                release(payable).into_iter().chain(take(claims_of(&a.vendor_keys, &a.document, payable.namesake_as(&a.document)))).collect()
            }
            (Self::Received(payable), InvoiceEvent::Voided { .. } | InvoiceEvent::Rejected { .. }) => release(payable),
            (Self::Received(payable), InvoiceEvent::Submitted { .. }) if matches!(payable.stage, Stage::Rejected { .. }) => {
                take(payable.duplicate_claims()).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Invoice {
    pub fn received(&self) -> Result<&Payable, InvoiceRefusal> {
        match self {
            Self::NotReceived => Err(InvoiceRefusal::InvoiceUnknown),
            Self::Received(payable) => Ok(payable),
        }
    }

    fn on(&mut self, event: InvoiceEvent) {
        match (&mut *self, event) {
            (Self::NotReceived, InvoiceEvent::Received(reception)) => *self = Self::Received(Arc::new(Payable::from(*reception))),
            (Self::Received(payable), event) => Arc::make_mut(payable).on(event),
            (Self::NotReceived, _) => {}
        }
    }
}

fn received(reception: Box<Reception>, exceptions: Vec<InvoiceException>) -> Vec<InvoiceEvent> {
    let raised = exceptions.into_iter().map(|exception| InvoiceEvent::ExceptionRaised { exception });
    std::iter::once(InvoiceEvent::Received(reception)).chain(raised).collect()
}
