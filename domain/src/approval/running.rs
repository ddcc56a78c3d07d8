//! A round that runs: its decisions, and what they lead to.

use serde::{Deserialize, Serialize};

use super::{
    ApprovalCommand, ApprovalEvent, ApprovalRefusal, Deadline, Decider, Excluded, OpenStage, Proxy, Question, Request, StageCandidates,
};
use crate::ids::UserId;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Running {
    pub request: Request,
    /// `None` when stuck: nobody left can decide.
    pub open: Option<OpenStage>,
    #[serde(default)]
    pub stuck_at: Option<u8>,
    /// Everybody who approved, in any stage, and everybody in whose place it was done.
    pub approved_by: Vec<UserId>,
    #[serde(default)]
    pub proxies: Vec<Proxy>,
    /// The deadlines of the open stage that have had their effect.
    #[serde(default)]
    pub passed: Vec<Deadline>,
    /// What was asked and not answered.
    #[serde(default)]
    pub questions: Vec<Question>,
}

impl Running {
    pub(super) fn of(request: Request) -> Self {
        Self { request, open: None, stuck_at: None, approved_by: vec![], proxies: vec![], passed: vec![], questions: vec![] }
    }

    /// The stage that decides next: the open one, or the stuck one.
    pub fn stage(&self) -> Option<u8> {
        self.open.as_ref().map(|open| open.stage).or(self.stuck_at).filter(|_| !self.waits_for_rate())
    }

    /// Whether nobody is left who may decide.
    pub fn is_stuck(&self) -> bool {
        self.open.is_none() && self.stuck_at.is_some()
    }

    /// Which stages there are is not known before a rate is.
    pub fn waits_for_rate(&self) -> bool {
        self.request.stages.is_empty()
    }

    /// The stage that is open, or why nobody decides anything now.
    pub(super) fn open_stage(&self) -> Result<&OpenStage, ApprovalRefusal> {
        self.open.as_ref().ok_or(if self.waits_for_rate() { ApprovalRefusal::RateMissing } else { ApprovalRefusal::ApprovalStuck })
    }

    /// The stage after `stage`, if the policy has one.
    pub fn stage_after(&self, stage: u8) -> Option<u8> {
        self.request.stages.iter().copied().find(|&s| s > stage)
    }

