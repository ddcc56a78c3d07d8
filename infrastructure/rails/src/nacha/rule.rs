//! What a file can break: each rule has a stable code, and says whether the file is refused for it.

use std::fmt;

#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, thiserror::Error, strum::IntoStaticStr, strum::EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Rule {
    #[error("the file has no records")]
    NoRecords,
    #[error("a record holds printable ASCII characters only")]
    Characters,
    #[error("a record has 94 characters")]
    RecordTooLong,
    #[error("no record begins like this")]
    RecordType,
    #[error("the file begins with one file header")]
    FileHeader,
    #[error("the file ends with one file control record")]
    FileControl,
    #[error("a batch begins with its header")]
    BatchHeader,
    #[error("a batch ends with its control record")]
    BatchControl,
    #[error("an addenda record follows the entry that it belongs to")]
    AddendaWithoutEntry,
    #[error("after the file control come only lines of nines")]
    AfterTheEnd,
    #[error("records are filled up to blocks of ten with lines of nines")]
    Blocking,
    #[error("the field always holds one text")]
    FixedText,
    #[error("the field must be filled")]
    Empty,
    #[error("the field holds digits")]
    NotNumeric,
    #[error("the field holds a date as YYMMDD")]
    NoSuchDate,
    #[error("the field holds a time as HHMM")]
    NoSuchTime,
    #[error("the name must say something, zeros do not")]
    AllZeros,
    #[error("the routing number's check digit does not hold")]
    CheckDigit,
    #[error("the field holds one of a list of codes")]
    UnknownCode,
    #[error("this batch takes no such transaction code")]
    TransactionCode,
    #[error("a transaction code must agree with the amount: notes without money carry zero, the others do not")]
    AmountForCode,
    #[error("the amount is above what this kind of entry may move")]
    AmountTooLarge,
    #[error("the service class does not admit this direction of money")]
    ServiceClass,
    #[error("the batch's control repeats its header")]
    ControlRepeatsHeader,
    #[error("entries and addenda are counted")]
    EntryCount,
    #[error("the entry hash is the sum of the receiving banks' numbers, its last ten digits")]
    EntryHash,
    #[error("the debits sum up to the total")]
    DebitTotal,
    #[error("the credits sum up to the total")]
    CreditTotal,
    #[error("batches are counted")]
    BatchCount,
    #[error("blocks of ten lines are counted")]
    BlockCount,
    #[error("batch numbers ascend")]
    BatchNumber,
    #[error("trace numbers ascend within a batch")]
    TraceOrder,
    #[error("a trace number begins with the originating bank's number")]
    TraceBank,
    #[error("the addenda indicator says whether addenda follow")]
    AddendaIndicator,
    #[error("this kind of entry has no such addenda, or not so many")]
    Addenda,
    #[error("this kind of entry needs an addenda record that is missing")]
    AddendaMissing,
    #[error("an entry that counts its addenda counts them all")]
    AddendaCount,
    #[error("an international entry counts its addenda, the optional ones too")]
    InternationalCount,
    #[error("addenda of an entry are numbered from one")]
    AddendaSequence,
    #[error("an addenda record names its entry")]
    AddendaEntry,
    #[error("a batch holds entries")]
    NoEntries,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Level {
    /// The file is not what it claims to be.
    Fault,
    /// Told, but nothing is lost by it: the file is taken.
    Remark,
}

impl Rule {
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Transports strip filler lines, and many gateways count only the mandatory addenda; nothing is lost by either.
    pub fn level(self) -> Level {
        match self {
            Self::Blocking | Self::InternationalCount => Level::Remark,
            _ => Level::Fault,
        }
    }
}

/// A rule that a file breaks, and where: the line counts from 1, `field` is empty where the whole record is meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Finding {
    pub line: usize,
    pub field: &'static str,
    pub rule: Rule,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} {}: {} ({})", self.line, self.field, self.rule, self.rule.code())
    }
}
