//! In whose place a person decides, and whether they may.

use serde::{Deserialize, Serialize};

use super::{ApprovalRefusal, Excluded, OpenStage, Running};
use crate::delegation::Path;
use crate::ids::{DecisionLinkId, UserId};

/// Who decides, and all that bears on whether they may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decider {
    pub by: UserId,
    /// In whose place they want to decide; where absent, in their own if they may, else in anybody's who let them.
    pub on_behalf_of: Option<UserId>,
    /// In whose places they may, by the delegations that hold now.
    pub delegated: Vec<Path>,
    /// Who may not decide, as things stand now: more may have happened since the round began.
    pub barred: Vec<Excluded>,
    /// The link that they decide by.
    pub link: Option<DecisionLinkId>,
}

impl Decider {
    pub fn in_person(by: UserId) -> Self {
        Self { by, on_behalf_of: None, delegated: vec![], barred: vec![], link: None }
    }
}

/// One person decided in another's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proxy {
    pub stage: u8,
    pub by: UserId,
    pub on_behalf_of: UserId,
}

/// Whether a person's decision would mean anything to a stage.
pub(super) type Counts = fn(&OpenStage, UserId) -> bool;

impl Running {
    /// In whose place the decision counts: the first in which the person may decide. `counts` tells whose decision would
    /// mean anything to the open stage.
    pub(super) fn principal(&self, open: &OpenStage, decider: &Decider, counts: Counts) -> Result<UserId, ApprovalRefusal> {
        match decider.on_behalf_of {
            Some(principal) if principal == decider.by => self.in_person(open, decider, counts),
            Some(principal) => {
                let path = decider.delegated.iter().find(|p| p.principal == principal).ok_or(ApprovalRefusal::NotDelegated)?;
                self.by_proxy(open, decider, path, counts)
            }
            None => self.in_person(open, decider, counts).or_else(|refusal| {
                let first = decider.delegated.iter().find_map(|path| self.by_proxy(open, decider, path, counts).ok());
                first.ok_or(refusal)
            }),
        }
    }

    /// Whether this very decision was taken before: twice is once.
    pub(super) fn has_decided(&self, open: &OpenStage, decider: &Decider) -> bool {
        let Decider { by, on_behalf_of, .. } = *decider;
        let same = |p: &&Proxy| p.stage == open.stage && p.by == by && on_behalf_of.is_none_or(|wanted| wanted == p.on_behalf_of);
        let in_person = on_behalf_of.is_none_or(|wanted| wanted == by) && open.has_approved(by) && !open.waits_for(by);
        in_person || self.proxies.iter().any(|p| same(&p))
    }

    fn in_person(&self, open: &OpenStage, decider: &Decider, counts: Counts) -> Result<UserId, ApprovalRefusal> {
        self.passes(decider, decider.by)?;
        let acted_for_another = self.speaks_in(open, decider.by);
        let acted_before = self.acted_outside(open).contains(&decider.by) && !self.request.same_person_in_stages;
        if acted_for_another || acted_before {
            return Err(ApprovalRefusal::AlreadyActed);
        }
        if counts(open, decider.by) { Ok(decider.by) } else { Err(ApprovalRefusal::NotEligible) }
    }

    /// The exclusions hold for everybody on the way; and one person is one voice in a stage, whosever it is.
    fn by_proxy(&self, open: &OpenStage, decider: &Decider, path: &Path, counts: Counts) -> Result<UserId, ApprovalRefusal> {
        for person in [decider.by, path.principal].iter().chain(&path.through) {
            self.passes(decider, *person)?;
        }
        let elsewhere = self.acted_outside(open);
        let acted_before = |user: &UserId| elsewhere.contains(user) && !self.request.same_person_in_stages;
        let spoke_here = open.has_approved(decider.by) || self.speaks_in(open, decider.by);
        if spoke_here || acted_before(&decider.by) || acted_before(&path.principal) || open.has_approved(path.principal) {
            return Err(ApprovalRefusal::AlreadyActed);
        }
        if counts(open, path.principal) { Ok(path.principal) } else { Err(ApprovalRefusal::NotEligible) }
    }

    fn passes(&self, decider: &Decider, person: UserId) -> Result<(), ApprovalRefusal> {
        self.request.exclusion(person, &decider.barred).map_or(Ok(()), |excluded| Err(excluded.refusal()))
    }

    /// Those whose decisions stand where nobody decides twice: of the whole round, or of the open stage alone.
    pub fn voices(&self) -> Vec<UserId> {
        let spoke_here = |user: &UserId| self.open.as_ref().is_some_and(|open| open.has_approved(*user) || self.speaks_in(open, *user));
        let counts = |user: &UserId| !self.request.same_person_in_stages || spoke_here(user);
        self.approved_by.iter().copied().filter(counts).collect()
    }

    fn speaks_in(&self, open: &OpenStage, user: UserId) -> bool {
        self.proxies.iter().any(|proxy| proxy.stage == open.stage && proxy.by == user)
    }

    /// Who has acted in this round other than by a decision of their own in the open stage.
    pub(super) fn acted_outside(&self, open: &OpenStage) -> Vec<UserId> {
        self.approved_by.iter().copied().filter(|user| !open.has_approved(*user)).collect()
    }
}
