//! Ctrl-C: the first asks running work to stop cleanly, the second leaves at once.

use std::sync::OnceLock;

use anyhow::Context as _;
use polyclinic::engine::Cancel;

static INTERRUPT: OnceLock<Cancel> = OnceLock::new();

/// What Ctrl-C cancels, from now on.
pub fn interrupt() -> anyhow::Result<&'static Cancel> {
    if let Some(cancel) = INTERRUPT.get() {
        return Ok(cancel);
    }
    let cancel = INTERRUPT.get_or_init(Cancel::default);
    ctrlc::set_handler(|| {
        if cancel.is_cancelled() {
            // Asked twice: whoever it is does not want to wait for the group in flight.
            std::process::exit(130);
        }
        cancel.cancel();
    })
    .context("Ctrl-C could not be caught")?;
    Ok(cancel)
}
