//! Withholding taxes by their codes, and what they come to on a payment.

use chrono::NaiveDate;
use quittance_domain::aggregate::derived_id;
use quittance_domain::chart::Chart;
use quittance_domain::ids::{TenantId, WithholdingTaxId};
use quittance_domain::invoice::Payable;
use quittance_domain::vendor::Profile;
use quittance_domain::withholding::{RateInForce, Withholding, WithholdingCommand, WithholdingRule, WithholdingTax};
use quittance_domain::{Money, RefusalKind};

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::tenant::chart_id;
use crate::work::Work;

/// One code of one company has one id.
pub fn withholding_id(tenant: TenantId, code: &str) -> WithholdingTaxId {
    WithholdingTaxId(derived_id(&[b"withholding tax", tenant.0.as_bytes(), code.as_bytes()]))
}

/// What a payment that settles this much of an invoice keeps back, if the vendor's payments keep anything back on that day.
pub(crate) async fn to_withhold(
    work: &mut Work<'_>,
    vendor: &Profile,
    payable: &Payable,
    settled: Money,
    value_date: NaiveDate,
) -> Result<Option<Withholding>, Failure> {
    let rate = rate_in_force(work, vendor, value_date).await?;
    Ok(rate.and_then(|rate| payable.to_withhold(rate, settled)))
}

/// At which rate the vendor's payments keep tax back on a day.
pub(crate) async fn rate_in_force(work: &mut Work<'_>, vendor: &Profile, day: NaiveDate) -> Result<Option<RateInForce>, Failure> {
    let Some(code) = vendor.details.withholding_tax.as_deref() else { return Ok(None) };
    let tax = work.load::<WithholdingTax>(withholding_id(work.tenant(), code)).await?;
    Ok(tax.in_force(day))
}

/// Gives a code its meaning: its tax goes to an account of the chart that people may post to.
pub struct AdoptWithholdingTax {
    pub code: String,
    pub rule: WithholdingRule,
}

impl UseCase for AdoptWithholdingTax {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (code, rule) = (self.code.clone(), self.rule.clone());
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        chart.account_for_documents(&rule.account_code).map_err(|refusal| Refused::from(refusal).at("/rule/account_code"))?;
        let id = withholding_id(work.tenant(), &code);
        let adopt = WithholdingCommand::Adopt { code, rule, by: work.ctx.actor };
        work.decide::<WithholdingTax>(id, adopt).await.map(drop)
    }
}

/// Whether there is such a code, for a vendor that is to carry it.
pub(crate) async fn adopted(work: &mut Work<'_>, code: &str) -> Result<(), Failure> {
    let tax = work.load::<WithholdingTax>(withholding_id(work.tenant(), code)).await?;
    let unknown =
        |e: quittance_domain::withholding::WithholdingRefusal| Refused::new("withholding_tax_missing", RefusalKind::Invalid, e.to_string());
    tax.rule().map(drop).map_err(|e| unknown(e).at("/withholding_tax").into())
}
