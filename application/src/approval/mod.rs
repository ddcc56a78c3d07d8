//! Asking for approval and deciding: who may is resolved here, whether they may is the domain's.

mod adopt;
mod category;
mod decide;
mod immaterial;
mod link;
mod matter;
mod people;
mod preview;
mod rate;
mod replay;
mod submit;
mod talk;
mod time;

pub use adopt::AdoptPolicy;
pub use decide::{ApproveInvoice, ReassignApprover, RejectInvoice, ReresolveApprovers, Signed};
pub(crate) use immaterial::{latitude, rebind};
pub use link::{DecideByLink, RoundToLink, Verdict};
pub use preview::{Preview, PreviewApproval, StagePreview, StepPreview};
pub use rate::AppraiseRound;
pub use replay::{Difference, PastRound, ReplayPolicy, StepFor};
pub use submit::{SubmitInvoice, approval_of};
pub use talk::{AnswerQuestion, AskForInformation, CommentOnApproval};
pub use time::{PassTime, TIMEKEEPER};
