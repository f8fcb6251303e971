//! The in-memory adapter keeps the contract.

use std::sync::Arc;
use visavis_live::{MemoryLive, contract};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_in_memory_adapter_keeps_the_contract() {
    contract::all(|| async {
        let live = MemoryLive::default();
        let pair: contract::Pair = (Arc::new(live.clone()), Arc::new(live));
        pair
    })
    .await;
}
