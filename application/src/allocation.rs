//! Setting a credit note, credit on account or a prepayment off against an invoice of the same vendor, writing off what is too
//! small to pay, and undoing all of it.
//!
//! Both documents change in one write, so that two people who use one credit note at once cannot both have it.

use chrono::NaiveDate;
use quittance_domain::aggregate::derived_id;
use quittance_domain::calendar::Posting;
use quittance_domain::ids::{AllocationId, InvoiceId, PaymentId};
use quittance_domain::invoice::{Against, Allocation, Invoice, InvoiceCommand, InvoiceRefusal, Payable};
use quittance_domain::payment::{Payment, PaymentCommand, PaymentRefusal};
use quittance_domain::role::Role;
use quittance_domain::tolerance::Tolerances;
use quittance_domain::user::User;
use quittance_domain::vendor::group::are_one;
use quittance_domain::vouching::Vouching;
use quittance_domain::{Money, RefusalKind};
use rust_decimal::Decimal;

use crate::calendar::admit;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::refund;
use crate::tolerance::tolerances_id;
use crate::value_date::no_day_to_come;
use crate::vendor::survivor;
use crate::vouching::vouching_id;
use crate::work::Work;

/// What takes the place of money.
#[derive(Clone, Copy, Debug)]
pub enum Credit {
    Note(InvoiceId),
    /// What a payment left on account: of one item, or of a provider's whole transfer.
    OnAccount {
        payment_id: PaymentId,
        item: Option<u32>,
    },
}

pub struct ApplyCredit {
    /// The invoice that is reduced.
    pub id: InvoiceId,
    pub credit: Credit,
    /// As much as both have open where absent.
    pub amount: Option<Money>,
    /// Today where absent.
    pub effective_date: Option<NaiveDate>,
}

impl UseCase for ApplyCredit {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let invoice = work.take::<Invoice>(self.id).await?;
        let invoice = invoice.received()?;
        let (of_vendor, left, credit, place) = match self.credit {
            Credit::Note(id) => {
                let credit = work.take::<Invoice>(id).await?;
                let left = credit.received().map(Payable::unclaimed).map_err(|refusal| Refused::from(refusal).at("/credit_note_id"))?;
                (credit, left, self.credit, "/credit_note_id")
            }
            Credit::OnAccount { payment_id, item } => {
                let payment = work.take::<Payment>(payment_id).await?;
                let found = payment.credit(item).map_err(|refusal| Refused::from(refusal).at("/payment_id"))?;
                let (left, item) = (found.left(), found.item);
                // What it had been meant for says whose it is.
                let meant_for = payment.plan()?.items.iter().find(|own| item.is_none_or(|item| own.line == item));
                let meant_for = meant_for.map(|own| own.invoice_id).ok_or(PaymentRefusal::NothingOnAccount)?;
                (work.load::<Invoice>(meant_for).await?, left, Credit::OnAccount { payment_id, item }, "/payment_id")
            }
        };
        if !same_party(work, invoice, of_vendor.received()?).await? {
            return Err(Refused::from(InvoiceRefusal::OtherVendorsDocument).at(place).into());
        }
        let amount = self.amount.unwrap_or_else(|| open_on_both(invoice.unclaimed(), left));
        let effective_date = effective_on(work, self.effective_date)?;
        set_off(work, self.id, credit, amount, effective_date).await?;
        admit(work, [effective_date], Posting::Document).await
    }
}

/// What was paid before is set off against the invoice that it was paid for.
pub struct ApplyPrepayment {
    /// The invoice that is reduced.
    pub id: InvoiceId,
    pub prepayment_id: InvoiceId,
    /// As much as is open, and was paid before, where absent.
    pub amount: Option<Money>,
    /// Today where absent; of what the invoice deducts itself the day from which that counts.
    pub effective_date: Option<NaiveDate>,
}

