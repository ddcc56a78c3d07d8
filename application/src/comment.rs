//! Saying something about a document or a party, and to whom.

use quittance_domain::RefusalKind;
use quittance_domain::comment::{Comment, CommentCommand, MENTIONS_MAX, Remark, addresses_in};
use quittance_domain::ids::{CommentId, UserId};
use quittance_domain::subject::Subject;
use quittance_domain::user::{User, email_key};

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::subject;
use crate::work::Work;

pub struct WriteComment {
    pub id: CommentId,
    pub subject: Subject,
    /// May call people by `@` and their address.
    pub text: String,
    /// Further people whom it calls.
    pub mentions: Vec<UserId>,
}

impl UseCase for WriteComment {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        subject::known(work, self.subject).await?;
        let mentions = self.called(work).await?;
        let remark = Remark { subject: self.subject, text: self.text.clone(), mentions, by: work.ctx.actor };
        work.create::<Comment>(self.id, CommentCommand::Write(Box::new(remark))).map(drop)
    }
}

impl WriteComment {
    /// An id that is nobody's is a mistake; an address that is nobody's may be the vendor's, and is just text. Nobody calls themselves.
    async fn called(&self, work: &mut Work<'_>) -> Result<Vec<UserId>, Failure> {
        let mut called = Vec::new();
        for (index, user) in self.mentions.iter().take(MENTIONS_MAX + 1).enumerate() {
            if !works_here(work, *user).await? {
                let refused = Refused::new("person_unknown", RefusalKind::Invalid, "there is no such active user");
                return Err(refused.at(format!("/mentions/{index}")).into());
            }
            called.push(*user);
        }
        for address in addresses_in(&self.text).take(MENTIONS_MAX + 1) {
            let holder = work.holder(&email_key(address)).await?.map(UserId);
            if let Some(user) = holder
                && works_here(work, user).await?
            {
                called.push(user);
            }
        }
        let mut seen = vec![work.ctx.actor];
        called.retain(|user| {
            !seen.contains(user) && {
                seen.push(*user);
                true
            }
        });
        Ok(called)
    }
}

async fn works_here(work: &mut Work<'_>, user: UserId) -> Result<bool, Failure> {
    Ok(work.load::<User>(user).await?.account().is_ok_and(|account| account.active))
}
