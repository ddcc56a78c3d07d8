//! What a round of approval is about: the invoice as the policy sees it, and who did what to it.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::Days;
use quittance_domain::approval::{ApprovalRefusal, Deed, Duty, Excluded, deeds_within, duty_of, exclusions, tolerators};
use quittance_domain::chart::Code;
use quittance_domain::ids::{InvoiceId, PurchaseOrderId, UserId};
use quittance_domain::invoice::{Assignment, ExceptionKind, Invoice, InvoiceDocument, InvoiceEvent, Payable};
use quittance_domain::ledger::MissingRate;
use quittance_domain::policy::{ApprovalPolicy, Facts, PolicyEvent, PolicyRules, PolicyStep};
use quittance_domain::purchase_order::PurchaseOrder;
use quittance_domain::tolerance::Tolerances;
use quittance_domain::vendor::Vendor;
use quittance_domain::vouching::Vouching;
use quittance_domain::{Currency, Money};
use uuid::Uuid;

use super::category::Categories;
use crate::exchange_rate::{Converted, convert, staters};
use crate::failure::Failure;
use crate::matching::named_order;
use crate::ports::{RecentInvoice, VendorPeriod, VendorRecord};
use crate::tenant::policy_id;
use crate::tolerance::tolerances_id;
use crate::vendor::{bank_change_control, names};
use crate::vouching::vouching_id;
use crate::work::Work;

/// A version of the policy, as a round started under it.
#[derive(Clone, Debug)]
pub struct InForce {
    pub version: u32,
    pub rules: PolicyRules,
    /// Who has adopted it, as long as nobody else has confirmed it.
    pub adopter: Option<UserId>,
}

impl InForce {
    pub async fn now(work: &mut Work<'_>) -> Result<Self, Failure> {
        let policy = work.load::<ApprovalPolicy>(policy_id(work.tenant())).await?;
        let rules = policy.rules.clone().ok_or(ApprovalRefusal::NoMatchingRule)?;
        Ok(Self { version: policy.version, rules, adopter: policy.adopter_of(policy.version) })
    }

    /// As if the caller adopted `rules` now.
    pub async fn proposed(work: &mut Work<'_>, rules: PolicyRules) -> Result<Self, Failure> {
        rules.check()?;
        let policy = work.load::<ApprovalPolicy>(policy_id(work.tenant())).await?;
        let adopter = policy.adopter_if(&rules, work.ctx.actor);
        Ok(Self { version: policy.version + 1, rules, adopter })
    }

    pub fn rule_makers(&self) -> Vec<Excluded> {
        self.adopter.map(Excluded::adopter_of_policy).into_iter().collect()
    }

    /// The rules of `version`, and its adopter if nobody has confirmed it by now.
    pub async fn at(work: &mut Work<'_>, version: u32) -> Result<Self, Failure> {
        let current = Self::now(work).await?;
        if current.version == version {
            return Ok(current);
        }
        let id = policy_id(work.tenant());
        let adopter = work.load::<ApprovalPolicy>(id).await?.adopter_of(version);
        let of_version = |event| match event {
            PolicyEvent::Adopted { version: adopted, rules, .. } if adopted == version => Some(rules),
            _ => None,
        };
        let rules = work.history::<ApprovalPolicy>(id).await?.into_iter().find_map(of_version);
        Ok(Self { version, rules: rules.ok_or(ApprovalRefusal::NoMatchingRule)?, adopter })
    }
}

/// An invoice on its way through approval.
pub struct Matter {
    pub invoice_id: InvoiceId,
    pub payable: Payable,
    pub deeds: Vec<Deed>,
    /// Who may be whom.
    vouching: Arc<Vouching>,
    /// Who alone has made the tolerances that it passes by.
    tolerators: Vec<UserId>,
}

impl Matter {
    /// The invoice with the chain of events behind it. What is looked at must still hold when the work is written.
    pub async fn of(work: &mut Work<'_>, invoice_id: InvoiceId) -> Result<Self, Failure> {
        let payable = work.load::<Invoice>(invoice_id).await?.received()?.clone();
        work.load::<Vendor>(payable.vendor_id).await?;
        let mut chain = vec![invoice_id.0, payable.vendor_id.0];
        chain.extend(order_of(work, &payable).await?.map(|order| order.0));
        let mut deeds = work.ports().log.deeds(work.tenant(), chain.clone()).await?;
        let (by, at) = (work.ctx.actor, work.ctx.now);
        for id in chain {
            deeds.extend(work.decided(id).map(|event_type| Deed { event_type: event_type.to_owned(), by, at }));
        }
        // Who works alone, and was let, has no second person to look at whom they register.
        if !bank_change_control(work).await?.second_person {
            deeds.retain(|deed| duty_of(&deed.event_type) != Some(Duty::RegisteredVendor));
        }
        let vouching = work.load::<Vouching>(vouching_id(work.tenant())).await?;
        let tolerators = tolerators(&payable, &*work.load::<Tolerances>(tolerances_id(work.tenant())).await?);
        Ok(Self { invoice_id, payable, deeds, vouching, tolerators })
    }

