//! Receiving, amending and submitting an invoice.

use chrono::{DateTime, Days, NaiveDate, Utc};
use quittance_domain::Money;
use quittance_domain::approval::{Approval, ApprovalCommand};
use quittance_domain::bank_account::BankAccount;
use quittance_domain::calendar::{FiscalCalendar, Posting};
use quittance_domain::chart::Chart;
use quittance_domain::ids::{BankAccountId, InvoiceId, VendorId};
use quittance_domain::invoice::{
    Amendment, ExceptionKind, Finding, Invoice, InvoiceCommand, InvoiceDocument, InvoiceException, InvoiceRefusal, PayTo, Payable,
    Rebooking, Reception, Source, Stage, Verdict, addressed_elsewhere, doubts,
};
use quittance_domain::tenant::{BankChangeControl, Tenant};
use quittance_domain::terms::AgreedTerms;
use quittance_domain::vendor::{Profile, Proposal, Vendor, VendorCommand};

use crate::approval::{latitude, rebind};
use crate::calendar::{admit, calendar_id, counts_on};
use crate::coding::code_by_default;
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::matching::{give_back, match_invoice};
use crate::namesake::Beside;
use crate::pay_to::{pay_to, stranger_paid};
use crate::ports::Original;
use crate::tenant::chart_id;
use crate::terms::agreed_terms;
use crate::value_date::no_day_to_come;
use crate::vendor::{known_vendor, register_seller, survivor};
use crate::work::Work;

/// A year paid ahead may count in the next one; further ahead the day is a slip.
const DAYS_AHEAD_MAX: Days = Days::new(366);

/// What came in, before the vendor is known.
#[derive(Clone)]
pub struct Capture {
    pub document: InvoiceDocument,
    pub payable: Money,
    /// Where the liability counts from; the first open day from the invoice date where the caller does not say.
    pub effective_date: Option<NaiveDate>,
    /// The account on the document, where it states a valid one.
    pub stated_account: Option<BankAccount>,
    pub source: Source,
    /// The bytes of the document, where it came as one.
    pub original: Option<Original>,
    /// What the rules of its standard say of the document, where it is an electronic one.
    pub verdict: Option<Verdict>,
    /// What is already known to be wrong with the document.
    pub exceptions: Vec<InvoiceException>,
}

impl Capture {
    /// As a correction of what was captured before: who is paid and how, and what it offers for paying early, stay as the document
    /// said where the correction does not say otherwise.
    fn after(mut self, before: &InvoiceDocument) -> Self {
        let payment = &mut self.document.payment;
        if payment.means_code.is_none() {
            payment.means_code.clone_from(&before.payment.means_code);
        }
        if payment.discounts.is_empty() {
            payment.discounts.clone_from(&before.payment.discounts);
        }
        if self.document.payee.is_none() {
            self.document.payee.clone_from(&before.payee);
        }
        self
    }
}

/// An invoice of a registered vendor, or of the one that this was merged into.
pub struct ReceiveInvoice {
    pub id: InvoiceId,
    pub vendor_id: VendorId,
    pub capture: Capture,
    /// Whose number it bears as well.
    pub beside: Option<Beside>,
}

impl UseCase for ReceiveInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let vendor_id = survivor(work, self.vendor_id).await?;
        let vendor = work.load::<Vendor>(vendor_id).await?;
        receive(work, self.id, vendor_id, vendor.profile()?, &self.capture, self.beside.as_ref()).await
    }
}

/// An invoice whose document names its vendor; an unknown one is registered with it, unverified.
pub struct ImportInvoice {
    pub id: InvoiceId,
    /// Used if the seller is unknown.
    pub new_vendor: VendorId,
    pub new_account: BankAccountId,
    pub capture: Capture,
    /// Whose number it bears as well.
    pub beside: Option<Beside>,
}

impl UseCase for ImportInvoice {
    type Output = VendorId;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<VendorId, Failure> {
        let vendor_id = match known_vendor(work, &self.capture.document.seller).await? {
            Some(known) => known,
            None => self.register_seller(work).await?,
        };
        let vendor = work.load::<Vendor>(vendor_id).await?;
        receive(work, self.id, vendor_id, vendor.profile()?, &self.capture, self.beside.as_ref()).await?;
        Ok(vendor_id)
    }