    pub(super) fn decide(&self, command: ApprovalCommand) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        match command {
            ApprovalCommand::Request { .. } | ApprovalCommand::RequestUnrated { .. } => Err(ApprovalRefusal::AlreadyRequested),
            ApprovalCommand::Appraise { .. } if !self.waits_for_rate() => Ok(vec![]),
            ApprovalCommand::Appraise { facts, stages, candidates } => self.request.appraised(facts, stages, candidates),
            ApprovalCommand::Approve { decider, comment, next } => self.approve(&decider, comment, next),
            ApprovalCommand::Deny { decider, reason } => self.deny(&decider, reason),
            ApprovalCommand::Rebind { version_hash, amount, facts } => Ok(self.request.rebound(version_hash, amount, facts)),
            ApprovalCommand::Withdraw { because } => Ok(vec![self.request.withdrawn(because)]),
            ApprovalCommand::Reresolve { by, candidates, barred } => self.reresolve(by, candidates, &barred),
            ApprovalCommand::Reassign { by, from, to, reason, of_anybody, barred } => {
                self.reassign(by, from, to, reason, of_anybody, &barred)
            }
            ApprovalCommand::PassTime { now, managers, barred } => Ok(self.pass_time(now, &managers, &barred)),
            ApprovalCommand::Comment { by, text } => Self::comment(by, text),
            ApprovalCommand::Ask { by, of, text } => self.ask(by, of, text),
            ApprovalCommand::Answer { by, text } => self.answer(by, text),
        }
    }

    fn approve(
        &self,
        decider: &Decider,
        comment: Option<String>,
        next: Option<StageCandidates>,
    ) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        let open = self.open_stage()?;
        if self.has_decided(open, decider) {
            return Ok(vec![]);
        }
        let principal = self.principal(open, decider, OpenStage::waits_for)?;
        let (stage, by, link) = (open.stage, decider.by, decider.link);
        let on_behalf_of = (principal != by).then_some(principal);
        let mut after = open.clone();
        after.approve(principal);
        if on_behalf_of.is_some() {
            after.speaks_for_another(by);
        }
        // One person is one voice: given for another it may be the one that is missing.
        if open.can_complete() && !after.can_complete() {
            return Err(ApprovalRefusal::OwnVoiceNeeded);
        }
        let mut events = vec![ApprovalEvent::Given { stage, by, on_behalf_of, comment, link }];
        if after.is_complete() {
            let acted: Vec<UserId> = self.approved_by.iter().copied().chain([by, principal]).collect();
            events.extend(self.after_stage(stage, next, &acted));
        }
        Ok(events)
    }

    /// The policy's next stage opens, or nothing is left to ask. Without its candidates a stage is stuck, never skipped.
    fn after_stage(&self, stage: u8, next: Option<StageCandidates>, acted: &[UserId]) -> Vec<ApprovalEvent> {
        match self.stage_after(stage) {
            None => vec![self.request.granted()],
            Some(stage) => {
                let nobody = StageCandidates { stage, steps: vec![], deadlines: None };
                self.request.open(next.filter(|next| next.stage == stage).unwrap_or(nobody), acted)
            }
        }
    }

    fn deny(&self, decider: &Decider, reason: String) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        let open = self.open_stage()?;
        if reason.trim().is_empty() {
            return Err(ApprovalRefusal::ReasonMissing);
        }
        if open.has_approved(decider.by) {
            return Err(ApprovalRefusal::AlreadyActed);
        }
        let (by, link) = (decider.by, decider.link);
        let principal = self.principal(open, decider, OpenStage::is_eligible)?;
        let on_behalf_of = (principal != by).then_some(principal);
        let Request { invoice_id, round, .. } = self.request;
        Ok(vec![ApprovalEvent::Denied { invoice_id, round, by, on_behalf_of, reason, link }])
    }

    fn reresolve(&self, by: UserId, candidates: StageCandidates, barred: &[Excluded]) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        if self.stage() != Some(candidates.stage) {
            return Err(ApprovalRefusal::StageNotCurrent { stage: candidates.stage });
        }
        let acted_before = self.open.as_ref().map_or_else(|| self.approved_by.clone(), |open| self.acted_outside(open));
        let mut resolved = self.request.open(candidates, &acted_before);
        let stage = match resolved.pop() {
            Some(ApprovalEvent::StageOpened { stage } | ApprovalEvent::Escalated { stage, .. }) => stage,
            stuck => return Ok(if self.open.is_some() { stuck.into_iter().collect() } else { vec![] }),
        };
        let stage = self.open.iter().fold(stage, |stage, open| stage.with_decisions_of(open));
        let excluded = Some(self.request.excluded_now(barred)).filter(|excluded| *excluded != self.request.excluded);
        let same = excluded.is_none() && self.open.as_ref() == Some(&stage);
        Ok(if same { vec![] } else { vec![ApprovalEvent::Reresolved { by, stage, excluded }] })
    }

    fn reassign(
        &self,
        by: UserId,
        from: UserId,
        to: UserId,
        reason: String,
        of_anybody: bool,
        barred: &[Excluded],
    ) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        let open = self.open_stage()?;
        if by == to || (by != from && !of_anybody) {
            return Err(ApprovalRefusal::ReassignmentOfAnother);
        }
        if reason.trim().is_empty() {
            return Err(ApprovalRefusal::ReasonMissing);
        }
        if !open.waits_for(from) {
            return Err(ApprovalRefusal::NotEligible);
        }
        if open.is_eligible(to) {
            return Err(ApprovalRefusal::AlreadyEligible);
        }
        if let Some(excluded) = self.request.exclusion(to, barred) {
            return Err(excluded.refusal());
        }
        if self.approved_by.contains(&to) && !self.request.same_person_in_stages {
            return Err(ApprovalRefusal::AlreadyActed);
        }
        Ok(vec![ApprovalEvent::Reassigned { stage: open.stage, from, to, by, reason }])
    }

    pub(super) fn on(&mut self, event: ApprovalEvent) {
        match event {
            ApprovalEvent::Appraised { facts, stages } => {
                self.request.facts = Some(*facts);
                self.request.stages = stages;
            }
            ApprovalEvent::StageOpened { stage } => {
                (self.open, self.stuck_at) = (Some(stage), None);
                self.passed.clear();
            }
            ApprovalEvent::Reresolved { stage, excluded, .. } => {
                (self.open, self.stuck_at) = (Some(stage), None);
                if let Some(excluded) = excluded {
                    self.request.excluded = excluded;
                }
            }
            ApprovalEvent::Escalated { stage, due_at, .. } => {
                (self.open, self.stuck_at) = (Some(stage), None);
                self.passed.extend(due_at.map(|_| Deadline::Escalate));
            }
            ApprovalEvent::Stuck { stage, .. } => {
                (self.open, self.stuck_at) = (None, Some(stage));
                self.passed.clear();
            }
            ApprovalEvent::Given { stage, by, on_behalf_of, .. } => self.on_given(stage, by, on_behalf_of),
            ApprovalEvent::Reassigned { from, to, .. } => self.open.iter_mut().for_each(|open| open.reassign(from, to)),
            ApprovalEvent::Reminded { .. } => self.passed.push(Deadline::Remind),
            ApprovalEvent::InformationAsked { by, of, text } => self.questions.push(Question { by, of, text }),
            ApprovalEvent::InformationGiven { by, .. } => self.questions.retain(|q| q.of != by),
            _ => {}
        }
    }

    fn on_given(&mut self, stage: u8, by: UserId, on_behalf_of: Option<UserId>) {
        for person in [Some(by), on_behalf_of].into_iter().flatten() {
            if !self.approved_by.contains(&person) {
                self.approved_by.push(person);
            }
        }
        self.proxies.extend(on_behalf_of.map(|principal| Proxy { stage, by, on_behalf_of: principal }));
        if let Some(open) = &mut self.open {
            open.approve(on_behalf_of.unwrap_or(by));
            if on_behalf_of.is_some() {
                open.speaks_for_another(by);
            }
        }
    }
}