impl UseCase for ApplyPrepayment {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (invoice, prepayment) = (work.take::<Invoice>(self.id).await?, work.take::<Invoice>(self.prepayment_id).await?);
        let at_prepayment = |refusal: InvoiceRefusal| Refused::from(refusal).at("/prepayment_id");
        let (invoice, prepayment) = (invoice.received()?, prepayment.received().map_err(at_prepayment)?);
        if !same_party(work, invoice, prepayment).await? {
            return Err(at_prepayment(InvoiceRefusal::OtherVendorsDocument).into());
        }
        // What the document deducts itself comes first: it is payable without it.
        let stated = Some(invoice.stated_prepaid_left()).filter(|left| left.is_positive());
        let amount = self.amount.unwrap_or_else(|| open_on_both(stated.unwrap_or(invoice.unclaimed()), prepayment.unapplied()));
        let from = stated.map_or(work.ctx.today(), |_| invoice.effective_date.max(prepayment.applies_from(amount)));
        let effective_date = self.effective_date.unwrap_or(from);
        no_day_to_come("/effective_date", effective_date, from.max(work.ctx.today()))?;
        let allocation_id = next_allocation(self.id, invoice);
        let (on_invoice, on_prepayment) = match stated {
            Some(_) => (Against::StatedPrepayment(self.prepayment_id), Against::StatedBy(self.id)),
            None => (Against::Prepayment(self.prepayment_id), Against::Invoice(self.id)),
        };
        let allocation = |against| Allocation { allocation_id, against, amount, effective_date };
        let by = work.ctx.actor;
        let reduced = InvoiceCommand::Allocate { allocation: allocation(on_invoice), by, reason: None, tax_breakdown: vec![] };
        let used = InvoiceCommand::ApplyPrepayment { allocation: allocation(on_prepayment), by };
        work.decide::<Invoice>(self.id, reduced).await?;
        work.decide::<Invoice>(self.prepayment_id, used).await?;
        admit(work, [effective_date], Posting::Document).await
    }
}

/// Keeps part of an approved invoice back until it is released.
pub struct Retain {
    pub id: InvoiceId,
    /// Of what the document says is due.
    pub percent: Decimal,
    pub release_on: NaiveDate,
    /// Today where absent.
    pub effective_date: Option<NaiveDate>,
    pub reason: String,
}

impl UseCase for Retain {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let invoice = work.take::<Invoice>(self.id).await?;
        let payable = invoice.received()?;
        let share = payable.payable.amount().checked_mul(self.percent / Decimal::ONE_HUNDRED).unwrap_or(Decimal::MAX);
        let amount = Money::rounded(share, payable.payable.currency());
        let effective_date = self.effective_date.unwrap_or_else(|| work.ctx.today());
        let against = Against::Retention { release_on: self.release_on };
        let allocation = Allocation { allocation_id: next_allocation(self.id, payable), against, amount, effective_date };
        let retain = InvoiceCommand::Allocate { allocation, by: work.ctx.actor, reason: Some(self.reason.clone()), tax_breakdown: vec![] };
        work.decide::<Invoice>(self.id, retain).await?;
        admit(work, [effective_date], Posting::Document).await
    }
}

/// What was kept back is payable, from its day on.
pub struct ReleaseRetention {
    pub id: InvoiceId,
    pub allocation_id: AllocationId,
    pub effective_date: Option<NaiveDate>,
    pub reason: String,
}

impl UseCase for ReleaseRetention {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let effective_date = effective_on(work, self.effective_date)?;
        let (allocation_id, by, reason) = (self.allocation_id, work.ctx.actor, self.reason.clone());
        let release = InvoiceCommand::ReleaseRetention { allocation_id, effective_date, by, reason };
        match work.decide::<Invoice>(self.id, release).await? {
            0 => Ok(()),
            _ => admit(work, [effective_date], Posting::Document).await,
        }
    }
}