    /// Somebody registered the same seller meanwhile: it is known now.
    fn looks_again(&self, taken: &'static str) -> bool {
        taken == "vendor_exists"
    }
}

impl ImportInvoice {
    async fn register_seller(&self, work: &mut Work<'_>) -> Result<VendorId, Failure> {
        // The invoice is what the caller asked for, so it is answered about and comes first.
        work.reserve_primary::<Invoice>(self.id);
        register_seller_of(work, self.new_vendor, self.new_account, &self.capture).await?;
        Ok(self.new_vendor)
    }
}

/// Registers the seller of a document with the account that the document states; neither is paid before somebody has looked.
pub(crate) async fn register_seller_of(
    work: &mut Work<'_>,
    new_vendor: VendorId,
    new_account: BankAccountId,
    capture: &Capture,
) -> Result<(), Failure> {
    let by = work.ctx.actor;
    register_seller(work, new_vendor, &capture.document.seller, capture.document.currency)?;
    if let Some(account) = &capture.stated_account {
        let payee = capture.document.payee.as_ref().map(|payee| payee.name.clone());
        let holder = payee.filter(|name| !name.trim().is_empty() && *name != capture.document.seller.name);
        let proposal = Proposal { id: new_account, account: account.clone(), replaces: None, by, at: work.ctx.now, holder };
        let propose = VendorCommand::ProposeAccount { proposal, control: BankChangeControl::default() };
        work.decide::<Vendor>(new_vendor, propose).await?;
    }
    Ok(())
}

/// `beside` is the invoice whose number it bears as well, and why it is let in all the same.
pub(crate) async fn receive(
    work: &mut Work<'_>,
    id: InvoiceId,
    vendor_id: VendorId,
    vendor: &Profile,
    capture: &Capture,
    beside: Option<&Beside>,
) -> Result<(), Failure> {
    let agreed = agreed_terms(work, vendor, &capture.document, capture.payable, work.ctx.today()).await?;
    let mut terms = Terms::of(vendor_id, vendor, capture, agreed.as_ref(), work.ctx.now);
    terms.place(work, capture).await?;
    terms.doubt(work, &capture.document).await?;
    let namesake = match beside {
        Some(beside) => Some(beside.namesake(work, &terms.vendor_keys, &capture.document).await?),
        None => None,
    };
    let reception = Reception {
        vendor_id,
        vendor_keys: terms.vendor_keys,
        document: capture.document.clone(),
        payable: capture.payable,
        due_date: terms.due_date,
        effective_date: terms.effective_date,
        pay_to: terms.pay_to,
        entered_by: work.ctx.actor,
        source: capture.source.clone(),
        namesake,
    };
    capture.original.iter().cloned().for_each(|original| work.keep(original));
    let (reception, exceptions) = (Box::new(reception), terms.exceptions);
    let receive = match beside.map(|beside| beside.reason.clone()) {
        Some(reason) => InvoiceCommand::ReceiveBeside { reception, exceptions, reason },
        None => InvoiceCommand::Receive { reception, exceptions },
    };
    work.create::<Invoice>(id, receive)?;
    agree(work, id, agreed).await?;
    if let Some(verdict) = capture.verdict.clone().map(Box::new) {
        work.decide::<Invoice>(id, InvoiceCommand::RecordVerdict { verdict }).await?;
    }
    match_invoice(work, id).await?;
    code_by_default(work, id).await
}

async fn agree(work: &mut Work<'_>, id: InvoiceId, agreed: Option<AgreedTerms>) -> Result<(), Failure> {
    if let Some(terms) = agreed.map(Box::new) {
        work.decide::<Invoice>(id, InvoiceCommand::AgreeTerms { terms }).await?;
    }
    Ok(())
}

/// A correction of the document, the vendor or the account. What is material starts approval over.
pub struct AmendInvoice {
    pub id: InvoiceId,
    pub vendor_id: VendorId,
    pub capture: Capture,
    pub reason: String,
}

