//! The file that payments leave in: a pain.001, or an ACH file under the next free name of the day.
//!
//! Its bytes are kept as they were written: what the bank was told can be shown, whatever would be written today.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::RefusalKind;
use quittance_domain::payment::{Method, PaymentPlan, bank_file_claim};
use quittance_domain::tenant::{AchOrigination, CompanyAccount, Tenant};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::failure::{Failure, Refused};
use crate::ports::{AchFileName, AchOrder, BankFile, BankFileRefusal, FileMoment, Original};
use crate::work::Work;

/// The newest form that every bank of the SEPA takes.
const PAIN: &str = "pain.001.001.09";
pub const NACHA: &str = "nacha";
/// Losing a name to another file of the same moment is a reason to take the next one.
pub(crate) const NAME_TAKEN: &str = "bank_file_name_taken";

/// The form that is asked for, or the usual one of the method.
pub(crate) fn format_of(method: Method, asked: Option<&str>) -> Result<String, Failure> {
    match (method, asked) {
        (Method::AchCreditTransfer, None | Some(NACHA)) => Ok(NACHA.to_owned()),
        (Method::AchCreditTransfer, Some(other)) => Err(refused_file(BankFileRefusal::UnknownFormat(other.to_owned()))),
        (_, asked) => Ok(asked.unwrap_or(PAIN).to_owned()),
    }
}

/// Writes `plans`, which are of one method and, for an ACH file, from one account. `id` is the payment's or the run's.
pub(crate) async fn write(
    work: &mut Work<'_>,
    id: Uuid,
    plans: &[&PaymentPlan],
    at: DateTime<Utc>,
    format: &str,
) -> Result<BankFile, Failure> {
    let file = if format == NACHA { ach(work, plans, at).await? } else { pain(work, id, plans, at, format)? };
    Ok(file)
}

fn pain(work: &Work<'_>, id: Uuid, plans: &[&PaymentPlan], at: DateTime<Utc>, format: &str) -> Result<BankFile, Failure> {
    work.ports().bank_files.write(id, plans, FileMoment { at, zone: work.ctx.zone }, format).map_err(refused_file)
}

async fn ach(work: &mut Work<'_>, plans: &[&PaymentPlan], at: DateTime<Utc>) -> Result<BankFile, Failure> {
    let tenant = work.load::<Tenant>(work.tenant()).await?;
    let company = tenant.company()?;
    let account = plans.first().and_then(|plan| plan.debtor_account_id).map(|id| company.account(id)).transpose()?;
    let (account, origination) = originated(account, |account| company.ach_origination(account.id))?;
    let at = work.ctx.zone.time_of(at);
    let name = free_name(work, origination, at.date()).await?;
    let order = AchOrder { origination, account: &account.account, name: &name, at, plans };
    work.ports().ach_files.write(&order).map_err(refused_file)
}

fn originated<'c>(
    account: Option<&'c CompanyAccount>,
    origination: impl Fn(&CompanyAccount) -> Option<&'c AchOrigination>,
) -> Result<(&'c CompanyAccount, &'c AchOrigination), Failure> {
    let found = account.and_then(|account| Some((account, origination(account)?)));
    found.ok_or_else(|| origination_missing().into())
}

pub(crate) fn origination_missing() -> Refused {
    let detail = "nobody has said how the account's bank takes ACH files: set its ACH origination first";
    Refused::new("ach_origination_missing", RefusalKind::State, detail)
}

/// One of 36 names that a sender has on a day.
async fn free_name(work: &Work<'_>, origination: &AchOrigination, on: NaiveDate) -> Result<AchFileName, Failure> {
    for modifier in ('A'..='Z').chain('0'..='9') {
        let message_id = format!("{}-{}-{modifier}", origination.immediate_origin, on.format("%Y%m%d"));
        if work.holder(&bank_file_claim(&message_id).key).await?.is_none() {
            return Ok(AchFileName { message_id, modifier });
        }
    }
    let detail = "the bank tells at most 36 ACH files of a sender and day apart: put the payments into one run";
    Err(Refused::new("too_many_files_today", RefusalKind::State, detail).into())
}

/// Beside the event that names its hash.
pub(crate) fn keep(work: &mut Work<'_>, file: BankFile) {
    work.keep(Original { sha256: Sha256::digest(&file.bytes).into(), bytes: file.bytes.into() });
}

fn refused_file(refusal: BankFileRefusal) -> Failure {
    let code = match refusal {
        BankFileRefusal::UnknownFormat(_) => "file_format_unknown",
        BankFileRefusal::NotExpressible(_) => "file_not_expressible",
    };
    Refused::new(code, RefusalKind::Invalid, refusal.to_string()).at("/format").into()
}
