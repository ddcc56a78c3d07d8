//! Remittance advice by e-mail: asked for, then sent or not. That it is to be sent is in the log before anything leaves; a crash between
//! sending and recording it sends it once more, under the same Message-ID.

use serde::{Deserialize, Serialize};

use super::event::PaymentEvent;
use super::refusal::PaymentRefusal;
use super::state::{InFlight, ItemState, Payment};
use crate::ids::{RemittanceAdviceId, UserId, VendorId};

/// An advice that somebody wants to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviceRequest {
    pub id: RemittanceAdviceId,
    pub vendor_id: VendorId,
    /// An e-mail address.
    pub to: String,
    pub by: UserId,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdviceOutcome {
    /// A mail server has taken it on under this Message-ID.
    Sent {
        message_id: String,
    },
    Failed {
        reason: String,
    },
}

/// `outcome` is absent as long as it is to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailedAdvice {
    #[serde(flatten)]
    pub request: AdviceRequest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<AdviceOutcome>,
}

impl Payment {
    /// Those that were asked for, in order.
    pub fn advices(&self) -> &[MailedAdvice] {
        if let Self::Sent(sent) = self { &sent.advices } else { &[] }
    }

    /// Those that are still to be sent.
    pub fn open_advices(&self) -> impl Iterator<Item = &AdviceRequest> {
        self.advices().iter().filter(|advice| advice.outcome.is_none()).map(|advice| &advice.request)
    }

    /// Whether every transfer to the vendor has left, or may have: of what failed or came back nobody is told that it was paid.
    pub fn may_advise(&self, vendor: VendorId) -> Result<(), PaymentRefusal> {
        let Self::Sent(sent) = self else { return self.refuse("advise the vendor of", "executed") };
        let lines: Vec<u32> = sent.plan.items.iter().filter(|item| item.vendor_id == vendor).map(|item| item.line).collect();
        if lines.is_empty() {
            return Err(PaymentRefusal::VendorNotPaid);
        }
        let gone_wrong = |line: &u32| matches!(self.item_state(*line), Some(ItemState::Failed | ItemState::Returned) | None);
        if lines.iter().any(gone_wrong) { Err(PaymentRefusal::NothingToAdvise) } else { Ok(()) }
    }

    pub(super) fn request_advice(&self, request: AdviceRequest) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        self.may_advise(request.vendor_id)?;
        if !is_address(&request.to) {
            return Err(PaymentRefusal::RecipientInvalid);
        }
        match self.advices().iter().find(|advice| advice.request.id == request.id) {
            Some(_) => Ok(vec![]),
            None => Ok(vec![PaymentEvent::RemittanceAdviceRequested(request)]),
        }
    }

    /// What has an outcome keeps it.
    pub(super) fn record_advice(&self, id: RemittanceAdviceId, outcome: AdviceOutcome) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let advice = self.advices().iter().find(|advice| advice.request.id == id).ok_or(PaymentRefusal::AdviceUnknown)?;
        Ok(match (&advice.outcome, outcome) {
            (Some(_), _) => vec![],
            (None, AdviceOutcome::Sent { message_id }) => vec![PaymentEvent::RemittanceAdviceSent { id, message_id }],
            (None, AdviceOutcome::Failed { reason }) => vec![PaymentEvent::RemittanceAdviceFailed { id, reason }],
        })
    }
}

impl InFlight {
    pub(super) fn on_advice(&mut self, event: PaymentEvent) {
        let (id, outcome) = match event {
            PaymentEvent::RemittanceAdviceRequested(request) => return self.advices.push(MailedAdvice { request, outcome: None }),
            PaymentEvent::RemittanceAdviceSent { id, message_id } => (id, AdviceOutcome::Sent { message_id }),
            PaymentEvent::RemittanceAdviceFailed { id, reason } => (id, AdviceOutcome::Failed { reason }),
            _ => return,
        };
        if let Some(advice) = self.advices.iter_mut().find(|advice| advice.request.id == id) {
            advice.outcome = Some(outcome);
        }
    }
}

/// One address and nothing around it: no name, no second one, no line of its own.
fn is_address(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "@.!#$%&'*+/=?^_`{|}~-".contains(c);
    let parts = text.split_once('@');
    let whole = parts.is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.contains('@') && !host.ends_with('.'));
    whole && text.len() <= 254 && text.chars().all(plain)
}
