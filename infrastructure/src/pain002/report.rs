//! A status report as facts.

use rust_decimal::Decimal;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StatusReport {
    pub message_id: String,
    pub original_message_id: String,
    pub original_message_name: String,
    pub control: Control,
    pub outcome: Option<Outcome>,
    pub blocks: Vec<BlockStatus>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BlockStatus {
    pub original_block_id: String,
    pub control: Control,
    pub outcome: Option<Outcome>,
    pub transactions: Vec<TransactionStatus>,
}

/// What the report says of the file, or block, that it is about.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Control {
    /// `OrgnlNbOfTxs`
    pub transactions: Option<u64>,
    /// `OrgnlCtrlSum`
    pub sum: Option<Decimal>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TransactionStatus {
    pub instruction_id: Option<String>,
    pub end_to_end_id: Option<String>,
    pub outcome: Option<Outcome>,
    /// The bank's own reference (`AcctSvcrRef`), to ask it about the transfer.
    pub bank_reference: Option<String>,
    /// What was instructed, as the bank repeats it (`OrgnlTxRef`).
    pub amount: Option<(Decimal, String)>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    pub status: Status,
    pub reasons: Vec<Reason>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reason {
    /// A code of the ISO external list such as `AC04` (closed account), or the bank's own.
    pub code: Option<String>,
    pub text: Vec<String>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Status {
    /// RCVD
    Received,
    /// ACTC: syntax and semantics are right.
    TechnicallyAccepted,
    /// ACCP: the customer's profile too.
    Accepted,
    /// ACWC: carried out with a change, such as another date.
    AcceptedWithChange,
    /// ACSP
    SettlementInProcess,
    /// ACSC: the debtor's account is settled.
    Settled,
    /// ACCC: the creditor's account is settled.
    Credited,
    /// PDNG
    Pending,
    /// PART: some transfers are accepted, some are not.
    PartiallyAccepted,
    /// PATC: of those that several people must sign, some have.
    PartlySigned,
    /// RJCT
    Rejected,
    /// CANC
    Cancelled,
    /// A code of the external list that came later or that a bank made up; never taken for success or failure.
    Other(String),
}

impl From<&str> for Status {
    fn from(code: &str) -> Self {
        match code {
            "RCVD" => Self::Received,
            "ACTC" => Self::TechnicallyAccepted,
            "ACCP" => Self::Accepted,
            "ACWC" => Self::AcceptedWithChange,
            "ACSP" => Self::SettlementInProcess,
            "ACSC" => Self::Settled,
            "ACCC" => Self::Credited,
            "PDNG" => Self::Pending,
            "PART" => Self::PartiallyAccepted,
            "PATC" => Self::PartlySigned,
            "RJCT" => Self::Rejected,
            "CANC" => Self::Cancelled,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Status {
    pub fn has_settled(&self) -> bool {
        matches!(self, Self::Settled | Self::Credited)
    }

    pub fn has_failed(&self) -> bool {
        matches!(self, Self::Rejected | Self::Cancelled)
    }

    /// Accepted or pending is not yet anything.
    pub fn is_an_end(&self) -> bool {
        self.has_settled() || self.has_failed()
    }

    /// As the report writes it.
    pub fn code(&self) -> &str {
        match self {
            Self::Received => "RCVD",
            Self::TechnicallyAccepted => "ACTC",
            Self::Accepted => "ACCP",
            Self::AcceptedWithChange => "ACWC",
            Self::SettlementInProcess => "ACSP",
            Self::Settled => "ACSC",
            Self::Credited => "ACCC",
            Self::Pending => "PDNG",
            Self::PartiallyAccepted => "PART",
            Self::PartlySigned => "PATC",
            Self::Rejected => "RJCT",
            Self::Cancelled => "CANC",
            Self::Other(code) => code,
        }
    }
}

impl StatusReport {
    /// The end-to-end ids of the transfers that it names.
    pub fn transfers(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().flat_map(|block| &block.transactions).filter_map(|one| one.end_to_end_id.as_deref())
    }

    /// By what the bank itself finds a transfer.
    pub fn bank_reference_of(&self, end_to_end_id: &str) -> Option<&str> {
        let mut transactions = self.blocks.iter().flat_map(|block| &block.transactions);
        transactions.find(|one| one.end_to_end_id.as_deref() == Some(end_to_end_id))?.bank_reference.as_deref()
    }
}
