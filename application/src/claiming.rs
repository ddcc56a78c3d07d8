//! What a payment takes of an invoice: its money, the discount that goes with it, and the tax that is kept back.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::bank_account::{BankAccount, Country, Iban, PaymentReference, QrReference};
use quittance_domain::ids::{InvoiceId, PaymentId};
use quittance_domain::invoice::{Invoice, InvoiceCommand, InvoiceRefusal, PayTo, Payable};
use quittance_domain::party::Address;
use quittance_domain::payment::{AchReceiver, CreditorItem, Method};
use quittance_domain::terms::Settlement;
use quittance_domain::vendor::{Profile, Vendor};
use quittance_domain::{Money, RefusalKind};

use crate::failure::{Failure, Refused};
use crate::withholding::to_withhold;
use crate::work::Work;

/// A line of a payment and what it takes of an invoice; without an amount, all that is open and unclaimed.
pub(crate) struct Claiming {
    pub payment_id: PaymentId,
    pub line: u32,
    pub invoice_id: InvoiceId,
    pub method: Method,
    /// With the tax that is kept back of it, without the discount.
    pub amount: Option<Money>,
    /// What a run said that the amount takes with it; what the terms say where absent.
    pub discount: Option<Money>,
    /// When the money is to move: what decides about a discount.
    pub value_date: NaiveDate,
}

/// Takes what the payment pays of the invoice, if it may be paid at all.
pub(crate) async fn claim(work: &mut Work<'_>, claiming: &Claiming) -> Result<CreditorItem, Failure> {
    let invoice = work.take::<Invoice>(claiming.invoice_id).await?;
    let payable = invoice.received()?;
    counts(payable, claiming.value_date)?;
    let vendor = work.load::<Vendor>(payable.vendor_id).await?;
    let account = payable_account(payable, vendor.profile()?, claiming.method, work.ctx.now)?;
    let Settlement { cash, discount } = match (claiming.amount, claiming.discount) {
        (Some(cash), Some(discount)) => Settlement { cash, discount },
        (amount, _) => payable.settlement(amount, claiming.value_date),
    };
    let withheld = to_withhold(work, vendor.profile()?, payable, cash, claiming.value_date).await?;
    let transfer = withheld.as_ref().map_or(cash, |withheld| Money::rounded(cash.amount() - withheld.tax.amount(), cash.currency()));
    let item = CreditorItem { withheld: withheld.clone(), ..item(claiming, payable, vendor.profile()?, account, transfer)? };
    let (payment_id, value_date) = (claiming.payment_id, claiming.value_date);
    work.decide::<Invoice>(claiming.invoice_id, InvoiceCommand::Claim { payment_id, amount: transfer }).await?;
    if let Some(withholding) = withheld.map(Box::new) {
        work.decide::<Invoice>(claiming.invoice_id, InvoiceCommand::Withhold { payment_id, withholding }).await?;
    }
    if discount.is_positive() {
        let claim = InvoiceCommand::ClaimDiscount { payment_id, amount: discount, value_date };
        work.decide::<Invoice>(claiming.invoice_id, claim).await?;
    }
    Ok(item)
}

/// What counts from a day to come on is owed from then on; money that left before could not be settled against it.
fn counts(payable: &Payable, value_date: NaiveDate) -> Result<(), Refused> {
    if payable.effective_date <= value_date {
        return Ok(());
    }
    let detail = format!("the invoice counts from {} on: no money moves for it before", payable.effective_date);
    Err(Refused::new("value_date_too_early", RefusalKind::Invalid, detail).at("/execution_date"))
}

