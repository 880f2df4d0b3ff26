//! Trying again: what is worth it, how long to wait, and when to give up.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::cancel::{Cancel, Cancelled};

/// Whether a failure may pass by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Asking again gives the same.
    Never,
    /// Worth another attempt, after as long as the server asked for, where it did.
    Later { after: Option<Duration> },
}

/// A failure that knows whether it may pass by itself.
pub trait Retryable {
    /// Whether trying again is worth it.
    fn retry(&self) -> Retry;

    /// Whether the attempt got further than the one before, so that the next may count as the first.
    fn progressed(&self) -> bool {
        false
    }
}

/// How often to try, and how long to wait between: twice as long each time, by chance a little less, so that many
/// clients that failed together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Attempts in all; at least one is made.
    pub attempts: u32,
    /// The wait after the first failure.
    pub first: Duration,
    /// The longest wait of our own choosing.
    pub longest: Duration,
    /// The longest wait a server may ask for; where it asks for more, its answer is the failure's.
    pub patience: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            attempts: 6,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(30),
            patience: Duration::from_secs(300),
        }
    }
}

impl Backoff {
    /// How long to wait after failure number `failures` (from 1), or nothing where it is time to give up.
    /// A server is never asked earlier than it said.
    pub fn wait(&self, failures: u32, retry: Retry) -> Option<Duration> {
        let Retry::Later { after } = retry else {
            return None;
        };
        if failures >= self.attempts || after.is_some_and(|asked| asked > self.patience) {
            return None;
        }
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        let ours = self.first.saturating_mul(doubled).min(self.longest);
        let ours = ours.mul_f64(0.5 + 0.5 * fastrand::f64());
        Some(after.unwrap_or_default().max(ours))
    }
}

/// Calls `attempt` until it succeeds, fails for good, or `backoff` gives up; the last failure is returned.
///
/// `waiting` hears every failure that is tried again and how long until then. A stop ends an attempt and a wait alike.
pub async fn with_retries<T, E, F>(
    backoff: Backoff,
    cancel: &Cancel,
    mut waiting: impl FnMut(&E, Duration),
    mut attempt: impl FnMut() -> F,
) -> Result<T, E>
where
    E: Retryable + From<Cancelled>,
    F: Future<Output = Result<T, E>>,
{
    let mut failures = 0;
    loop {
        let failure = match cancel.or(attempt()).await? {
            Ok(value) => return Ok(value),
            Err(failure) => failure,
        };
        failures = if failure.progressed() { 1 } else { failures + 1 };
        let Some(wait) = backoff.wait(failures, failure.retry()) else {
            return Err(failure);
        };
        waiting(&failure, wait);
        cancel.or(tokio::time::sleep(wait)).await?;
    }
}

/// Whether an answer of this status may be another one later.
pub fn of_status(status: StatusCode, headers: &HeaderMap) -> Retry {
    let passing = matches!(
        status.as_u16(),
        408 | 425 | 429 | 500 | 502 | 503 | 504 | 520..=524 | 529
    );
    if passing {
        Retry::Later {
            after: after(headers, SystemTime::now()),
        }
    } else {
        Retry::Never
    }
}

/// Whether a request that got no whole answer is worth another attempt.
pub fn of_error(error: &reqwest::Error) -> Retry {
    if error.is_builder() || error.is_redirect() || error.is_status() {
        Retry::Never
    } else {
        Retry::Later { after: None }
    }
}

