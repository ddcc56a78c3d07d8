//! Withdrawing a statement that should never have been imported: its lines are none of the account's, and its file may be imported again.

use quittance_domain::bank_statement::{BankStatement, BankStatementCommand};
use quittance_domain::ids::BankStatementId;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

pub struct WithdrawStatement {
    pub id: BankStatementId,
    pub reason: String,
}

impl UseCase for WithdrawStatement {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<BankStatement>(self.id).await?;
        let command = BankStatementCommand::Withdraw { by: work.ctx.actor, reason: self.reason.clone() };
        work.decide::<BankStatement>(self.id, command).await.map(drop)
    }
}
