//! Payment terms by their code, and what they come to on an invoice.

use chrono::NaiveDate;
use quittance_domain::Money;
use quittance_domain::RefusalKind;
use quittance_domain::aggregate::derived_id;
use quittance_domain::goods_receipt::GoodsReceipt;
use quittance_domain::ids::{InvoiceId, PaymentTermsId, PurchaseOrderId, TenantId, VendorId};
use quittance_domain::invoice::{DocumentKind, Invoice, InvoiceCommand, InvoiceDocument};
use quittance_domain::purchase_order::{Arrival, PurchaseOrder};
use quittance_domain::tenant::Tenant;
use quittance_domain::terms::{AgreedTerms, Dates, PaymentTerms};
use quittance_domain::vendor::{Profile, Vendor, VendorCommand, VendorDetails};

use crate::coding::vendor_usually_postable;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::vendor::bank_change_control;
use crate::withholding;
use crate::work::Work;

/// One code of one company has one id.
pub fn terms_id(tenant: TenantId, code: &str) -> PaymentTermsId {
    PaymentTermsId(derived_id(&[b"payment terms", tenant.0.as_bytes(), code.as_bytes()]))
}

/// What the vendor's terms come to on this document; `None` where nothing was agreed, and for what is not paid.
pub async fn agreed_terms(
    work: &mut Work<'_>,
    vendor: &Profile,
    document: &InvoiceDocument,
    payable: Money,
    received_on: NaiveDate,
) -> Result<Option<AgreedTerms>, Failure> {
    if document.kind != DocumentKind::Invoice {
        return Ok(None);
    }
    let Some(code) = vendor.details.payment_terms.as_deref() else {
        return offered(work, vendor, document, payable, received_on).await;
    };
    let terms = work.load::<PaymentTerms>(terms_id(work.tenant(), code)).await?;
    let PaymentTerms::Adopted { code, version, rule } = &*terms else { return Ok(None) };
    let of_order = document.references.purchase_order.is_some() && !document.is_prepayment();
    let dates = Dates { invoice: document.issue_date, received: received_on, of_order };
    let mut agreed = AgreedTerms::of(code, *version, rule, dates, &document.totals, payable);
    if discounts_correct_tax(work).await? {
        agreed = agreed.map(|agreed| agreed.correcting_tax(rule, document));
    }
    // A document that says when it is due is believed, unless it is owed in parts.
    Ok(agreed.map(|agreed| agreed.due_as_stated(document, payable)))
}

/// Nothing was agreed: what the document offers is the vendor's word.
async fn offered(
    work: &mut Work<'_>,
    vendor: &Profile,
    document: &InvoiceDocument,
    payable: Money,
    received_on: NaiveDate,
) -> Result<Option<AgreedTerms>, Failure> {
    let due_date = document.due_date.unwrap_or_else(|| vendor.due_from(document.issue_date));
    let agreed = AgreedTerms::offered(document, payable, received_on, due_date);
    Ok(if discounts_correct_tax(work).await? { agreed.map(|agreed| agreed.correcting_tax_of(document)) } else { agreed })
}

/// Whether the law reduces the tax of what is paid early: what we deduct of it, and what we owe.
pub(crate) async fn discounts_correct_tax(work: &mut Work<'_>) -> Result<bool, Failure> {
    Ok(work.load::<Tenant>(work.tenant()).await?.company().is_ok_and(|company| company.discount_tax().reduces_input_tax))
}

/// Where an invoice's days count from the receipt of its goods: fixes them once these have come in, as far as they ever will. What comes in
/// never is like what names no order: its days count from the day on which the invoice came in.
pub async fn fix_base_date(work: &mut Work<'_>, id: InvoiceId) -> Result<(), Failure> {
    let invoice = work.take::<Invoice>(id).await?;
    let payable = invoice.received()?;
    let order = payable.matching.as_ref().and_then(|matching| matching.purchase_order_id);
    let Some(terms) = payable.terms.as_ref().filter(|terms| terms.awaiting_goods.is_some()) else { return Ok(()) };
    let goods_in = match arrival(work, id, order, payable.awaits_arrival()).await? {
        Arrival::Awaited => return Ok(()),
        Arrival::On(day) => day,
        Arrival::Never => terms.received_on,
    };
    work.decide::<Invoice>(id, InvoiceCommand::FixBaseDate { goods_in }).await.map(drop)
}

/// `held` where the invoice waits for goods that are missing, or for the order that it names.
async fn arrival(work: &mut Work<'_>, id: InvoiceId, order: Option<PurchaseOrderId>, held: bool) -> Result<Arrival, Failure> {
    let Some(order) = order else { return Ok(if held { Arrival::Awaited } else { Arrival::Never }) };
    let order = work.take::<PurchaseOrder>(order).await?;
    let mut deliveries = Vec::new();
    for receipt in &order.order()?.receipts {
        deliveries.push(work.load::<GoodsReceipt>(*receipt).await?.posted()?.delivery.clone());
    }
    Ok(order.goods_in(id, &deliveries, held))
}

/// Whether there is such a code, for a party that is to carry it.
pub(crate) async fn adopted(work: &mut Work<'_>, code: &str) -> Result<(), Failure> {
    let terms = work.load::<PaymentTerms>(terms_id(work.tenant(), code)).await?;
    let missing = terms.rule().map_err(|unknown| Refused::new("payment_terms_missing", RefusalKind::Invalid, unknown.to_string()));
    Ok(missing.map(drop).map_err(|refused| refused.at("/payment_terms"))?)
}

/// What the company itself keeps about a vendor.
pub struct DescribeVendor {
    pub id: VendorId,
    pub details: VendorDetails,
}

impl UseCase for DescribeVendor {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        if let Some(code) = &self.details.payment_terms {
            adopted(work, code).await?;
        }
        if let Some(code) = &self.details.withholding_tax {
            withholding::adopted(work, code).await?;
        }
        // What the chart has closed since does not stand in the way of another change.
        let coding = work.take::<Vendor>(self.id).await?.profile()?.details.coding.clone();
        if self.details.coding != coding {
            vendor_usually_postable(work, &self.details.coding).await?;
        }
        let control = bank_change_control(work).await?;
        let describe = VendorCommand::Describe { details: self.details.clone(), by: work.ctx.actor, control };
        work.decide::<Vendor>(self.id, describe).await.map(drop)
    }
}
