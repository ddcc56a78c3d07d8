//! The tenant's one set of tolerances, and the question what another would have found in the past.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{InvoiceId, PurchaseOrderId, TenantId, TolerancesId, UserId};
use quittance_domain::invoice::Invoice;
use quittance_domain::item::Item;
use quittance_domain::matching::{Billed, Check, CheckOf, Evaluation, MatchFinding, evaluate};
use quittance_domain::purchase_order::PurchaseOrder;
use quittance_domain::tolerance::{ToleranceSet, Tolerances, TolerancesCommand};
use quittance_domain::vendor::Vendor;
use quittance_domain::{Money, RefusalKind};

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::matching::{Groups, billed, ordered_lines};
use crate::vendor::survivor;
use crate::work::Work;

pub fn tolerances_id(tenant: TenantId) -> TolerancesId {
    TolerancesId(derived_id(&[b"tolerances", tenant.0.as_bytes()]))
}

/// Only for vendors and items that there are: a limit for anybody else would never be looked at.
pub struct AdoptTolerances {
    pub set: ToleranceSet,
}

impl UseCase for AdoptTolerances {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        for (index, rule) in self.set.rules.iter().enumerate() {
            let (vendor, item) = rule.applies.named();
            let unknown = |code, what| {
                Refused::new(code, RefusalKind::Invalid, format!("there is no such {what}")).at(format!("/rules/{index}/applies"))
            };
            if let Some(id) = vendor {
                work.load::<Vendor>(id).await?.profile().map_err(|_| unknown("vendor_unknown", "vendor"))?;
            }
            if let Some(id) = item {
                work.load::<Item>(id).await?.card().map_err(|_| unknown("item_unknown", "item"))?;
            }
        }
        let adopt = TolerancesCommand::Adopt { set: self.set.clone(), by: work.ctx.actor };
        work.decide::<Tolerances>(tolerances_id(work.tenant()), adopt).await.map(drop)
    }
}

/// Holds what was matched in the past against other tolerances. Nothing is stored.
pub struct ReplayTolerances {
    pub set: ToleranceSet,
    pub past: Vec<PastMatch>,
}

/// What matching found, with the invoice and its order as they were then.
pub struct PastMatch {
    pub invoice_id: InvoiceId,
    pub found_at: DateTime<Utc>,
    pub found: Evaluation,
    pub invoice: Invoice,
    /// Absent where the document named an order that was none of ours.
    pub order: Option<PurchaseOrder>,
}

/// How the same would have come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchDifference {
    pub invoice_id: InvoiceId,
    pub purchase_order_id: Option<PurchaseOrderId>,
    pub buyer: Option<UserId>,
    pub found_at: DateTime<Utc>,
    pub payable: Money,
    /// Holds that there would have been and were not.
    pub more: Vec<MatchFinding>,
    /// Holds that there were and would not have been.
    pub fewer: Vec<MatchFinding>,
}

impl UseCase for ReplayTolerances {
    type Output = Vec<MatchDifference>;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Vec<MatchDifference>, Failure> {
        self.set.check().map_err(|refusal| Refused::from(refusal).below("/tolerances"))?;
        let mut differences = Vec::new();
        for past in &self.past {
            let findings = self.findings(work, past).await?;
            differences.extend(past.difference(&findings)?);
        }
        Ok(differences)
    }
}

impl ReplayTolerances {
    async fn findings(&self, work: &mut Work<'_>, past: &PastMatch) -> Result<Vec<MatchFinding>, Failure> {
        let payable = past.invoice.received()?;
        let Some(order) = &past.order else {
            let waits = payable.document.order_number().filter(|_| self.set.unknown_order_holds);
            return Ok(waits.map(|number| MatchFinding::mismatch(Check::Order, None, "an order of ours", number)).into_iter().collect());
        };
        let placed = order.order()?;
        let lines = ordered_lines(work, placed, &payable.document).await?;
        let groups = Groups::of(work, placed, &self.set).await?;
        let seen = groups.told(placed.as_seen_by(past.invoice_id, order.shut(self.set.orders_need_approval)));
        let bill = Billed { vendor_id: survivor(work, payable.vendor_id).await?, ..billed(payable, &lines) };
        Ok(evaluate(&bill, &seen, &self.set))
    }
}

impl PastMatch {
    /// None where the same holds it as held it then.
    fn difference(&self, findings: &[MatchFinding]) -> Result<Option<MatchDifference>, Failure> {
        let held: HashSet<CheckOf> = self.found.holds().map(MatchFinding::of).collect();
        let holds: HashSet<CheckOf> = findings.iter().filter(|finding| finding.is_hold()).map(MatchFinding::of).collect();
        let more = findings.iter().filter(|finding| finding.is_hold() && !held.contains(&finding.of())).cloned().collect::<Vec<_>>();
        let fewer = self.found.holds().filter(|finding| !holds.contains(&finding.of())).cloned().collect::<Vec<_>>();
        if more.is_empty() && fewer.is_empty() {
            return Ok(None);
        }
        let payable = self.invoice.received()?.payable;
        let Evaluation { purchase_order_id, buyer, .. } = self.found;
        Ok(Some(MatchDifference { invoice_id: self.invoice_id, purchase_order_id, buyer, found_at: self.found_at, payable, more, fewer }))
    }
}
