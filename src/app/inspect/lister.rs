//! The thread that lists what no frame has time for. Of several requests only the latest is answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use egui::Context;

use super::listing::{Listed, Request};

/// A handle on the thread, which ends with it.
pub struct Lister {
    requests: Sender<Request>,
    lists: Receiver<Listed>,
}

impl Lister {
    /// Starts the thread.
    pub fn start(context: &Context) -> std::io::Result<Self> {
        let (requests, asked) = channel::<Request>();
        let (found, lists) = channel();
        let context = context.clone();
        std::thread::Builder::new().name("lister".into()).spawn(move || {
            while let Ok(first) = asked.recv() {
                // Whoever types on is no longer interested in what was typed before.
                let request = asked.try_iter().last().unwrap_or(first);
                // A fault in one list must not end all others.
                let filter = request.filter.words();
                let Ok(listed) = catch_unwind(AssertUnwindSafe(|| request.answer())) else {
                    tracing::error!(filter, "the items could not be listed");
                    continue;
                };
                if found.send(listed).is_err() {
                    break;
                }
                context.request_repaint();
            }
        })?;
        Ok(Self { requests, lists })
    }

    /// Hands over a request.
    pub fn submit(&self, request: Request) {
        // The thread ends only after this handle.
        self.requests.send(request).ok();
    }

    /// The next list, if there is one already.
    pub fn try_listed(&self) -> Option<Listed> {
        self.lists.try_recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::app::inspect::{Inspect, Order};
    use crate::app::study::Study;
    use crate::benchmarks::demo;
    use crate::reviews::Reviews;
    use crate::runs::ledger::Ledger;
    use crate::slices::{Condition, Filter};

    const LANGUAGES: [&str; 4] = ["en", "ar", "zh", "yo"];

    fn study() -> Arc<Study> {
        let ledger = Ledger::of([demo::benchmark().unwrap()], []);
        Arc::new(Study::new(
            "/study".into(),
            "study".to_owned(),
            None,
            ledger,
            Vec::new(),
        ))
    }

    fn request(study: &Arc<Study>, number: u64) -> Request {
        let language = LANGUAGES[number as usize % LANGUAGES.len()].parse().unwrap();
        Request {
            number,
            study: Arc::clone(study),
            reviews: Arc::default(),
            filter: Filter::from_iter([Condition::Language([language].into())]),
            only: None,
            protocol: None,
            order: Order::default(),
            choices: Vec::new(),
            before: None,
        }
    }

    /// What comes until the request of this number is answered.
    fn listed_until(lister: &Lister, number: u64) -> Vec<Listed> {
        let begun = Instant::now();
        let mut all = Vec::new();
        while all.last().is_none_or(|listed: &Listed| listed.request.number < number) {
            assert!(begun.elapsed() < Duration::from_secs(60), "{number} was never answered");
            all.extend(lister.try_listed());
            std::thread::sleep(Duration::from_millis(1));
        }
        all
    }

    #[test]
    fn the_last_request_is_always_answered_and_none_twice() {
        let study = study();
        let lister = Lister::start(&Context::default()).unwrap();
        let mut last = 0;
        for burst in [1, 7, 200] {
            for _ in 0..burst {
                last += 1;
                lister.submit(request(&study, last));
            }
            let listed = listed_until(&lister, last);
            let numbers: Vec<u64> = listed.iter().map(|listed| listed.request.number).collect();
            assert!(numbers.is_sorted_by(|one, other| one < other), "{numbers:?}");
            for listed in listed {
                let number = listed.request.number;
                assert_eq!(listed.places, request(&study, number).answer().places, "{number}");
            }
        }
    }

    #[test]
    fn the_thread_ends_with_its_handle() {
        let study = study();
        let lister = Lister::start(&Context::default()).unwrap();
        for number in 1..=50 {
            lister.submit(request(&study, number));
        }
        drop(lister);
        let begun = Instant::now();
        while Arc::strong_count(&study) > 1 {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "something still holds the study"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn what_is_shown_follows_the_last_query() {
        let study = study();
        let reviews: Arc<Reviews> = Arc::default();
        let mut inspect = Inspect::default();
        let listing = |inspect: &Inspect, number: u64| {
            let mut request = request(&study, number);
            request.number = inspect.last.as_ref().unwrap().0.number;
            request
        };
        inspect.filter = request(&study, 1).filter;
        inspect.list(&study, &reviews, None);
        let late = listing(&inspect, 1);
        // A queue is opened while the list is still being made.
        inspect.only = Some(vec![5, 3]);
        inspect.list(&study, &reviews, None);
        assert_eq!(inspect.listed, [5, 3]);
        inspect.take_in(late.answer());
        assert_eq!(inspect.listed, [5, 3], "an older list does not push a newer one away");
        let now = listing(&inspect, 2);
        let places = now.clone().answer().places;
        inspect.take_in(now.answer());
        assert_eq!(inspect.listed, places);
    }
}