impl UseCase for AmendInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let invoice = work.take::<Invoice>(self.id).await?;
        let before = invoice.received()?.stage.clone();
        let latitude = latitude(work, invoice.received()?, &self.capture).await?;
        let vendor = work.load::<Vendor>(self.vendor_id).await?;
        let received_on = invoice.received()?.terms.as_ref().map_or(work.ctx.today(), |terms| terms.received_on);
        let capture = self.capture.clone().after(&invoice.received()?.document);
        let Capture { document, payable, .. } = &capture;
        let agreed = agreed_terms(work, vendor.profile()?, document, *payable, received_on).await?;
        let mut terms = Terms::of(self.vendor_id, vendor.profile()?, &capture, agreed.as_ref(), work.ctx.now);
        let rebooking = terms.replace(work, invoice.received()?, self.vendor_id, &capture).await;
        let rebooking = rebooking.map_err(|failure| failure.told(|refused| refused.below("/invoice")))?;
        terms.doubt(work, document).await?;
        let amendment = Amendment {
            vendor_id: self.vendor_id,
            vendor_keys: terms.vendor_keys,
            document: capture.document.clone(),
            payable: capture.payable,
            due_date: terms.due_date,
            effective_date: terms.effective_date,
            pay_to: terms.pay_to,
            by: work.ctx.actor,
            reason: self.reason.clone(),
            rebooking,
        };
        let rise_max = latitude.as_ref().map(|latitude| latitude.rise_max);
        let amend = InvoiceCommand::Amend { amendment: Box::new(amendment), exceptions: terms.exceptions, rise_max };
        work.decide::<Invoice>(self.id, amend).await?;
        agree(work, self.id, agreed).await?;
        if let Some(day) = rebooking.reversed_on() {
            give_back(work, self.id, day).await?;
        }
        match_invoice(work, self.id).await?;
        if rebooking != Rebooking::Stands {
            code_by_default(work, self.id).await?;
        }
        let after = work.take::<Invoice>(self.id).await?;
        rebind(work, latitude, &before, after.received()?).await?;
        withdraw_if_reset(work, &before, &after.received()?.stage).await
    }
}

/// What the rules in force now say of the original. Records it; the invoice goes on as it was.
pub struct RecordVerdict {
    pub id: InvoiceId,
    pub verdict: Verdict,
}

impl UseCase for RecordVerdict {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.take::<Invoice>(self.id).await?;
        let verdict = Box::new(self.verdict.clone());
        work.decide::<Invoice>(self.id, InvoiceCommand::RecordVerdict { verdict }).await.map(drop)
    }
}

/// Voiding an invoice also ends the approval that runs for it.
pub struct VoidInvoice {
    pub id: InvoiceId,
    pub reason: String,
    pub effective_date: NaiveDate,
}

impl UseCase for VoidInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let invoice = work.take::<Invoice>(self.id).await?;
        let payable = invoice.received()?;
        let (before, effective_date) = (payable.stage.clone(), self.effective_date.max(payable.untouched_from()));
        let void = InvoiceCommand::Void { by: work.ctx.actor, reason: self.reason.clone(), effective_date };
        if work.decide::<Invoice>(self.id, void).await? > 0 {
            admit(work, [effective_date], Posting::Document).await?;
        }
        give_back(work, self.id, effective_date).await?;
        let after = work.take::<Invoice>(self.id).await?;
        withdraw_if_reset(work, &before, &after.received()?.stage).await
    }
}

pub(crate) async fn withdraw_if_reset(work: &mut Work<'_>, before: &Stage, after: &Stage) -> Result<(), Failure> {
    match (before, after) {
        (Stage::PendingApproval { approval_id, .. } | Stage::Approved { approval_id, .. }, Stage::Received | Stage::Voided { .. }) => {
            let because = "the invoice was changed or voided".to_owned();
            work.decide::<Approval>(*approval_id, ApprovalCommand::Withdraw { because }).await.map(drop)
        }
        _ => Ok(()),
    }
}

