//! Who may be whom: what is refused to a person is refused to them under every name that they may act by.

use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{KeyId, TenantId, UserId, VouchingId};
use quittance_domain::user::User;
use quittance_domain::vouching::{HandedKey, Vouching, VouchingCommand};

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

/// The tenant's one register.
pub fn vouching_id(tenant: TenantId) -> VouchingId {
    VouchingId(derived_id(&[b"vouching", tenant.0.as_bytes()]))
}

/// The other users whom the person behind this one may act as.
pub(crate) async fn other_selves(work: &mut Work<'_>, user: UserId) -> Result<Vec<UserId>, Failure> {
    Ok(work.load::<Vouching>(vouching_id(work.tenant())).await?.other_selves(user))
}

/// The acting person has had a key of somebody else in hand.
pub(crate) async fn key_handed(work: &mut Work<'_>, user_id: UserId, key_id: KeyId) -> Result<(), Failure> {
    let key = HandedKey { user_id, key_id, by: work.ctx.actor, at: work.ctx.now };
    let register = vouching_id(work.tenant());
    work.decide::<Vouching>(register, VouchingCommand::HandKey { key }).await.map(drop)
}

/// The caller says that a user is a person of their own; or the operator does.
pub struct VouchForUser {
    pub user_id: UserId,
    pub by_operator: bool,
}

impl UseCase for VouchForUser {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<User>(self.user_id).await?;
        let user = work.load::<User>(self.user_id).await?;
        let keys = user.account()?.keys.iter();
        let in_force = keys.filter(|key| key.expires_at.is_none_or(|at| work.ctx.now < at)).map(|key| key.key_id).collect();
        let by = (!self.by_operator).then_some(work.ctx.actor);
        let register = vouching_id(work.tenant());
        let vouch = VouchingCommand::Vouch { user_id: self.user_id, by, in_force };
        work.decide::<Vouching>(register, vouch).await.map(drop)
    }
}
