//! Changes of the chart that name accounts of it: each that it does not have, or that may not be posted to, is told by its place.

use quittance_domain::chart::{Chart, ChartCommand, PostingAccounts, TaxCode};

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::tenant::chart_id;
use crate::work::Work;

pub struct DefineTaxCode {
    pub tax_code: TaxCode,
}

impl UseCase for DefineTaxCode {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        let TaxCode { input_account, output_account, .. } = &self.tax_code;
        let named = [(Some(input_account), "/input_account"), (output_account.as_ref(), "/output_account")];
        for (code, place) in named.into_iter().filter_map(|(code, place)| Some((code?, place))) {
            chart.account_for_documents(code).map_err(|refusal| Refused::from(refusal).at(place))?;
        }
        let define = ChartCommand::DefineTaxCode { tax_code: self.tax_code.clone(), by: work.ctx.actor };
        work.decide::<Chart>(chart_id(work.tenant()), define).await.map(drop)
    }
}

pub struct AssignPostingAccounts {
    pub accounts: PostingAccounts,
}

impl UseCase for AssignPostingAccounts {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        for (role, code) in &self.accounts.0 {
            chart.open_account(code).map_err(|refusal| Refused::from(refusal).at(format!("/{role}")))?;
        }
        let assign = ChartCommand::AssignPostingAccounts { accounts: self.accounts.clone(), by: work.ctx.actor };
        work.decide::<Chart>(chart_id(work.tenant()), assign).await.map(drop)
    }
}