/// What follows from a document and its vendor.
struct Terms {
    vendor_keys: Vec<String>,
    due_date: NaiveDate,
    effective_date: NaiveDate,
    pay_to: Option<PayTo>,
    exceptions: Vec<InvoiceException>,
}

impl Terms {
    fn of(vendor_id: VendorId, vendor: &Profile, capture: &Capture, agreed: Option<&AgreedTerms>, now: DateTime<Utc>) -> Self {
        let document = &capture.document;
        let (pay_to, account_finding) = pay_to(vendor, capture, now);
        let mut exceptions = capture.exceptions.clone();
        exceptions.extend(account_finding);
        exceptions.extend(stranger_paid(vendor, capture, pay_to.as_ref(), now));
        exceptions.extend(vendor.blocked.as_deref().map(blocked));
        Self {
            vendor_keys: vendor.group_keys(vendor_id),
            due_date: agreed.and_then(AgreedTerms::due_date).or(document.due_date).unwrap_or_else(|| vendor.due_from(document.issue_date)),
            effective_date: capture.effective_date.unwrap_or(document.issue_date),
            pay_to,
            exceptions,
        }
    }
}

impl Terms {
    /// A day that the caller names must be near and open; a document that names none counts on the first open day from its own,
    /// which is near too: what counts in a year to come stands in no report until then, and such a date is a slip.
    async fn place(&mut self, work: &mut Work<'_>, capture: &Capture) -> Result<(), Failure> {
        match capture.effective_date {
            Some(day) => {
                no_day_to_come("/effective_date", day, work.ctx.today() + DAYS_AHEAD_MAX)?;
                admit(work, [day], Posting::Document).await
            }
            None => {
                no_day_to_come("/issue_date", capture.document.issue_date, work.ctx.today() + DAYS_AHEAD_MAX)?;
                self.effective_date = counts_on(work, capture.document.issue_date).await?;
                Ok(())
            }
        }
    }

    /// The same of an amendment: what it replaces is taken back where that counts, or in the first open period.
    async fn replace(
        &mut self,
        work: &mut Work<'_>,
        before: &Payable,
        vendor_id: VendorId,
        capture: &Capture,
    ) -> Result<Rebooking, Failure> {
        let calendar = work.load::<FiscalCalendar>(calendar_id(work.tenant())).await?;
        let rebooking = before.rebooking(vendor_id, &capture.document, capture.payable, capture.effective_date, &calendar);
        if rebooking == Rebooking::Stands {
            self.effective_date = before.effective_date;
            return Ok(rebooking);
        }
        self.place(work, capture).await?;
        let earliest = before.untouched_from();
        if capture.effective_date.is_some_and(|named| named < earliest && earliest > before.effective_date) {
            return Err(InvoiceRefusal::AllocationTooEarly { earliest }.into());
        }
        if capture.effective_date.is_none() {
            self.effective_date = rebooking.reversed_on().map_or(self.effective_date, |day| self.effective_date.max(day));
        }
        Ok(rebooking)
    }

    async fn doubt(&mut self, work: &mut Work<'_>, document: &InvoiceDocument) -> Result<(), Failure> {
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        let tenant = work.load::<Tenant>(work.tenant()).await?;
        let company = tenant.company()?;
        let found = doubts(document, &chart, company.address.country.as_deref());
        for doubt in found.into_iter().chain(addressed_elsewhere(document, company)) {
            // A kind of exception stands once on an invoice.
            match self.exceptions.iter_mut().find(|known| known.kind == doubt.kind) {
                Some(known) => known.findings.extend(doubt.findings),
                None => self.exceptions.push(doubt),
            }
        }
        Ok(())
    }
}

fn blocked(reason: &str) -> InvoiceException {
    InvoiceException { kind: ExceptionKind::VendorBlocked, findings: vec![finding("vendor_blocked", reason)] }
}

pub(crate) fn finding(rule: &str, message: &str) -> Finding {
    Finding { rule: rule.to_owned(), message: message.to_owned(), stated: None, expected: None }
}