/// Takes `amount` of a credit off an invoice, on both of them.
pub(crate) async fn set_off(
    work: &mut Work<'_>,
    id: InvoiceId,
    credit: Credit,
    amount: Money,
    effective_date: NaiveDate,
) -> Result<(), Failure> {
    let invoice = work.take::<Invoice>(id).await?;
    let allocation_id = next_allocation(id, invoice.received()?);
    let allocation = |against| Allocation { allocation_id, against, amount, effective_date };
    let (by, on_credit) = (work.ctx.actor, allocation(Against::Invoice(id)));
    let (against, tax_breakdown) = match credit {
        Credit::Note(note_id) => {
            let credit_note = work.take::<Invoice>(note_id).await?;
            (Against::CreditNote(note_id), credit_note.received()?.document.tax_breakdown.clone())
        }
        Credit::OnAccount { payment_id, item } => (Against::OnAccount { payment_id, item }, vec![]),
    };
    let reduced = InvoiceCommand::Allocate { allocation: allocation(against), by, reason: None, tax_breakdown };
    work.decide::<Invoice>(id, reduced).await?;
    match credit {
        Credit::Note(note_id) => {
            let used = InvoiceCommand::Allocate { allocation: on_credit, by, reason: None, tax_breakdown: vec![] };
            work.decide::<Invoice>(note_id, used).await.map(drop)
        }
        Credit::OnAccount { payment_id, item } => {
            work.decide::<Payment>(payment_id, PaymentCommand::ApplyCredit { item, allocation: on_credit, by }).await.map(drop)
        }
    }
}

/// Money that was on account came back: the invoice that had it owes that much again.
pub(crate) async fn credit_taken_back(
    work: &mut Work<'_>,
    against: Against,
    allocation_id: AllocationId,
    effective_date: NaiveDate,
    reason: &str,
) -> Result<(), Failure> {
    let Some(id) = against.document() else { return Ok(()) };
    let (by, reason) = (work.ctx.actor, reason.to_owned());
    work.decide::<Invoice>(id, InvoiceCommand::ReverseAllocation { allocation_id, effective_date, by, reason }).await.map(drop)
}

/// Takes back what invoices have of a prepayment whose own payment came back, as far as nobody has paid it any more.
pub(crate) async fn take_back_unpaid(work: &mut Work<'_>, id: InvoiceId, day: NaiveDate, reason: &str) -> Result<(), Failure> {
    let prepayment = work.take::<Invoice>(id).await?;
    let by = work.ctx.actor;
    for application in prepayment.received()?.applied_unpaid() {
        let Allocation { allocation_id, against, effective_date, .. } = *application;
        let (effective_date, reason) = (day.max(effective_date), reason.to_owned());
        let take_back = InvoiceCommand::ReverseAllocation { allocation_id, effective_date, by, reason };
        work.decide::<Invoice>(id, take_back.clone()).await?;
        if let Some(invoice) = against.document() {
            work.decide::<Invoice>(invoice, take_back).await?;
        }
    }
    Ok(())
}

/// Vendors that share an official id are one party, as those that share a bank account and are not told apart (SEMANTICS 2), and those that a
/// person has merged.
async fn same_party(work: &mut Work<'_>, one: &Payable, other: &Payable) -> Result<bool, Failure> {
    let joined = one.vendor_id == other.vendor_id || are_one(&one.vendor_keys, &other.vendor_keys);
    Ok(joined || survivor(work, one.vendor_id).await? == survivor(work, other.vendor_id).await?)
}

/// What both still have open. One of another currency is refused by what is decided of it.
fn open_on_both(one: Money, other: Money) -> Money {
    if one.currency() == other.currency() { one.smaller(other) } else { one }
}

/// Each allocation of a document is its next one, reversed ones counted.
pub(crate) fn next_allocation(id: InvoiceId, payable: &Payable) -> AllocationId {
    AllocationId(derived_id(&[b"allocation", id.0.as_bytes(), &payable.allocations_ever().to_be_bytes()]))
}

/// Gives up what is left of a document, where it is small.
pub struct WriteOff {
    pub id: InvoiceId,
    pub effective_date: Option<NaiveDate>,
    pub reason: String,
}

