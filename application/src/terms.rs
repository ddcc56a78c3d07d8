//! Payment terms by their code, and what they come to on an invoice.

use chrono::NaiveDate;
use quittance_domain::Money;
use quittance_domain::RefusalKind;
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{PaymentTermsId, TenantId, VendorId};
use quittance_domain::invoice::{DocumentKind, InvoiceDocument};
use quittance_domain::terms::{AgreedTerms, Dates, PaymentTerms};
use quittance_domain::vendor::{Profile, Vendor, VendorCommand, VendorDetails};

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
    let Some(code) = vendor.details.payment_terms.as_deref().filter(|_| document.kind == DocumentKind::Invoice) else {
        return Ok(None);
    };
    let terms = work.load::<PaymentTerms>(terms_id(work.tenant(), code)).await?;
    let PaymentTerms::Adopted { code, version, rule } = &*terms else { return Ok(None) };
    let dates = Dates { invoice: document.issue_date, received: received_on };
    let agreed = AgreedTerms::of(code, *version, rule, dates, &document.totals, payable);
    // A document that says when it is due is believed, unless it is owed in parts.
    Ok(match document.due_date {
        Some(stated) => agreed.map(|agreed| agreed.due_on(stated)),
        None => agreed,
    })
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
            let terms = work.load::<PaymentTerms>(terms_id(work.tenant(), code)).await?;
            terms
                .rule()
                .map_err(|unknown| Refused::new("payment_terms_missing", RefusalKind::Invalid, unknown.to_string()).at("/payment_terms"))?;
        }
        if let Some(code) = &self.details.withholding_tax {
            withholding::adopted(work, code).await?;
        }
        let control = bank_change_control(work).await?;
        let describe = VendorCommand::Describe { details: self.details.clone(), by: work.ctx.actor, control };
        work.decide::<Vendor>(self.id, describe).await.map(drop)
    }
}