    pub fn enterer(&self) -> Option<UserId> {
        self.payable.editors.first().copied()
    }

    /// Who may not decide under `policy` as things stand now: who has had a hand in it or in its rate, and whoever may be one of them, or
    /// of those who have `acted`, under another name.
    pub fn barred(&self, work: &Work<'_>, submitter: UserId, policy: &InForce, raters: &[UserId], acted: &[UserId]) -> Vec<Excluded> {
        let tolerators = self.tolerators.iter().copied().map(Excluded::adopter_of_tolerances);
        let raters = raters.iter().copied().map(Excluded::stater_of_rate);
        let rule_makers: Vec<Excluded> = policy.rule_makers().into_iter().chain(tolerators).chain(raters).collect();
        let excluded = exclusions(&self.deeds, submitter, &policy.rules.terms, &rule_makers, work.ctx.now);
        self.with_other_selves(excluded, acted)
    }

    /// `excluded`, and whoever may be one of them, or of those who have `acted`, under another name.
    pub fn with_other_selves(&self, excluded: Vec<Excluded>, acted: &[UserId]) -> Vec<Excluded> {
        self.vouching.excluded_as_one(excluded, acted)
    }

    pub fn may_be_one(&self, one: UserId, other: UserId) -> bool {
        self.vouching.may_be_one(one, other)
    }

    /// Who alone has stated what a round goes by: the rate in force, where that is the one which the round keeps; otherwise as it was
    /// when the round took it.
    pub async fn raters(&self, work: &mut Work<'_>, facts: &Facts, currency: Currency) -> Result<Vec<UserId>, Failure> {
        let Some(kept) = facts.rate else { return Ok(vec![]) };
        let on = self.payable.document.issue_date;
        let now = convert(work, facts.gross, currency, on).await?.ok().and_then(|(_, rate)| rate);
        if now == Some(kept) { self.raters_now(work, facts.gross.currency(), currency).await } else { Ok(facts.rate_stated_by.clone()) }
    }

    /// One person's word is one person's under every name.
    async fn raters_now(&self, work: &mut Work<'_>, from: Currency, to: Currency) -> Result<Vec<UserId>, Failure> {
        let stated = staters(work, from, to, self.payable.document.issue_date).await?;
        let alone = stated.iter().filter_map(|people| {
            let (first, others) = people.split_first()?;
            others.iter().all(|other| self.vouching.may_be_one(*first, *other)).then_some(*first)
        });
        Ok(alone.collect())
    }

    pub async fn facts(&self, work: &mut Work<'_>, rules: &PolicyRules) -> Result<Facts, Failure> {
        let gross = amount_to_approve(&self.payable);
        let record = self.vendor_record(work, rules).await?;
        let own = convert(work, gross, rules.currency, self.payable.document.issue_date).await?;
        let with_recent = self.with_recent(work, &own, &record, rules.currency).await?;
        let bank = deeds_within(&self.deeds, Duty::ChangedBankData, rules.terms.bank_change_days, work.ctx.now).next();
        let rate_stated_by = match &own {
            Ok((_, Some(_))) => self.raters_now(work, gross.currency(), rules.currency).await?,
            _ => vec![],
        };
        let Categories { named: categories, uncategorised } = Categories::of(work, &self.payable, &self.payable.document).await?;
        Ok(Facts {
            gross,
            amount: own.ok().map(|(amount, _)| amount),
            with_recent: with_recent.ok(),
            rate: own.ok().and_then(|(_, rate)| rate),
            rate_stated_by,
            rate_missing: own.err().or(with_recent.err()),
            vendor_id: self.payable.vendor_id,
            source: (&self.payable.source).into(),
            exceptions: self.exceptions(work).await?,
            new_vendor: record.approved.iter().all(|id| *id == self.invoice_id),
            bank_changed: bank.is_some(),
            accounts: self.coded_to(|to| Some(&to.account_code)),
            cost_centres: self.coded_to(|to| to.cost_centre.as_ref()),
            projects: self.coded_to(|to| to.project.as_ref()),
            categories,
            uncategorised,
            vendor_risk: work.load::<Vendor>(self.payable.vendor_id).await?.profile()?.risk(),
        })
    }

