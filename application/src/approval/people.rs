//! Whom the policy means: roles, names and managers become people when a stage opens.

use std::collections::HashMap;

use quittance_domain::Money;
use quittance_domain::approval::{Deadlines, Eligible, StageCandidates, StepCandidates};
use quittance_domain::ids::UserId;
use quittance_domain::policy::{Approvers, Facts, LEVELS_MAX, Managed, Person, PolicyRules, PolicyStep};

use crate::failure::Failure;
use crate::ports::Colleague;
use crate::work::Work;

/// The people of one tenant, each looked up once.
pub struct People<'a> {
    work: &'a Work<'a>,
    known: HashMap<UserId, Option<Colleague>>,
}

/// The people whom the policy can mean by a part that they played.
#[derive(Clone, Copy)]
pub struct Parts {
    pub submitter: UserId,
    pub enterer: Option<UserId>,
}

impl<'a> People<'a> {
    pub fn of(work: &'a Work<'_>) -> Self {
        Self { work, known: HashMap::new() }
    }

    /// Everybody whom the policy names for `stage` now, with the managers to ask where they are too few.
    pub async fn candidates(&mut self, rules: &PolicyRules, facts: &Facts, parts: Parts, stage: u8) -> Result<StageCandidates, Failure> {
        let mut steps = Vec::new();
        for step in rules.steps_for(facts).iter().filter(|s| s.stage == stage) {
            steps.push(self.step(step, facts, parts).await?);
        }
        let deadlines = rules.deadlines_of(stage).map(|hours| Deadlines::from(self.work.ctx.now, hours));
        Ok(StageCandidates { stage, steps, deadlines })
    }

    pub async fn step(&mut self, step: &PolicyStep, facts: &Facts, parts: Parts) -> Result<StepCandidates, Failure> {
        let mut candidates = self.named(&step.approvers, parts).await?;
        let people: Vec<UserId> = candidates.iter().map(|c| c.user_id).collect();
        // Also of those who may not decide: somebody has to know.
        let managers = self.managers_of(&people, facts).await?;
        candidates.retain(|candidate| self.may_decide(candidate.user_id, facts));
        Ok(StepCandidates { quorum: step.quorum, candidates, managers })
    }

    async fn named(&mut self, approvers: &Approvers, parts: Parts) -> Result<Vec<Eligible>, Failure> {
        match approvers {
            Approvers::Users(users) => {
                self.look_up(users).await?;
                Ok(users.iter().map(|&user_id| Eligible { user_id, because: "user".to_owned() }).collect())
            }
            Approvers::Role(role) => {
                let directory = &self.work.ports().directory;
                let found = directory.users_with_role(self.work.tenant(), *role).await?;
                self.known.extend(found.iter().map(|colleague| (colleague.user_id, Some(*colleague))));
                Ok(found.iter().map(|c| Eligible { user_id: c.user_id, because: format!("role:{role}") }).collect())
            }
            Approvers::ManagerOf(Managed { person, level }) => {
                let person = match person {
                    Person::Submitter => Some(parts.submitter),
                    Person::Enterer => parts.enterer,
                    Person::User(user) => Some(*user),
                };
                let Some(person) = person else { return Ok(vec![]) };
                let manager = self.manager(person, *level).await?;
                Ok(manager.map(|manager| Eligible::manager_of(manager, person)).into_iter().collect())
            }
        }
    }

    /// The managers of `people` who may decide, each named once and with whose manager they are.
    pub async fn managers_of(&mut self, people: &[UserId], facts: &Facts) -> Result<Vec<Eligible>, Failure> {
        self.look_up(people).await?;
        let above: Vec<UserId> = people.iter().filter_map(|p| self.colleague(*p)?.manager).collect();
        self.look_up(&above).await?;
        let mut managers: Vec<Eligible> = Vec::new();
        for person in people {
            let Some(manager) = self.manager(*person, 1).await? else { continue };
            if self.may_decide(manager, facts) && !managers.iter().any(|m| m.user_id == manager) {
                managers.push(Eligible::manager_of(manager, *person));
            }
        }
        Ok(managers)
    }

    /// So many active managers up; who is deactivated is passed over.
    async fn manager(&mut self, person: UserId, level: u8) -> Result<Option<UserId>, Failure> {
        let (mut at, mut left) = (person, level);
        for _ in 0..LEVELS_MAX {
            self.look_up(&[at]).await?;
            let Some(manager) = self.colleague(at).and_then(|c| c.manager) else { return Ok(None) };
            self.look_up(&[manager]).await?;
            left -= u8::from(self.colleague(manager).is_some_and(|m| m.active));
            if left == 0 {
                return Ok(Some(manager));
            }
            at = manager;
        }
        Ok(None)
    }

    /// Active, in a role that decides, and not beyond their own limit.
    pub fn may_decide(&self, user: UserId, facts: &Facts) -> bool {
        let within = |limit: Money| amounts_of(facts).iter().any(|amount| amount.is_within(limit));
        self.colleague(user).is_some_and(|c| c.active && c.decides && c.approval_limit.is_none_or(within))
    }

    pub async fn look_up(&mut self, users: &[UserId]) -> Result<(), Failure> {
        let missing: Vec<UserId> = users.iter().copied().filter(|user| !self.known.contains_key(user)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let found = self.work.ports().directory.users(self.work.tenant(), missing.clone()).await?;
        self.known.extend(missing.into_iter().map(|user| (user, None)));
        self.known.extend(found.into_iter().map(|colleague| (colleague.user_id, Some(colleague))));
        Ok(())
    }

    fn colleague(&self, user: UserId) -> Option<Colleague> {
        self.known.get(&user).copied().flatten()
    }
}

/// One amount in the currencies in which it is known.
pub fn amounts_of(facts: &Facts) -> Vec<Money> {
    [Some(facts.gross), facts.amount].into_iter().flatten().collect()
}
