//! Endpoints against servers that answer as the real ones do, and against every way they fail.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "test code")]

mod command_line;
mod faults;
mod keys;
mod load;
mod probing;
mod real;
mod routes;
mod runs;
mod server;
mod wire;

use std::time::Duration;

use polyclinic::cancel::Cancel;
use polyclinic::engine::endpoint::{Connection, Endpoint, Limits, Route, Server};
use polyclinic::network::Backoff;
use polyclinic::prompts::{PromptText, ScoredPrompt};

/// Patience for servers that answer in no time.
pub const QUICK: Backoff = Backoff {
    attempts: 5,
    first: Duration::from_millis(5),
    longest: Duration::from_millis(40),
    patience: Duration::from_secs(5),
};

/// An endpoint at an address.
pub fn endpoint(address: &str, server: Server, route: Route) -> Endpoint {
    Endpoint {
        name: "ward".to_owned(),
        address: address.parse().unwrap(),
        model: wire::MODEL.to_owned(),
        server,
        route,
        context_length: None,
        key_variable: None,
        limits: Limits::default(),
        prices: None,
    }
}

/// A connection without a key.
pub fn connect(endpoint: Endpoint) -> Connection {
    Connection::with_key(endpoint, None, Cancel::default(), QUICK).unwrap()
}

/// An item's prompt with four letters.
pub fn prompt(question: &str) -> ScoredPrompt {
    let mut text = PromptText::default();
    text.push_markup("Question: ");
    text.push_plain(question);
    text.push_markup("\nAnswer:");
    ScoredPrompt::new(text, &[" A", " B", " C", " D"])
}

/// Runs async work of a test.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    polyclinic::network::block_on(work).unwrap()
}
