//! Remittance advice by e-mail: asked for by a person, carried out by whoever works on this database.

use quittance_domain::RefusalKind;
use quittance_domain::ids::{PaymentId, RemittanceAdviceId, UserId, VendorId};
use quittance_domain::party::Contact;
use quittance_domain::payment::{AdviceOutcome, AdviceRequest, Payment, PaymentCommand};
use quittance_domain::vendor::Vendor;
use uuid::Uuid;

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::work::Work;

/// Who records what became of a mail.
pub const POSTMAN: UserId = UserId(Uuid::from_u128(0x7175_6974_7461_6e63_8000_0000_0000_0004));
/// What a contact is asked about who gets remittance advice, the likeliest first.
const SUBJECTS: [&str; 4] = ["remittance", "payments", "payment", "accounting"];

/// Asks for the advice to be sent to one vendor of an executed payment.
pub struct RequestRemittanceAdvice {
    pub id: RemittanceAdviceId,
    pub payment_id: PaymentId,
    /// Needed where the payment pays several.
    pub vendor_id: Option<VendorId>,
    /// The vendor's own contact where absent.
    pub to: Option<String>,
}

impl UseCase for RequestRemittanceAdvice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let payment = work.take::<Payment>(self.payment_id).await?;
        let vendor_id = self.vendor(&payment)?;
        payment.may_advise(vendor_id)?;
        let to = match &self.to {
            Some(to) => to.trim().to_owned(),
            None => contact(work, vendor_id).await?,
        };
        let request = AdviceRequest { id: self.id, vendor_id, to, by: work.ctx.actor };
        work.decide::<Payment>(self.payment_id, PaymentCommand::RequestAdvice { request }).await.map(drop)
    }
}

impl RequestRemittanceAdvice {
    fn vendor(&self, payment: &Payment) -> Result<VendorId, Failure> {
        let items = &payment.plan()?.items;
        let Some(first) = items.first() else { return Err(recipient_missing()) };
        match self.vendor_id {
            Some(vendor) => Ok(vendor),
            None if items.iter().all(|item| item.vendor_id == first.vendor_id) => Ok(first.vendor_id),
            None => {
                let detail = "the payment pays several vendors: `vendor_id` says whose advice it is to be";
                Err(Refused::new("several_recipients", RefusalKind::State, detail).at("/vendor_id").into())
            }
        }
    }
}

async fn contact(work: &mut Work<'_>, vendor: VendorId) -> Result<String, Failure> {
    let vendor = work.load::<Vendor>(vendor).await?;
    let contacts = &vendor.profile()?.details.contacts;
    addressee(contacts).map(str::to_owned).ok_or_else(recipient_missing)
}

/// The contact for remittances or payments; the only one with an address where none says what it is for.
fn addressee(contacts: &[Contact]) -> Option<&str> {
    let reachable: Vec<(&str, String)> = contacts
        .iter()
        .filter_map(|contact| {
            Some((contact.email.as_deref()?.trim(), contact.subject.as_deref().unwrap_or_default().trim().to_lowercase()))
        })
        .filter(|(email, _)| !email.is_empty())
        .collect();
    let for_payments = SUBJECTS.iter().find_map(|wanted| reachable.iter().find(|(_, subject)| subject == wanted));
    match (for_payments, reachable.as_slice()) {
        (Some((email, _)), _) | (None, [(email, _)]) => Some(email),
        _ => None,
    }
}

fn recipient_missing() -> Failure {
    let detail = "the vendor has no contact for remittances or payments with an e-mail address: give one, or say `to`";
    Refused::new("recipient_missing", RefusalKind::State, detail).at("/to").into()
}

/// What became of a mail.
pub struct RecordRemittanceAdvice {
    pub payment_id: PaymentId,
    pub id: RemittanceAdviceId,
    pub outcome: AdviceOutcome,
}

impl UseCase for RecordRemittanceAdvice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let command = PaymentCommand::RecordAdvice { id: self.id, outcome: self.outcome.clone() };
        work.decide::<Payment>(self.payment_id, command).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(subject: Option<&str>, email: Option<&str>) -> Contact {
        Contact { name: "x".to_owned(), subject: subject.map(str::to_owned), email: email.map(str::to_owned), phone: None }
    }

    #[test]
    fn the_contact_for_remittances_gets_them_and_nobody_is_guessed() {
        let (sales, ledger, bare) = (Some("sales@v.example"), Some("ar@v.example"), Some("info@v.example"));
        let rows: [(Vec<Contact>, Option<&str>); 7] = [
            (vec![], None),
            (vec![contact(None, bare)], bare),
            (vec![contact(Some("Sales"), sales)], sales),
            (vec![contact(Some("Sales"), sales), contact(None, bare)], None),
            (vec![contact(Some("Sales"), sales), contact(Some(" Payments"), ledger)], ledger),
            (vec![contact(Some("payments"), sales), contact(Some("Remittance"), ledger)], ledger),
            (vec![contact(Some("remittance"), Some(" ")), contact(Some("Sales"), sales)], sales),
        ];
        for (contacts, expected) in rows {
            assert_eq!(addressee(&contacts), expected, "{contacts:?}");
        }
    }
}
