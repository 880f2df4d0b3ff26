//! Thousands of items keep a server busy, within the limits and in bounded memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use polyclinic::engine::endpoint::{Endpoint, Limits, Route, Server};

use super::server::{FakeServer, Reply};
use super::{connect, endpoint, prompt, wait, wire};

/// Asks so many items with so many requests at once of a server that takes `latency` for each; gives the seconds it
/// took, the most requests the server had at one time, and the most answers that were waited for here.
fn ask(items: usize, concurrent: usize, latency: Duration) -> (f64, usize, usize) {
    let server = FakeServer::start(move |asked| Reply::After(latency, Box::new(wire::ollama(asked))));
    let limited = Endpoint {
        limits: Limits {
            concurrent: concurrent.try_into().unwrap(),
            ..Limits::default()
        },
        ..endpoint(&server.address, Server::Ollama, Route::NextToken)
    };
    let connection = connect(limited);
    let (waiting, most_waiting) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let prompt = Arc::new(prompt("why?"));
    let started = Instant::now();
    let answered = wait(
        futures_util::stream::iter(0..items)
            .map(|_| {
                let (connection, prompt) = (connection.clone(), prompt.clone());
                let (waiting, most_waiting) = (waiting.clone(), most_waiting.clone());
                async move {
                    most_waiting.fetch_max(waiting.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let scored = connection.score(&prompt).await;
                    waiting.fetch_sub(1, Ordering::SeqCst);
                    scored.unwrap();
                }
            })
            .buffered(2 * concurrent)
            .count(),
    );
    let seconds = started.elapsed().as_secs_f64();
    assert_eq!(answered, items);
    assert_eq!(server.count("/api/generate"), items, "each item was asked once");
    (seconds, server.most_in_flight(), most_waiting.load(Ordering::SeqCst))
}

#[test]
fn a_server_has_as_many_requests_as_it_may_and_no_more() {
    for concurrent in [1, 16, 256] {
        let items = 6 * concurrent;
        let (_, most, waiting) = ask(items, concurrent, Duration::from_millis(100));
        assert!(most <= concurrent, "{most} of {concurrent}");
        assert!(most * 10 >= concurrent * 9, "{most} of {concurrent}");
        assert!(waiting <= 2 * concurrent);
    }
}

/// Measured, not asserted: `cargo test --release --test endpoints -- --ignored --nocapture throughput`.
#[test]
#[ignore = "a measurement"]
fn throughput() {
    let latency = Duration::from_millis(100);
    let mut one = None;
    for concurrent in [1, 4, 16, 64, 128, 256, 512] {
        let items = (20 * concurrent).min(4000);
        let (seconds, most, _) = ask(items, concurrent, latency);
        let each = items as f64 / seconds;
        let one = *one.get_or_insert(each);
        eprintln!(
            "{concurrent:>4} at once: {each:>7.1} items/s, {:>6.1} times one, {:.2} of linear; {most} in flight at the server",
            each / one,
            each / one / concurrent as f64
        );
    }
}

#[test]
fn requests_a_minute_are_kept_to() {
    let server = FakeServer::start(wire::ollama);
    let limited = Endpoint {
        limits: Limits {
            requests_per_minute: Some(600.try_into().unwrap()),
            ..Limits::default()
        },
        ..endpoint(&server.address, Server::Ollama, Route::NextToken)
    };
    let connection = connect(limited);
    let started = Instant::now();
    wait(futures_util::future::join_all((0..6).map(|_| async {
        connection.score(&prompt("why?")).await.unwrap();
    })));
    assert!(
        started.elapsed() >= Duration::from_millis(500),
        "the sixth comes five tenths of a second after the first"
    );
}
