//! The cheque that a line of a statement names: found by its number among those of the account, which no other cheque can have.

use quittance_domain::bank_statement::{ChequeException, ChequeFinding, StatementLine, payment_item_key};
use quittance_domain::ids::{BankAccountId, PaymentId};
use quittance_domain::payment::{Payment, cheque_claim};

use crate::cheque::chequebook_id;
use crate::failure::Failure;
use crate::work::Work;

/// What a line says of our cheques.
pub(crate) enum Presented {
    /// It names none of ours.
    Nothing,
    /// It is of this payment and of no other.
    Cheque(PaymentId),
    Exception(ChequeException),
}

pub(crate) async fn presented(work: &mut Work<'_>, own: BankAccountId, line: &StatementLine) -> Result<Presented, Failure> {
    let Some(number) = line.cheque() else { return Ok(Presented::Nothing) };
    let Some(holder) = work.holder(&cheque_claim(own, number).key).await? else { return Ok(Presented::Nothing) };
    let exception = |payment_id, finding| Ok(Presented::Exception(ChequeException { number, payment_id, finding }));
    if holder == chequebook_id(own).0 {
        return exception(None, ChequeFinding::Voided);
    }
    let id = PaymentId(holder);
    // What comes back of a cheque is matched as any return.
    if !line.amount.amount().is_sign_negative() {
        return Ok(Presented::Cheque(id));
    }
    let payment = work.load::<Payment>(id).await?;
    if let Some(finding) = line.misfit(&payment) {
        return exception(Some(id), finding);
    }
    for item in &payment.plan()?.items {
        if work.holder(&payment_item_key(id, item.line, "settles")).await?.is_some() {
            return exception(Some(id), ChequeFinding::PresentedBefore);
        }
    }
    Ok(Presented::Cheque(id))
}
