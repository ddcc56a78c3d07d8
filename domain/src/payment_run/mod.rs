//! A payment run: which of everything that is open is paid now, and for each of the rest the reason why not.
//!
//! Selection is a pure function of the criteria and the candidates, so the same question always has the same answer. It costs one sort.
//! What it answers is stored in pages; a second person authorises it, and page after page becomes payments.

mod candidate;
mod closing;
mod criteria;
mod discount;
mod netting;
mod page;
mod paging;
mod proposal;
mod run;
mod selection;
mod set_off;
mod sums;
mod timing;
mod withholding;

pub use candidate::{AccountStanding, Approval, Candidate, CandidateKind, Instalment};
pub use closing::Closing;
pub use criteria::{Criteria, CriteriaRefusal};
pub use discount::Discount;
pub use page::{
    Dropped, KeptBack, PageItem, PageStage, Payee, PaymentRunPage, PaymentRunPageCommand, PaymentRunPageEvent, PaymentRunPageRefusal,
    SelectedPage,
};
pub use paging::{PAGE_ITEMS_MAX, pages};
pub use proposal::{Excluded, Exclusion, Included, Proposal};
pub use run::{PaymentRun, PaymentRunCommand, PaymentRunEvent, PaymentRunRefusal, PaymentRunStatus, Run, RunProposal, RunStage, page_id};
pub use selection::propose;
pub use set_off::{SetOff, credits_used, propose_with_set_offs};
pub use sums::Sums;
pub use timing::Timing;
pub use withholding::KeepsBack;