impl UseCase for WriteOff {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let invoice = work.take::<Invoice>(self.id).await?;
        let payable = invoice.received()?;
        let open = payable.unclaimed();
        let tolerances = work.load::<Tolerances>(tolerances_id(work.tenant())).await?;
        let vouching = work.load::<Vouching>(vouching_id(work.tenant())).await?;
        let limit = tolerances.write_off_limit(open.currency(), |adopter| vouching.may_be_one(adopter, work.ctx.actor));
        if !open.is_within(limit) {
            return Err(InvoiceRefusal::WriteOffTooLarge { open, limit }.into());
        }
        let effective_date = effective_on(work, self.effective_date)?;
        let allocation_id = next_allocation(self.id, payable);
        let allocation = Allocation { allocation_id, against: Against::SmallDifference, amount: open, effective_date };
        let write_off =
            InvoiceCommand::Allocate { allocation, by: work.ctx.actor, reason: Some(self.reason.clone()), tax_breakdown: vec![] };
        work.decide::<Invoice>(self.id, write_off).await?;
        admit(work, [effective_date], Posting::Document).await
    }
}

/// What is kept back, was written off or was paid back is open again by the word of one who may pay: a clerk would otherwise
/// release a retention before its day.
async fn may_pay(work: &mut Work<'_>) -> Result<(), Failure> {
    let user = work.load::<User>(work.ctx.actor).await?;
    if user.account()?.rights().iter().any(|role| matches!(role, Role::Owner | Role::Treasurer)) {
        return Ok(());
    }
    let detail = "what is kept back, was written off or was paid back is taken back by an owner or a treasurer";
    Err(Refused::new("role_missing", RefusalKind::Person, detail).into())
}

/// The day on which it counts, which has come: what is open is open, and paid, from now on.
fn effective_on(work: &Work<'_>, stated: Option<NaiveDate>) -> Result<NaiveDate, Refused> {
    let today = work.ctx.today();
    let day = stated.unwrap_or(today);
    no_day_to_come("/effective_date", day, today)?;
    Ok(day)
}

/// Takes an allocation back, on the documents of both sides.
pub struct ReverseAllocation {
    pub id: InvoiceId,
    pub allocation_id: AllocationId,
    pub effective_date: Option<NaiveDate>,
    pub reason: String,
}

impl UseCase for ReverseAllocation {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let invoice = work.take::<Invoice>(self.id).await?;
        let allocation = invoice.received()?.allocation(self.allocation_id).ok().cloned();
        let against = allocation.as_ref().map(|allocation| allocation.against);
        let (other, on_account) = (against.and_then(Against::document), against.and_then(Against::on_account));
        if against.is_some() && other.is_none() && on_account.is_none() {
            may_pay(work).await?;
        }
        if against.is_some_and(Against::is_refund) {
            refund::on_no_statement(work, self.allocation_id).await?;
        }
        let (by, today) = (work.ctx.actor, work.ctx.today());
        let effective_date = self.effective_date.unwrap_or(today);
        // What a document deducts itself may count from a day to come on, and is taken back from then on.
        no_day_to_come("/effective_date", effective_date, allocation.map_or(today, |allocation| allocation.effective_date.max(today)))?;
        let reverse = |reason: String| InvoiceCommand::ReverseAllocation { allocation_id: self.allocation_id, effective_date, by, reason };
        let mut reversed = work.decide::<Invoice>(self.id, reverse(self.reason.clone())).await?;
        if let Some(other) = other {
            reversed += work.decide::<Invoice>(other, reverse(self.reason.clone())).await?;
        }
        if let Some(payment_id) = on_account {
            let (allocation_id, reason) = (self.allocation_id, self.reason.clone());
            let take_back = PaymentCommand::TakeCreditBack { allocation_id, effective_date, by, reason };
            reversed += work.decide::<Payment>(payment_id, take_back).await?;
        }
        if reversed == 0 {
            return Ok(());
        }
        admit(work, [effective_date], Posting::Document).await
    }
}
