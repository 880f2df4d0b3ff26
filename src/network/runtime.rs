//! The few threads on which everything that waits for the network runs.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// Waiting takes no processor; computing stays with the engine's own threads.
const THREADS: usize = 2;

/// The system gives no threads for the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no threads for the network; close other programs and start again")]
pub struct NoRuntime;

static RUNTIME: LazyLock<Result<Runtime, NoRuntime>> = LazyLock::new(|| {
    let built = Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("network")
        .enable_all()
        .build();
    built.map_err(|problem| {
        tracing::error!(%problem, "no threads for the network");
        NoRuntime
    })
});

/// Runs `work` to its end and returns its outcome. For threads that may wait, never for work started with [`spawn`].
pub fn block_on<T>(work: impl Future<Output = T>) -> Result<T, NoRuntime> {
    match &*RUNTIME {
        Ok(runtime) => Ok(runtime.block_on(work)),
        Err(problem) => Err(*problem),
    }
}

/// Starts `work` in the background. Dropping the handle lets it run on.
pub fn spawn<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<JoinHandle<T>, NoRuntime> {
    match &*RUNTIME {
        Ok(runtime) => Ok(runtime.spawn(work)),
        Err(problem) => Err(*problem),
    }
}
