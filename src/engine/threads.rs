//! The threads that share the arithmetic.
//!
//! A pool of our own, as wide as the machine has cores: kernels gain nothing from a core's second thread. Work that
//! enters it once for a whole pass finds its threads awake at every product in between.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// How many threads there are: the machine's cores, or what `POLYCLINIC_THREADS` says.
pub fn count() -> usize {
    pool().map_or(1, ThreadPool::current_num_threads)
}

/// Does work whose parts the threads share.
pub fn run<Result: Send>(work: impl FnOnce() -> Result + Send) -> Result {
    match pool() {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// Nothing where the system gives us no threads.
fn pool() -> Option<&'static ThreadPool> {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        let builder = ThreadPoolBuilder::new().num_threads(wanted());
        builder.thread_name(|index| format!("arithmetic {index}")).build().ok()
    });
    pool.as_ref()
}

fn wanted() -> usize {
    let said = std::env::var("POLYCLINIC_THREADS").ok();
    let said = said.and_then(|said| said.parse().ok()).filter(|&threads| threads > 0);
    said.unwrap_or_else(|| {
        // A container may be given fewer than there are.
        let usable = std::thread::available_parallelism().map_or(1, usize::from);
        sysinfo::System::physical_core_count().map_or(usable, |cores| cores.clamp(1, usable))
    })
}