/// How long the server asks to wait: `Retry-After` as seconds or as a date. What cannot be read is as if not said.
pub fn after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        // Some servers write fractions, though the standard knows none.
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::network::block_on;

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Failure {
        Passing,
        Further,
        Lasting,
        Cancelled,
    }

    impl From<Cancelled> for Failure {
        fn from(_: Cancelled) -> Self {
            Self::Cancelled
        }
    }

    impl Retryable for Failure {
        fn retry(&self) -> Retry {
            match self {
                Self::Passing | Self::Further => Retry::Later { after: None },
                _ => Retry::Never,
            }
        }

        fn progressed(&self) -> bool {
            *self == Self::Further
        }
    }

    fn quick() -> Backoff {
        Backoff {
            attempts: 4,
            first: Duration::from_millis(1),
            longest: Duration::from_millis(4),
            patience: Duration::from_secs(1),
        }
    }

    fn headers(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())])
    }

    #[test]
    fn waits_double_stay_within_bounds_and_end() {
        let backoff = Backoff::default();
        for failures in 1..6 {
            let most = Duration::from_millis(500 << (failures - 1)).min(backoff.longest);
            for _ in 0..50 {
                let wait = backoff.wait(failures, Retry::Later { after: None }).unwrap();
                assert!(wait <= most && wait >= most / 2, "{failures}: {wait:?}");
            }
        }
        assert_eq!(backoff.wait(6, Retry::Later { after: None }), None);
        assert_eq!(backoff.wait(1, Retry::Never), None);
    }

    #[test]
    fn a_server_is_not_asked_before_it_said() {
        let backoff = Backoff::default();
        let asked = |seconds| Retry::Later {
            after: Some(Duration::from_secs(seconds)),
        };
        assert_eq!(backoff.wait(1, asked(120)), Some(Duration::from_secs(120)));
        assert_eq!(backoff.wait(1, asked(301)), None, "more than patience allows");
        assert!(backoff.wait(1, asked(0)).unwrap() >= Duration::from_millis(250));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sat, 21 Nov 2026 18:00:00 GMT").unwrap();
        let read = |text| after(&headers(text), now);
        assert_eq!(read("7"), Some(Duration::from_secs(7)));
        assert_eq!(read(" 0.5 "), Some(Duration::from_millis(500)));
        assert_eq!(read("Sat, 21 Nov 2026 18:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(read("Sat, 21 Nov 2026 17:00:00 GMT"), Some(Duration::ZERO));
        for unreadable in ["soon", "-1", "NaN", "inf", "1e300", ""] {
            assert_eq!(read(unreadable), None, "{unreadable}");
        }
        assert_eq!(after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn only_passing_answers_are_asked_for_again() {
        let retry = |status| of_status(StatusCode::from_u16(status).unwrap(), &headers("3"));
        for passing in [408, 429, 500, 502, 503, 504, 522] {
            let after = Some(Duration::from_secs(3));
            assert_eq!(retry(passing), Retry::Later { after }, "{passing}");
        }
        for lasting in [400, 401, 403, 404, 410, 416, 501] {
            assert_eq!(retry(lasting), Retry::Never, "{lasting}");
        }
    }

    #[test]
    fn tries_until_it_works_or_cannot() {
        let run = |outcomes: &[Failure]| {
            let tried = Cell::new(0);
            let waits = Cell::new(0);
            let outcome = block_on(with_retries(
                quick(),
                &Cancel::default(),
                |_: &Failure, _| waits.set(waits.get() + 1),
                || {
                    let number = tried.replace(tried.get() + 1);
                    let outcome = match outcomes.get(number) {
                        Some(failure) => Err(*failure),
                        None => Ok(number),
                    };
                    async move { outcome }
                },
            ));
            (outcome.unwrap(), tried.get(), waits.get())
        };
        use Failure::{Further, Lasting, Passing};
        assert_eq!(run(&[]), (Ok(0), 1, 0));
        assert_eq!(run(&[Passing, Passing, Passing]), (Ok(3), 4, 3));
        assert_eq!(run(&[Passing, Passing, Passing, Passing]), (Err(Passing), 4, 3));
        assert_eq!(run(&[Passing, Lasting]), (Err(Lasting), 2, 1));
        assert_eq!(run(&[Passing, Passing, Further, Passing, Passing]), (Ok(5), 6, 5));
    }

    #[test]
    fn a_stop_ends_the_wait() {
        let cancel = Cancel::default();
        let patient = Backoff {
            first: Duration::from_secs(3600),
            longest: Duration::from_secs(3600),
            ..quick()
        };
        let outcome: Result<(), Failure> = block_on(with_retries(
            patient,
            &cancel,
            |_, _| cancel.cancel(),
            || async { Err(Failure::Passing) },
        ))
        .unwrap();
        assert_eq!(outcome, Err(Failure::Cancelled));
    }
}
