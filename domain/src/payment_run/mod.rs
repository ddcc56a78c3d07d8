//! A payment run: which of everything that is open is paid now, and for each of the rest the reason why not.
//!
//! Selection is a pure function of the criteria and the candidates, so the same question always has the same answer. It costs one sort.

mod candidate;
mod criteria;
mod discount;
mod netting;
mod proposal;
mod selection;

pub use candidate::{AccountStanding, Approval, Candidate, CandidateKind, Instalment};
pub use criteria::{Criteria, CriteriaRefusal};
pub use discount::Discount;
pub use proposal::{Excluded, Exclusion, Included, Proposal};
pub use selection::propose;