    /// What the lines are coded to, in the order of the codes.
    fn coded_to(&self, of: impl Fn(&Assignment) -> Option<&Code>) -> Vec<Code> {
        let parts = self.payable.coding().into_iter().flat_map(|coding| coding.parts());
        parts.filter_map(|(_, part)| of(&part.to).cloned()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    async fn vendor_record(&self, work: &mut Work<'_>, rules: &PolicyRules) -> Result<VendorRecord, Failure> {
        let days = Days::new(u64::from(rules.terms.splitting_window_days));
        let issued = self.payable.document.issue_date;
        let period = VendorPeriod {
            names: names(work, self.payable.vendor_id).await?,
            first: issued.checked_sub_days(days).unwrap_or(issued),
            last: issued.checked_add_days(days).unwrap_or(issued),
        };
        Ok(work.ports().directory.vendor_record(work.tenant(), period, rules.aggregates()).await?)
    }

    /// This invoice with the vendor's others of the window, each at the rate of its own date. What this very work receives
    /// counts too: nobody splits an invoice within one request.
    async fn with_recent(
        &self,
        work: &mut Work<'_>,
        own: &Converted,
        record: &VendorRecord,
        currency: Currency,
    ) -> Result<Result<Money, MissingRate>, Failure> {
        let mut sum = match own {
            Ok((amount, _)) => *amount,
            Err(missing) => return Ok(Err(*missing)),
        };
        let mut counted = vec![self.invoice_id];
        for recent in record.recent.iter().copied().chain(self.received_at_once(work)) {
            if counted.contains(&recent.invoice_id) {
                continue;
            }
            counted.push(recent.invoice_id);
            match convert(work, recent.gross, currency, recent.issue_date).await? {
                Ok((amount, _)) => sum = sum.plus(amount).map_err(|error| Failure::Unavailable(error.to_string()))?,
                Err(missing) => return Ok(Err(missing)),
            }
        }
        Ok(Ok(sum))
    }

    fn received_at_once(&self, work: &Work<'_>) -> Vec<RecentInvoice> {
        let of_vendor = |(id, invoice): (Uuid, Arc<Invoice>)| {
            let other = invoice.received().ok().filter(|other| other.vendor_id == self.payable.vendor_id)?;
            let (invoice_id, issue_date) = (InvoiceId(id), other.document.issue_date);
            Some(RecentInvoice { invoice_id, issue_date, gross: amount_to_approve(other) })
        };
        work.touched::<Invoice>().filter_map(of_vendor).collect()
    }

    /// Every kind of exception that the invoice had, also those that somebody resolved.
    async fn exceptions(&self, work: &Work<'_>) -> Result<Vec<ExceptionKind>, Failure> {
        let mut kinds: Vec<ExceptionKind> = self.payable.exceptions.iter().map(|e| e.kind).collect();
        if self.deeds.iter().any(|deed| deed.event_type == "InvoiceExceptionRaised") {
            let raised = |event| match event {
                InvoiceEvent::ExceptionRaised { exception } => Some(exception.kind),
                _ => None,
            };
            kinds.extend(work.history::<Invoice>(self.invoice_id).await?.into_iter().filter_map(raised));
        }
        let mut seen = Vec::new();
        kinds.retain(|kind| {
            !seen.contains(kind) && {
                seen.push(*kind);
                true
            }
        });
        Ok(kinds)
    }

    /// The steps that these facts ask for, and the stages that they make.
    pub fn steps(rules: &PolicyRules, facts: &Facts) -> Result<(Vec<PolicyStep>, Vec<u8>), Failure> {
        let steps = rules.steps_for(facts);
        let mut stages: Vec<u8> = steps.iter().map(|s| s.stage).collect();
        stages.dedup();
        if stages.is_empty() { Err(ApprovalRefusal::NoMatchingRule.into()) } else { Ok((steps, stages)) }
    }
}

/// The order that the document names, where there is one of that number.
async fn order_of(work: &mut Work<'_>, payable: &Payable) -> Result<Option<PurchaseOrderId>, Failure> {
    let Some(order) = named_order(work, payable).await? else { return Ok(None) };
    work.load::<PurchaseOrder>(order).await?;
    Ok(Some(order))
}

fn amount_to_approve(payable: &Payable) -> Money {
    stated_amount(&payable.document, payable.payable)
}

/// The gross amount decides, or what is payable where that is more: a prepayment does not lower the band.
pub(super) fn stated_amount(document: &InvoiceDocument, payable: Money) -> Money {
    let gross = Money::rounded(document.totals.gross, payable.currency());
    if gross.amount().abs() >= payable.amount().abs() { gross } else { payable }
}
