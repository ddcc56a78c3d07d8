//! Adopting a version of the policy: what its rules name, there is. A rule about a vendor that nobody knows holds for no invoice, and nobody
//! would see that a control is missing.

use std::collections::BTreeMap;

use quittance_domain::chart::{Chart, ChartRefusal, Code};
use quittance_domain::policy::{ApprovalPolicy, Approvers, Person, PolicyCommand, PolicyRule, PolicyRules, When};
use quittance_domain::refusal::Refusal;
use quittance_domain::user::User;
use quittance_domain::vendor::Vendor;
use quittance_domain::{RefusalKind, ids::UserId};

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::journal::known;
use crate::tenant::{chart_id, policy_id};
use crate::work::Work;

pub struct AdoptPolicy {
    pub rules: PolicyRules,
}

impl UseCase for AdoptPolicy {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (id, rules, by) = (policy_id(work.tenant()), self.rules.clone(), work.ctx.actor);
        work.decide::<ApprovalPolicy>(id, PolicyCommand::Adopt { rules, by }).await?;
        for (index, rule) in self.rules.rules.iter().enumerate() {
            names_what_there_is(work, rule).await.map_err(|failure| failure.told(|refused| refused.below(format!("/rules/{index}"))))?;
        }
        Ok(())
    }
}

async fn names_what_there_is(work: &mut Work<'_>, rule: &PolicyRule) -> Result<(), Failure> {
    let When { vendors, accounts, cost_centres, projects, .. } = &rule.when;
    for (index, vendor) in vendors.iter().enumerate() {
        let vendor = work.load::<Vendor>(*vendor).await?;
        vendor.profile().map_err(|refusal| unknown(&refusal, format!("/when/vendors/{index}")))?;
    }
    let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
    all_known(&chart.accounts, accounts, ChartRefusal::AccountUnknown, "/when/accounts")?;
    all_known(&chart.cost_centres, cost_centres, ChartRefusal::CostCentreUnknown, "/when/cost_centres")?;
    all_known(&chart.projects, projects, ChartRefusal::ProjectUnknown, "/when/projects")?;
    for (index, step) in rule.steps.iter().enumerate() {
        let named: Vec<(UserId, String)> = match &step.approvers {
            Approvers::Users(users) => (0..).zip(users).map(|(at, user): (u32, _)| (*user, format!("users/{at}"))).collect(),
            Approvers::ManagerOf(managed) => match managed.person {
                Person::User(user) => vec![(user, "manager_of/person/user".to_owned())],
                Person::Submitter | Person::Enterer => vec![],
            },
            Approvers::Role(_) => vec![],
        };
        for (user, at) in named {
            let user = work.load::<User>(user).await?;
            user.account().map_err(|refusal| unknown(&refusal, format!("/steps/{index}/approvers/{at}")))?;
        }
    }
    Ok(())
}

fn all_known<T>(all: &BTreeMap<Code, T>, named: &[Code], unknown: fn(Code) -> ChartRefusal, place: &str) -> Result<(), Refused> {
    named.iter().enumerate().try_for_each(|(index, code)| known(all, Some(code), unknown, &format!("{place}/{index}")))
}

/// The body names it, not the path.
fn unknown(refusal: &impl Refusal, place: String) -> Refused {
    Refused::new(refusal.code(), RefusalKind::Invalid, refusal.to_string()).at(place)
}