fn item(
    claiming: &Claiming,
    payable: &Payable,
    vendor: &Profile,
    account: Option<BankAccount>,
    amount: Money,
) -> Result<CreditorItem, Failure> {
    let document = &payable.document;
    // An account in another name is paid in that name: the bank compares the two.
    let paid = payable.pay_to.as_ref().filter(|_| account.is_some()).and_then(|to| vendor.account(to.bank_account_id));
    let holder = paid.and_then(|paid| paid.holder.as_deref());
    let creditor_is_person = vendor.details.person && holder.is_none();
    let (creditor_name, creditor_address) = match holder {
        Some(holder) => (holder, Address::default()),
        None => (vendor.party.name.as_str(), vendor.party.address.clone()),
    };
    locatable(claiming.method, creditor_name, &creditor_address)?;
    let remittance = document.payment.remittance.clone().unwrap_or_else(|| document.number.clone());
    payable_with(claiming.method, account.as_ref(), &remittance)?;
    let end_to_end_id = match &account {
        Some(account) if claiming.method == Method::AchCreditTransfer => {
            let line_of_person = creditor_is_person.then_some(claiming.line);
            AchReceiver { vendor_id: payable.vendor_id, account, line_of_person }.identification(claiming.payment_id)
        }
        _ => end_to_end_id(claiming)?,
    };
    Ok(CreditorItem {
        line: claiming.line,
        invoice_id: claiming.invoice_id,
        invoice_number: document.number.clone(),
        vendor_id: payable.vendor_id,
        creditor_name: creditor_name.to_owned(),
        creditor_address,
        creditor_account: account,
        amount,
        end_to_end_id,
        remittance,
        version_hash: payable.version_hash(),
        creditor_is_person,
        withheld: None,
    })
}

/// Banks abroad turn away a creditor whose town and country are not told apart from the rest of the address.
fn locatable(method: Method, creditor: &str, address: &Address) -> Result<(), Refused> {
    let said = |part: &Option<String>| part.as_deref().is_some_and(|part| !part.trim().is_empty());
    let country = address.country.as_deref().is_some_and(|country| Country::parse(country).is_ok());
    if method != Method::InternationalCreditTransfer || (said(&address.city) && country) {
        return Ok(());
    }
    let detail = format!("{creditor} is paid abroad only with the town and country of its address");
    Err(Refused::new("creditor_address_incomplete", RefusalKind::Invalid, detail).at("/creditor_address"))
}

/// Swiss banks return what goes to a QR-IBAN without the reference that its bill states.
fn payable_with(method: Method, account: Option<&BankAccount>, remittance: &str) -> Result<(), Refused> {
    let needs_reference = method.by_file() && account.and_then(BankAccount::iban).is_some_and(Iban::is_qr);
    if !needs_reference || QrReference::parse(remittance).is_some() {
        return Ok(());
    }
    let detail = "a QR-IBAN is paid by the QR reference of its bill alone, and the invoice states none";
    Err(Refused::new("qr_reference_missing", RefusalKind::Invalid, detail))
}

fn end_to_end_id(claiming: &Claiming) -> Result<String, Refused> {
    PaymentReference::end_to_end_id(claiming.payment_id.0, claiming.line)
        .map(|id| id.to_string())
        .map_err(|e| Refused::new("too_many_items", RefusalKind::Invalid, e.to_string()).at("/items"))
}

/// The account that was approved, if the vendor may be paid there now.
pub(crate) fn payable_account(
    payable: &Payable,
    vendor: &Profile,
    method: Method,
    now: DateTime<Utc>,
) -> Result<Option<BankAccount>, Failure> {
    if method != Method::Manual && payable.document.payment.settles_otherwise() {
        return Err(InvoiceRefusal::PaidOtherwise.into());
    }
    let Some(PayTo { bank_account_id, account }) = &payable.pay_to else {
        vendor.payable()?;
        return match method {
            _ if method.needs_no_account() => Ok(None),
            _ => Err(InvoiceRefusal::BankAccountMissing.into()),
        };
    };
    vendor.payable_to(*bank_account_id, account, now)?;
    match method {
        _ if method.reaches(account) => Ok(Some(account.clone())),
        Method::AchCreditTransfer => Err(Refused::new(
            "ach_needs_us_account",
            RefusalKind::Invalid,
            "an ACH credit goes to an American account, whose number has at most 17 characters",
        )
        .into()),
        Method::InternationalCreditTransfer => {
            let detail = "an international credit transfer goes to an IBAN, or to an account whose bank has a BIC or a clearing number";
            Err(Refused::new("transfer_needs_bank", RefusalKind::Invalid, detail).into())
        }
        _ => Err(Refused::new("sepa_needs_iban", RefusalKind::Invalid, "a SEPA credit transfer goes to an IBAN of the SEPA").into()),
    }
}
