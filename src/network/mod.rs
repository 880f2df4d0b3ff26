//! What every part that talks to a server stands on: clients, the threads they run on, reading answers, trying again, and secrets.
//!
//! This module knows no server in particular. The Hugging Face hub and endpoints are told apart above it; here lies
//! what they must share, so that proxies, timeouts, `Retry-After` and keys are handled in one way.

mod body;
mod client;
mod keeping;
mod retry;
mod runtime;
mod secret;

pub use body::{BodyError, body};
pub use client::{ClientError, Timeouts, client, is_loopback};
pub use keeping::{Kept, SecretStore};
pub use retry::{Backoff, Retry, Retryable, after, of_error, of_status, with_retries};
pub use runtime::{NoRuntime, block_on, spawn};
pub use secret::{Secret, SecretError};
