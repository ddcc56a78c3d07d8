//! How much of request bodies the server holds in memory at once: what does not fit is refused at once, as where no place
//! is free, and a request's share comes back when its work has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use futures::StreamExt;
use tokio::sync::Semaphore;

/// Bodies of this size are bounded by the number of requests alone.
const SMALL: u64 = 64 << 10;

/// What one request holds of the budget; its last owner gives it back.
#[derive(Clone)]
pub struct BodyShare(Arc<Held>);

struct Held {
    budget: Arc<Semaphore>,
    bytes: AtomicUsize,
    refused: AtomicUsize,
}

#[derive(Debug, thiserror::Error)]
#[error("no room for this body")]
struct NoRoom;

impl BodyShare {
    pub fn of(budget: &Arc<Semaphore>) -> Self {
        Self(Arc::new(Held { budget: budget.clone(), bytes: AtomicUsize::new(0), refused: AtomicUsize::new(0) }))
    }

    /// The request with a body that takes its room as it comes.
    pub fn counted(&self, request: Request) -> Request {
        if request.body().size_hint().upper().is_some_and(|bytes| bytes <= SMALL) {
            return request;
        }
        let share = self.clone();
        request.map(|body| {
            Body::from_stream(body.into_data_stream().map(move |chunk| match chunk {
                Ok(chunk) if share.takes(chunk.len()) => Ok(chunk),
                Ok(_) => Err(axum::Error::new(NoRoom)),
                Err(error) => Err(error),
            }))
        })
    }

    /// Whether the body was cut because there was no room for it.
    pub fn found_no_room(&self) -> bool {
        self.0.refused.load(Ordering::Relaxed) > 0
    }

    fn takes(&self, bytes: usize) -> bool {
        let room = u32::try_from(bytes).ok().and_then(|bytes| self.0.budget.try_acquire_many(bytes).ok());
        let Some(room) = room else {
            self.0.refused.fetch_add(1, Ordering::Relaxed);
            return false;
        };
        room.forget();
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        true
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.add_permits(*self.bytes.get_mut());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use axum::extract::Request;
    use futures::stream;
    use tokio::sync::Semaphore;

    use super::BodyShare;

    const ROOM: usize = 1 << 20;

    fn request(bytes: usize, length_is_said: bool) -> Request {
        let chunks = vec![vec![b'x'; bytes / 4]; 4].into_iter().map(Ok::<_, std::io::Error>);
        Request::new(if length_is_said { Body::from(vec![b'x'; bytes]) } else { Body::from_stream(stream::iter(chunks)) })
    }

    async fn reads(share: &BodyShare, bytes: usize, length_is_said: bool) -> bool {
        let read = axum::body::to_bytes(share.counted(request(bytes, length_is_said)).into_body(), usize::MAX).await;
        assert_eq!(read.is_err(), share.found_no_room());
        read.is_ok_and(|read| read.len() == bytes)
    }

    #[tokio::test]
    async fn a_body_holds_its_room_until_its_request_has_ended() {
        let budget = Arc::new(Semaphore::new(ROOM));
        for length_is_said in [true, false] {
            let (first, second, third) = (BodyShare::of(&budget), BodyShare::of(&budget), BodyShare::of(&budget));
            assert!(reads(&first, ROOM / 2, length_is_said).await);
            assert!(!reads(&second, ROOM / 2 + 4, length_is_said).await, "more than is left");
            drop(second);
            assert!(reads(&third, ROOM / 2, length_is_said).await, "what was refused holds nothing");
            drop((first, third));
            assert_eq!(budget.available_permits(), ROOM, "all of it came back");
        }
    }

    #[tokio::test]
    async fn a_small_body_passes_though_there_is_no_room() {
        let none = Arc::new(Semaphore::new(0));
        assert!(reads(&BodyShare::of(&none), 64 << 10, true).await);
        assert!(!reads(&BodyShare::of(&none), 1 << 10, false).await, "of unknown length: it is counted");
    }
}
