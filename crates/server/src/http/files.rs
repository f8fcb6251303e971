//! Files and pictures of the lounge: `POST /api/v1/files` takes one for which there is a token, `/files/{id}/{name}`
//! gives it to whoever knows its id. Bytes only; what they are and who may have them is decided in the use cases.
//!
//! Each is in memory while it is on its way. How much of that there may be is bounded in all, and for each address, so
//! that nobody who sends or takes slowly keeps others from it.

mod incoming;
mod outgoing;

use super::Api;
use crate::app::Refused;
use crate::edge::{Shares, problem};
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::net::IpAddr;
use std::sync::Arc;
use visavis_store::StoreError;

/// On its way at once, each way, in KiB: of one address, and of all. Less has those wait who sit behind one address and
/// look at many pictures; more is memory that a few addresses can make the server need.
const OF_ONE_KIB: u32 = 32 * 1024;
const OF_ALL: u32 = 4;

/// Fetching, under the limits of all requests.
pub(super) fn router(api: &Arc<Api>) -> Router {
    let files = outgoing::Outgoing { api: api.clone(), memory: memory(api) };
    Router::new().route("/files/{id}/{name}", get(outgoing::fetch)).with_state(Arc::new(files))
}

/// Sending up, under limits of its own.
pub(super) fn uploads(api: &Arc<Api>) -> Router {
    let uploads = incoming::Uploads::new(api.clone(), memory(api));
    Router::new().route("/api/v1/files", post(incoming::upload)).with_state(Arc::new(uploads))
}

/// For as many addresses at least as it says above, however large a file may be.
fn memory(api: &Api) -> Shares<IpAddr> {
    let each = OF_ONE_KIB.max(kib(api.app.largest_file()));
    Shares::new(each, each as usize * OF_ALL as usize)
}

fn kib(bytes: u64) -> u32 {
    u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX)
}

fn refusal(refused: &Refused) -> Response {
    match refused {
        Refused::Ticket => problem(
            StatusCode::UNAUTHORIZED,
            "upload_refused",
            "There is no right to send this up, or not any more",
        ),
        Refused::File => {
            problem(StatusCode::UNPROCESSABLE_ENTITY, "file_invalid", "This is not the file that was offered")
        }
        Refused::FileTooLarge => {
            problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Files may not be as large")
        }
        Refused::Store(StoreError::OverShare) => problem(
            StatusCode::INSUFFICIENT_STORAGE,
            "quota_full",
            "As much of theirs, or of all guests there, is kept as one may have",
        ),
        Refused::Store(StoreError::Full | StoreError::ReadOnly(_)) => {
            problem(StatusCode::INSUFFICIENT_STORAGE, "storage_full", "There is no room for more files")
        }
        Refused::Store(StoreError::Unavailable(_)) | Refused::Live(_) => {
            try_again("The database does not answer; try again")
        }
        other => {
            tracing::error!(refused = %other, "a file could not be taken or given");
            problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", "A defect of the server")
        }
    }
}

fn try_again(title: &str) -> Response {
    let refused = problem(StatusCode::SERVICE_UNAVAILABLE, "try_again", title);
    ([(header::RETRY_AFTER, "2")], refused).into_response()
}
