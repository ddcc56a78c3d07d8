//! Immaterial changes: an approval outlives a small change of amounts where the policy grants one and would ask nobody else for
//! the amended invoice.

use chrono::NaiveDate;
use quittance_domain::Money;
use quittance_domain::approval::{Approval, ApprovalCommand};
use quittance_domain::ids::UserId;
use quittance_domain::invoice::{Payable, Stage};
use quittance_domain::policy::{Facts, PolicyRules};
use quittance_domain::user::User;
use rust_decimal::Decimal;

use super::category::Categories;
use super::matter::{InForce, stated_amount};
use super::people::amounts_of;
use crate::exchange_rate::convert;
use crate::failure::Failure;
use crate::invoice::Capture;
use crate::vouching::other_selves;
use crate::work::Work;

/// What an approval that runs or stands bears.
pub(crate) struct Latitude {
    /// By how much amounts may rise from what was submitted.
    pub rise_max: Decimal,
    /// What the policy looks at after the change.
    facts: Facts,
}

/// `None` where every change of amounts starts approval over.
pub(crate) async fn latitude(work: &mut Work<'_>, before: &Payable, after: &Capture) -> Result<Option<Latitude>, Failure> {
    let (Stage::PendingApproval { approval_id, .. } | Stage::Approved { approval_id, .. }) = before.stage else { return Ok(None) };
    let approval = work.take::<Approval>(approval_id).await?;
    let (Ok(request), deciders) = (approval.request(), approval.deciders()) else { return Ok(None) };
    let Some(asked) = &request.facts else { return Ok(None) };
    let policy = InForce::at(work, request.policy_version).await?;
    let rules = &policy.rules;
    let Some(change) = rules.terms.immaterial_change else { return Ok(None) };
    let gross = stated_amount(&after.document, after.payable);
    let Some(facts) = changed(work, asked, gross, after.document.issue_date, rules).await? else { return Ok(None) };
    // What is of something else now was approved as what it is no longer.
    if Categories::of(work, before, &before.document).await? != Categories::of(work, before, &after.document).await? {
        return Ok(None);
    }
    // Who changes what they have approved is not asked about it by themselves; nor does anybody grant themselves how far a change may go.
    let by = work.ctx.actor;
    let names = other_selves(work, by).await?;
    let changed_by_themselves = deciders.iter().copied().chain(policy.adopter).any(|person| person == by || names.contains(&person));
    if changed_by_themselves || !rules.asks_no_more(asked, &facts) || !stay_within_limits(work, &deciders, asked, &facts).await? {
        return Ok(None);
    }
    Ok(Some(Latitude { rise_max: change.rise_max(request.amount, rules.currency, asked.rate), facts }))
}

/// The round is about what the invoice says now, if it outlived a change of that.
pub(crate) async fn rebind(work: &mut Work<'_>, latitude: Option<Latitude>, before: &Stage, after: &Payable) -> Result<(), Failure> {
    let Some(Latitude { facts, .. }) = latitude else { return Ok(()) };
    match (before, &after.stage) {
        (
            Stage::PendingApproval { version_hash: old, .. } | Stage::Approved { version_hash: old, .. },
            Stage::PendingApproval { approval_id, version_hash } | Stage::Approved { approval_id, version_hash },
        ) if old != version_hash => {
            let rebind = ApprovalCommand::Rebind { version_hash: version_hash.clone(), amount: after.payable, facts };
            work.decide::<Approval>(*approval_id, rebind).await.map(drop)
        }
        _ => Ok(()),
    }
}

/// What the policy looks at once the invoice comes to `gross`; `None` where that is not known in the policy's currency.
async fn changed(work: &mut Work<'_>, asked: &Facts, gross: Money, on: NaiveDate, rules: &PolicyRules) -> Result<Option<Facts>, Failure> {
    let Ok((amount, rate)) = convert(work, gross, rules.currency, on).await? else { return Ok(None) };
    let with_recent = asked.with_recent.zip(asked.amount).and_then(|(together, alone)| together.minus(alone).ok()?.plus(amount).ok());
    Ok(Some(Facts { gross, amount: Some(amount), with_recent, rate, ..asked.clone() }))
}

/// Whoever could decide about the invoice as it was can decide about it as it is.
async fn stay_within_limits(work: &mut Work<'_>, people: &[UserId], asked: &Facts, changed: &Facts) -> Result<bool, Failure> {
    for person in people {
        let user = work.load::<User>(*person).await?;
        let goes_beyond = |account: &quittance_domain::user::Account| {
            account.may_approve(&amounts_of(asked)) && !account.may_approve(&amounts_of(changed))
        };
        if user.account().is_ok_and(goes_beyond) {
            return Ok(false);
        }
    }
    Ok(true)
}
