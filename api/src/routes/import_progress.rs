//! `GET /v1/imports/{id}/progress`: how far an import is, as server-sent events, until it ends.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use futures::Stream;
use quittance_domain::ids::InvoiceImportId;
use quittance_domain::invoice_import::ImportStatus;
use quittance_projections::invoice_import::{self, InvoiceImportView};
use tokio::time::sleep;

use super::Refusals;
use crate::problem::Problem;
use crate::reading::{Id, MinPosition, Reading};
use crate::streaming::{Follower, streamed};

/// A person sees a bar move; more often than this they would see no more of it.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How far an import is, each time that it has got on: the import as `GET /v1/imports/{id}` tells it, its version as id. The event is called
/// `running`, at last `finished` or `cancelled`, with which the stream ends.
#[utoipa::path(get, path = "/v1/imports/{id}/progress", tag = "imports", params(("id" = InvoiceImportId, Path), MinPosition),
    responses((status = 200, description = "The import, whenever it has got on", content_type = "text/event-stream", body = InvoiceImportView), Refusals))]
pub async fn stream_import_progress(
    Id(id): Id<InvoiceImportId>,
    headers: HeaderMap,
    mut read: Reading,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    // Before the answer begins, so that what is wrong can still be said.
    let next = Some(invoice_import::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?);
    let follower = Follower { app: read.app, headers, operation: "stream_import_progress" };
    let watched = Watched { follower, id, next, told: None };
    Ok(streamed(futures::stream::unfold(watched, Watched::next)))
}

/// An import that somebody watches.
struct Watched {
    follower: Follower,
    id: InvoiceImportId,
    /// What is to be told.
    next: Option<InvoiceImportView>,
    /// The version that was told last, and whether the import goes on.
    told: Option<(i64, bool)>,
}

impl Watched {
    async fn look(&self) -> Result<Option<InvoiceImportView>, Problem> {
        Ok(invoice_import::get(&mut self.follower.read().await?, self.id).await?)
    }

    /// Whatever is wrong ends the stream: who comes back is told.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            match (self.next.take(), self.told) {
                (Some(import), told) if told.is_none_or(|(version, _)| version < import.version) => {
                    let event = Event::default().id(import.version.to_string()).event(import.status.to_string()).json_data(&import).ok()?;
                    self.told = Some((import.version, import.status == ImportStatus::Running));
                    return Some((Ok(event), self));
                }
                (_, Some((_, false))) => return None,
                _ => {}
            }
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                () = self.follower.app.system.stopping.cancelled() => return None,
            }
            self.next = self.look().await.ok()?;
        }
    }
}
