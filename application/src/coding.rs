//! Coding an invoice: only to what the chart has, by hand or as an item or a vendor usually is.

use std::collections::{BTreeSet, HashMap};

use quittance_domain::RefusalKind;
use quittance_domain::chart::{Chart, ChartRefusal, Code, NoCode};
use quittance_domain::ids::{InvoiceId, ItemId};
use quittance_domain::invoice::{Assignment, DefaultOf, Invoice, InvoiceCommand, InvoiceLine, Payable, Split};
use quittance_domain::item::{Item, sku_key};
use quittance_domain::vendor::{DefaultCoding, Vendor};

use crate::calendar::counts_on;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::invoice::withdraw_if_reset;
use crate::journal::known;
use crate::tenant::chart_id;
use crate::work::Work;

/// Says what an invoice's lines were spent on. An approval that was asked or granted for something else is void.
pub struct CodeInvoice {
    pub id: InvoiceId,
    pub splits: Vec<Split>,
}

impl UseCase for CodeInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let invoice = work.take::<Invoice>(self.id).await?;
        let payable = invoice.received()?;
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        for (index, split) in self.splits.iter().enumerate() {
            let line = payable.document.lines.iter().find(|line| line.id == split.line);
            for (part, (to, _)) in split.parts.iter().enumerate() {
                postable(&chart, to)
                    .and_then(|()| fits(&chart, to, line, payable))
                    .map_err(|refused| refused.below(format_args!("/lines/{index}/parts/{part}")))?;
            }
        }
        // What was spent in a period that is closed goes elsewhere in the first open one.
        let counts_on = counts_on(work, payable.effective_date).await?;
        let effective_date = (counts_on != payable.effective_date).then_some(counts_on);
        work.decide::<Invoice>(self.id, InvoiceCommand::Code { splits: self.splits.clone(), by: work.ctx.actor, effective_date }).await?;
        let after = work.take::<Invoice>(self.id).await?;
        withdraw_if_reset(work, &payable.stage, &after.received()?.stage).await
    }
}

/// Codes what nobody has coded as the item that a line names usually is, else as the vendor's invoices are; what the chart no
/// longer takes is left open.
pub(crate) async fn code_by_default(work: &mut Work<'_>, id: InvoiceId) -> Result<(), Failure> {
    let invoice = work.take::<Invoice>(id).await?;
    let payable = invoice.received()?;
    let splits = if payable.takes_no_defaults() { vec![] } else { defaults(work, payable).await? };
    if splits.is_empty() && payable.coding().is_some() {
        return Ok(());
    }
    work.decide::<Invoice>(id, InvoiceCommand::Code { splits, by: work.ctx.actor, effective_date: None }).await.map(drop)
}

async fn defaults(work: &mut Work<'_>, payable: &Payable) -> Result<Vec<Split>, Failure> {
    let uncoded: Vec<&InvoiceLine> = payable.uncoded_lines().filter(named_once(payable)).collect();
    let of_items = of_items(work, &uncoded).await?;
    let of_vendor = usual(&work.load::<Vendor>(payable.vendor_id).await?.profile()?.details.coding);
    if of_vendor.is_none() && of_items.is_empty() {
        return Ok(vec![]);
    }
    let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
    let of_vendor = of_vendor.map(|to| (DefaultOf::Vendor(payable.vendor_id), to));
    let split = |line: &&InvoiceLine| {
        let of_item = line.item_number.as_deref().and_then(|number| of_items.get(&sku_key(number)));
        let takes = |(_, to): &&(DefaultOf, Assignment)| postable(&chart, to).is_ok() && fits(&chart, to, Some(line), payable).is_ok();
        let (of, to) = [of_item, of_vendor.as_ref()].into_iter().flatten().find(takes)?.clone();
        Some(Split::by_default(line, to, of))
    };
    Ok(uncoded.iter().filter_map(split).collect())
}

