//! Keeping within what a server allows: requests at once, requests and tokens a minute.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::Limits;

/// The longest that one request makes others wait, whatever number of tokens a server says it took.
const LONGEST: Duration = Duration::from_secs(600);

/// Hands out turns; shared by all requests to an endpoint.
#[derive(Debug)]
pub(super) struct Limiter {
    places: Semaphore,
    paces: Mutex<Paces>,
}

#[derive(Debug)]
struct Paces {
    requests: Option<Pace>,
    tokens: Option<Pace>,
    /// Nobody asks before this, since the server said so.
    held_until: Option<Instant>,
}

/// So much a minute, evenly.
#[derive(Debug, Clone, Copy)]
struct Pace {
    per_minute: f64,
    next: Option<Instant>,
}

/// The right to one request, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    _place: Option<SemaphorePermit<'a>>,
    guessed_tokens: u64,
}

impl Limiter {
    pub fn new(limits: &Limits) -> Arc<Self> {
        let pace = |per_minute: u32| Pace {
            per_minute: f64::from(per_minute),
            next: None,
        };
        Arc::new(Self {
            places: Semaphore::new(limits.concurrent.get().min(Semaphore::MAX_PERMITS)),
            paces: Mutex::new(Paces {
                requests: limits.requests_per_minute.map(|number| pace(number.get())),
                tokens: limits.tokens_per_minute.map(|number| pace(number.get())),
                held_until: None,
            }),
        })
    }

    /// Waits until a request of about so many tokens may be made.
    pub async fn turn(&self, guessed_tokens: u64) -> Turn<'_> {
        // It is never closed, so there is always a place to wait for.
        let place = self.places.acquire().await.ok();
        loop {
            let wait = self.paces().take(Instant::now(), guessed_tokens);
            match wait {
                None => break,
                Some(wait) => tokio::time::sleep(wait).await,
            }
        }
        Turn {
            _place: place,
            guessed_tokens,
        }
    }

    /// Puts what a request really took in the place of what was guessed.
    pub fn correct(&self, turn: &Turn<'_>, tokens: u64) {
        if let Some(pace) = &mut self.paces().tokens {
            pace.shift(tokens as f64 - turn.guessed_tokens as f64);
        }
    }

    /// Lets nobody ask for a while, since the server asked for that.
    pub fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut paces = self.paces();
        paces.held_until = Some(paces.held_until.map_or(until, |held| held.max(until)));
    }

    fn paces(&self) -> MutexGuard<'_, Paces> {
        // The numbers are whole between any two statements.
        self.paces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Paces {
    /// Takes a turn, or says how long to wait before trying again.
    fn take(&mut self, now: Instant, tokens: u64) -> Option<Duration> {
        let paces = [self.requests, self.tokens];
        let nexts = paces.into_iter().flatten().filter_map(|pace| pace.next);
        let free = nexts.chain(self.held_until).max();
        if let Some(wait) = free.and_then(|free| free.checked_duration_since(now))
            && !wait.is_zero()
        {
            return Some(wait);
        }
        self.held_until = None;
        if let Some(pace) = &mut self.requests {
            pace.spend(now, 1.0);
        }
        if let Some(pace) = &mut self.tokens {
            pace.spend(now, tokens as f64);
        }
        None
    }
}

impl Pace {
    fn spend(&mut self, now: Instant, amount: f64) {
        self.next = Some(now + self.seconds(amount));
    }

    fn shift(&mut self, amount: f64) {
        self.next = self.next.map(|next| match amount >= 0.0 {
            true => next + self.seconds(amount),
            false => next.checked_sub(self.seconds(-amount)).unwrap_or(next),
        });
    }

    fn seconds(&self, amount: f64) -> Duration {
        let wait = Duration::try_from_secs_f64(60.0 * amount / self.per_minute);
        wait.unwrap_or(LONGEST).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paces(requests: Option<f64>, tokens: Option<f64>) -> Paces {
        let pace = |per_minute| Pace { per_minute, next: None };
        Paces {
            requests: requests.map(pace),
            tokens: tokens.map(pace),
            held_until: None,
        }
    }

    /// How many turns of so many tokens a minute gives to one who takes every turn there is.
    fn turns_in_a_minute(mut paces: Paces, tokens: u64) -> usize {
        let start = Instant::now();
        let mut now = start;
        let mut turns = 0;
        while now < start + Duration::from_secs(60) {
            match paces.take(now, tokens) {
                None => turns += 1,
                Some(wait) => now += wait,
            }
        }
        turns
    }

    #[test]
    fn a_minute_holds_what_was_allowed() {
        assert_eq!(turns_in_a_minute(paces(Some(120.0), None), 1), 120);
        assert_eq!(turns_in_a_minute(paces(None, Some(3000.0)), 100), 30);
        assert_eq!(turns_in_a_minute(paces(Some(10.0), Some(3000.0)), 100), 10);
    }

    #[test]
    fn a_wrong_guess_is_paid_back() {
        let mut paces = paces(None, Some(60.0));
        let now = Instant::now();
        assert_eq!(paces.take(now, 1), None);
        paces.tokens.as_mut().unwrap().shift(9.0);
        let wait = paces.take(now, 1).unwrap();
        assert!((wait.as_secs_f64() - 10.0).abs() < 1e-6, "{wait:?}");
    }

    #[test]
    fn an_absurd_count_of_tokens_stops_nobody_for_good() {
        let mut paces = paces(None, Some(60.0));
        let now = Instant::now();
        assert_eq!(paces.take(now, u64::MAX), None);
        paces.tokens.as_mut().unwrap().shift(u64::MAX as f64);
        assert!(paces.take(now, 1).unwrap() <= 2 * LONGEST);
    }

    #[test]
    fn all_wait_when_the_server_asks_for_it() {
        let mut paces = paces(None, None);
        let now = Instant::now();
        paces.held_until = Some(now + Duration::from_secs(7));
        assert_eq!(paces.take(now, 1), Some(Duration::from_secs(7)));
        assert_eq!(paces.take(now + Duration::from_secs(7), 1), None);
    }
}
