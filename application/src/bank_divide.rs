//! Dividing a line that tells a sum: by a person's word, or because a later file lists what the entry is made of.

use quittance_domain::bank_statement::{BankStatement, BankStatementCommand, Division, DivisionSource, Entry, EntryLine, StatementLine};
use quittance_domain::ids::BankStatementId;
use quittance_domain::{Money, RefusalKind};
use rust_decimal::Decimal;

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::work::Work;

/// What a person knows of a part; of what they do not say the line's own stands.
#[derive(Clone, Debug)]
pub struct LinePart {
    /// In the account's currency, signed as the line is.
    pub amount: Decimal,
    pub end_to_end_id: Option<String>,
    pub counterparty_name: Option<String>,
    pub text: Option<String>,
}

pub struct DivideLine {
    pub id: BankStatementId,
    pub line: u32,
    pub parts: Vec<LinePart>,
    pub reason: String,
}

impl UseCase for DivideLine {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<BankStatement>(self.id).await?;
        let statement = work.take::<BankStatement>(self.id).await?;
        let whole = statement.imported()?.line(self.line)?;
        let parts = self.parts.iter().enumerate().map(|(index, part)| part.of(whole, index)).collect::<Result<_, _>>()?;
        let told = DivisionSource::Person { reason: self.reason.clone() };
        let division = Division { parts, told, by: work.ctx.actor };
        work.decide::<BankStatement>(self.id, BankStatementCommand::Divide { line: self.line, division }).await.map(drop)
    }
}

impl LinePart {
    fn of(&self, whole: &StatementLine, index: usize) -> Result<EntryLine, Refused> {
        let exact = Money::exact(self.amount, whole.amount.currency());
        let amount = exact.map_err(|error| {
            Refused::new("below_minor_unit", RefusalKind::Invalid, error.to_string()).at(format!("/parts/{index}/amount"))
        })?;
        let StatementLine { references, counterparty_account, is_return, return_reason, transaction_codes, .. } = whole.clone();
        let own = |said: &Option<String>, of_line: &Option<String>| said.as_ref().or(of_line.as_ref()).cloned();
        Ok(EntryLine {
            amount,
            end_to_end_id: self.end_to_end_id.clone(),
            references,
            counterparty_name: own(&self.counterparty_name, &whole.counterparty_name),
            counterparty_account,
            text: own(&self.text, &whole.text),
            is_return,
            return_reason,
            transaction_codes,
            cheque_number: None,
        })
    }
}

/// Whether the entry, which `statement` has as one line that nothing explains yet, is told one by one now: its line is divided then.
pub(crate) async fn told_later(
    work: &mut Work<'_>,
    statement: BankStatementId,
    identity: &str,
    entry: &Entry,
    sha256: &str,
) -> Result<bool, Failure> {
    if entry.lines.len() < 2 {
        return Ok(false);
    }
    let before = work.take::<BankStatement>(statement).await?;
    let mut of_entry = before.imported()?.lines().filter(|line| line.identity == identity);
    let (Some(whole), None) = (of_entry.next(), of_entry.next()) else { return Ok(false) };
    let waits = before.imported()?.unmatched().any(|line| line.line == whole.line);
    if !waits || whole.amount != entry.amount {
        return Ok(false);
    }
    let told = DivisionSource::File { sha256: sha256.to_owned() };
    let division = Division { parts: entry.lines.clone(), told, by: work.ctx.actor };
    work.decide::<BankStatement>(statement, BankStatementCommand::Divide { line: whole.line, division }).await?;
    Ok(true)
}
