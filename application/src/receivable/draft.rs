//! Drafting an invoice of ours: whom it is for, where its revenue goes, what leaves which stock.

use chrono::NaiveDate;
use quittance_domain::chart::{Chart, PostingRole};
use quittance_domain::customer::Profile;
use quittance_domain::ids::{CustomerId, ItemId, ReceivableId};
use quittance_domain::invoice::{Adjustment, Assignment, InvoiceLine, References, totals};
use quittance_domain::item::Item;
use quittance_domain::receivable::{Receivable, ReceivableCommand, ReceivableDocument, ReceivableLine, SoldGoods};
use quittance_domain::{Currency, RefusalKind};
use rust_decimal::Decimal;

use super::buyer;
use crate::coding::postable;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::location::admit_place;
use crate::tenant::chart_id;
use crate::terms::adopted;
use crate::work::Work;

/// What an invoice of ours is to say, before it is known where its revenue goes.
#[derive(Clone, Debug)]
pub struct Draft {
    pub customer_id: CustomerId,
    pub currency: Currency,
    /// The customer's where absent.
    pub payment_terms: Option<String>,
    pub references: References,
    pub delivered_on: Option<NaiveDate>,
    pub lines: Vec<DraftLine>,
    pub adjustments: Vec<Adjustment>,
    pub notes: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct DraftLine {
    pub line: InvoiceLine,
    /// The customer's usual one where absent, then the account for revenue that nobody codes.
    pub coding: Option<Assignment>,
    /// What lies in a stock of ours, and where.
    pub goods: Option<(ItemId, String)>,
}

pub struct DraftReceivable {
    pub id: ReceivableId,
    pub draft: Draft,
}

impl UseCase for DraftReceivable {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.reserve_primary::<Receivable>(self.id);
        let document = Box::new(self.draft.document(work).await?);
        let draft = ReceivableCommand::Draft { customer_id: self.draft.customer_id, document, by: work.ctx.actor };
        work.create::<Receivable>(self.id, draft).map(drop)
    }
}

pub struct ReviseReceivable {
    pub id: ReceivableId,
    pub draft: Draft,
}

impl UseCase for ReviseReceivable {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.take::<Receivable>(self.id).await?.draft()?;
        let document = Box::new(self.draft.document(work).await?);
        let revise = ReceivableCommand::Revise { customer_id: self.draft.customer_id, document, by: work.ctx.actor };
        work.decide::<Receivable>(self.id, revise).await.map(drop)
    }
}

impl Draft {
    async fn document(&self, work: &mut Work<'_>) -> Result<ReceivableDocument, Failure> {
        let customer = buyer(work, self.customer_id).await?;
        let payment_terms = self.payment_terms.clone().or_else(|| customer.details.payment_terms.clone());
        if let Some(code) = &payment_terms {
            adopted(work, code).await?;
        }
        let mut references = self.references.clone();
        references.buyer = references.buyer.or_else(|| customer.details.buyer_reference.clone());
        let mut lines = Vec::with_capacity(self.lines.len());
        for (index, line) in self.lines.iter().enumerate() {
            let place = format!("/lines/{index}");
            lines.push(line.placed(work, &customer).await.map_err(|failure| failure.told(|refused| refused.below(&place)))?);
        }
        let stated: Vec<InvoiceLine> = lines.iter().map(|line| line.line.clone()).collect();
        let computed = totals::totals(&stated, &self.adjustments, Decimal::ZERO, Decimal::ZERO, self.currency);
        let too_large = || Refused::new("amounts_too_large", RefusalKind::Invalid, "the amounts are too large to add up").at("/lines");
        let (tax_breakdown, totals) = computed.ok_or_else(too_large)?;
        Ok(ReceivableDocument {
            currency: self.currency,
            payment_terms,
            references,
            delivered_on: self.delivered_on,
            lines,
            adjustments: self.adjustments.clone(),
            tax_breakdown,
            totals,
            notes: self.notes.clone(),
        })
    }
}

impl DraftLine {
    async fn placed(&self, work: &mut Work<'_>, customer: &Profile) -> Result<ReceivableLine, Failure> {
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        let usual = || customer.details.coding.clone();
        let default = || Some(Assignment::to(chart.posting_account(PostingRole::DefaultRevenue)?.clone()));
        let coding = self.coding.clone().or_else(usual).or_else(default);
        let mut coding = coding.ok_or_else(|| Failure::Unavailable("the chart lacks a posting account".to_owned()))?;
        postable(&chart, &coding).map_err(|refused| refused.below("/coding"))?;
        if let Err(unfit) = self.taxed(&chart, &coding, work.ctx.today()) {
            // What the customer's sales are usually taxed as does not bind a line that is taxed otherwise.
            if self.coding.is_some() {
                return Err(unfit.into());
            }
            coding.tax_code = None;
        }
        let goods = match &self.goods {
            Some((item_id, location)) => Some(sold(work, &self.line, *item_id, location).await?),
            None => None,
        };
        Ok(ReceivableLine { line: self.line.clone(), coding, goods })
    }
}

impl DraftLine {
    /// A tax code takes tax of its own category and rate only.
    fn taxed(&self, chart: &Chart, coding: &Assignment, today: NaiveDate) -> Result<(), Refused> {
        let tax = &self.line.tax;
        match &coding.tax_code {
            Some(code) if !chart.tax_code_fits(code, &tax.code, tax.rate, today) => {
                let detail = format!("the line is taxed as {} at {} percent, which is not what {code} stands for", tax.code, tax.rate);
                Err(Refused::new("tax_code_unfit", RefusalKind::Invalid, detail).at("/coding/tax_code"))
            }
            _ => Ok(()),
        }
    }
}

/// What leaves a stock for a line: in the item's own unit, whichever the line is told in.
async fn sold(work: &mut Work<'_>, line: &InvoiceLine, item_id: ItemId, location: &str) -> Result<SoldGoods, Failure> {
    let item = work.load::<Item>(item_id).await?;
    let card = item.card().map_err(|_| Refused::new("item_unknown", RefusalKind::Invalid, "there is no such item").at("/goods/item_id"))?;
    admit_place(work, location, "/goods/location").await?;
    let unit = &line.quantity.unit;
    let factor = if *unit == card.unit { Some(Decimal::ONE) } else { card.factor_of(unit) };
    let factor = factor.ok_or_else(|| {
        let detail = format!("nobody has said how many {} of {} one {unit} is", card.unit, card.sku);
        Refused::new("unit_not_convertible", RefusalKind::Invalid, detail).at("/quantity/unit")
    })?;
    let quantity = line.quantity.value.saturating_mul(factor);
    Ok(SoldGoods { item_id, location: location.to_owned(), quantity })
}
