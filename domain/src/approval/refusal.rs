//! Why a round of approval refuses a command.

use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ApprovalRefusal {
    #[error("there is no such approval")]
    ApprovalUnknown,
    #[error("this approval has already been requested")]
    AlreadyRequested,
    #[error("this approval is {state}")]
    NotRunning { state: &'static str },
    #[error("nobody is left who may decide this stage; let an administrator resolve it again")]
    ApprovalStuck,
    #[error("the round waits for an exchange rate: what the invoice comes to decides who approves it")]
    RateMissing,
    #[error("who entered or changed an invoice cannot approve it")]
    SelfApproval,
    #[error("who changed the vendor's bank account cannot approve its invoices")]
    BankAccountEditor,
    #[error("who changed the vendor, or registered it and nobody else has looked at it, cannot approve its invoices")]
    VendorEditor,
    #[error("nobody has vouched yet that this user is another person than one who has had a hand in it")]
    NotVouchedFor,
    #[error("who received the goods cannot approve the invoice for them")]
    GoodsReceiver,
    #[error("who adopted the approval policy does not decide under it before somebody else confirms it")]
    PolicyAdopter,
    #[error("who adopted tolerances does not approve what passes by them before somebody else confirms them")]
    TolerancesAdopter,
    #[error("who stated the exchange rate that decides who approves the invoice does not before somebody else states the same")]
    RateStater,
    #[error("one person decides one stage only, and once")]
    AlreadyActed,
    #[error(
        "the stage needs this person's own voice, and one person has one in a stage: decide in person, and let the other be decided for by somebody else"
    )]
    OwnVoiceNeeded,
    #[error("this person is not among those who may decide the open stage")]
    NotEligible,
    #[error("nobody who may decide the open stage has delegated it to this person")]
    NotDelegated,
    #[error("this person may decide the open stage already")]
    AlreadyEligible,
    #[error("only who is asked, or an administrator, lets another decide, and never the administrator themselves")]
    ReassignmentOfAnother,
    #[error("stage {stage} is not the one that decides now")]
    StageNotCurrent { stage: u8 },
    #[error("a denial needs a reason")]
    ReasonMissing,
    #[error("a message needs a text")]
    TextMissing,
    #[error("nobody asked this person anything")]
    NothingAsked,
    #[error("no rule of the approval policy matches this invoice")]
    NoMatchingRule,
}

impl Refusal for ApprovalRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::ApprovalUnknown => RefusalKind::Unknown,
            Self::SelfApproval
            | Self::BankAccountEditor
            | Self::VendorEditor
            | Self::NotVouchedFor
            | Self::GoodsReceiver
            | Self::PolicyAdopter
            | Self::TolerancesAdopter
            | Self::RateStater
            | Self::AlreadyActed
            | Self::OwnVoiceNeeded
            | Self::NotEligible
            | Self::NotDelegated
            | Self::ReassignmentOfAnother => RefusalKind::Person,
            Self::ReasonMissing | Self::TextMissing => RefusalKind::Invalid,
            _ => RefusalKind::State,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::ReasonMissing => Some("/reason".to_owned()),
            Self::TextMissing => Some("/text".to_owned()),
            _ => None,
        }
    }
}