/// What the items that these lines name are usually coded to, by what their numbers claim.
async fn of_items(work: &mut Work<'_>, lines: &[&InvoiceLine]) -> Result<HashMap<String, (DefaultOf, Assignment)>, Failure> {
    let keys: BTreeSet<String> = lines.iter().filter_map(|line| line.item_number.as_deref()).map(sku_key).collect();
    let keys: Vec<String> = keys.into_iter().collect();
    let mut found = HashMap::new();
    for (key, holder) in keys.iter().zip(work.holders(&keys).await?) {
        let Some(item_id) = holder.map(ItemId) else { continue };
        let item = work.load::<Item>(item_id).await?;
        found.extend(item.card()?.coding.clone().map(|to| (key.clone(), (DefaultOf::Item(item_id), to))));
    }
    Ok(found)
}

/// A document may name two lines alike; neither can then be coded.
fn named_once(payable: &Payable) -> impl Fn(&&InvoiceLine) -> bool {
    |line| payable.document.lines.iter().filter(|other| other.id == line.id).count() == 1
}

/// As it is kept of the vendor; nothing where no account is, or where it is no code of a chart.
fn usual(coding: &DefaultCoding) -> Option<Assignment> {
    let code = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Code>().ok());
    let account_code = code(&coding.account_code)?;
    Some(Assignment { account_code, cost_centre: code(&coding.cost_centre), project: None, tax_code: code(&coding.tax_code) })
}

/// What a customer's or an item's documents usually are stands in the chart.
pub(crate) async fn usually_postable(work: &mut Work<'_>, coding: Option<&Assignment>) -> Result<(), Failure> {
    let Some(to) = coding else { return Ok(()) };
    let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
    Ok(postable(&chart, to).map_err(|refused| refused.below("/coding"))?)
}

/// The same of a vendor's, which may say less than where a line goes.
pub(crate) async fn vendor_usually_postable(work: &mut Work<'_>, coding: &DefaultCoding) -> Result<(), Failure> {
    if *coding == DefaultCoding::default() {
        return Ok(());
    }
    let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
    let DefaultCoding { account_code, cost_centre, tax_code } = coding;
    let checked = || -> Result<(), Refused> {
        if let Some(account) = named(account_code, "account_unknown", "/account_code")? {
            chart.account_for_documents(&account).map_err(|refusal| Refused::from(refusal).at("/account_code"))?;
        }
        let centre = named(cost_centre, "cost_centre_unknown", "/cost_centre")?;
        known(&chart.cost_centres, centre.as_ref(), ChartRefusal::CostCentreUnknown, "/cost_centre")?;
        let tax = named(tax_code, "tax_code_unknown", "/tax_code")?;
        known(&chart.tax_codes, tax.as_ref(), ChartRefusal::TaxCodeUnknown, "/tax_code")
    };
    Ok(checked().map_err(|refused| refused.below("/coding"))?)
}

/// What is no code stands in no chart.
fn named(text: &Option<String>, unknown: &'static str, pointer: &str) -> Result<Option<Code>, Refused> {
    let Some(text) = text else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|no_code: NoCode| Refused::new(unknown, RefusalKind::Invalid, format!("{text:?}: {no_code}")).at(pointer))
}

pub(crate) fn postable(chart: &Chart, to: &Assignment) -> Result<(), Refused> {
    chart.account_for_documents(&to.account_code).map_err(|refusal| Refused::from(refusal).at("/account_code"))?;
    known(&chart.cost_centres, to.cost_centre.as_ref(), ChartRefusal::CostCentreUnknown, "/cost_centre")?;
    known(&chart.projects, to.project.as_ref(), ChartRefusal::ProjectUnknown, "/project")?;
    known(&chart.tax_codes, to.tax_code.as_ref(), ChartRefusal::TaxCodeUnknown, "/tax_code")
}

/// A tax code takes tax of its own category and rate only.
fn fits(chart: &Chart, to: &Assignment, line: Option<&InvoiceLine>, payable: &Payable) -> Result<(), Refused> {
    let (Some(code), Some(line)) = (&to.tax_code, line) else { return Ok(()) };
    if chart.tax_code_fits(code, &line.tax.code, line.tax.rate, payable.document.issue_date) {
        return Ok(());
    }
    let detail = format!("the line is taxed as {} at {} percent, which is not what {code} stands for", line.tax.code, line.tax.rate);
    Err(Refused::new("tax_code_unfit", RefusalKind::Invalid, detail).at("/tax_code"))
}
