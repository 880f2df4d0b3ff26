//! What the Runs page keeps: the form of a run to start and what is known of the run under way.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::preview::Preview;
use super::study::Study;
use crate::engine::endpoint::{Endpoint, Route, Usage};
use crate::language::Language;
use crate::prompts::{Protocol, Scoring};
use crate::runs::estimate::Work;
use crate::runs::{ModelChoice, Progress, RunId, RunRecord, RunRequest};

/// The form of a new run, as typed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunForm {
    /// Names with where they are.
    pub models: BTreeMap<String, ModelChoice>,
    pub benchmarks: BTreeSet<String>,
    pub languages: BTreeSet<Language>,
    pub shots: String,
    /// Items of each benchmark and language; all where empty.
    pub limit: String,
    pub seed: String,
    /// The most tokens of a written answer.
    pub most_tokens: String,
    /// The chosen protocol and what was changed of it; the numbers typed above stand for its own.
    pub protocol: Protocol,
    /// Whether the same is asked again under [`Protocol::variants`], to see what flips.
    pub fragility: bool,
}

/// Words of the tokenizers that served models have.
const LARGE_VOCABULARY: u64 = 128_000;

impl RunForm {
    /// A form with all of one benchmark chosen, and every model on this machine.
    pub fn new(study: &Study, models: impl IntoIterator<Item = (String, ModelChoice)>) -> Self {
        let benchmark = study.benchmarks().first();
        Self {
            models: models.into_iter().collect(),
            benchmarks: benchmark
                .map(|benchmark| benchmark.name().to_owned())
                .into_iter()
                .collect(),
            languages: benchmark
                .into_iter()
                .flat_map(|benchmark| study.counts(benchmark.name()))
                .map(|(language, _)| language.clone())
                .collect(),
            shots: "0".to_owned(),
            limit: String::new(),
            seed: "0".to_owned(),
            most_tokens: Scoring::MOST_TOKENS.to_string(),
            protocol: Protocol::default(),
            fragility: false,
        }
    }

    /// Takes a protocol with all it says.
    pub fn choose(&mut self, protocol: &Protocol) {
        self.shots = protocol.shots.to_string();
        self.seed = protocol.seed.to_string();
        if let Scoring::Written { most_tokens } = protocol.scoring {
            self.most_tokens = most_tokens.to_string();
        }
        self.protocol = protocol.clone();
    }

    /// The protocol with the numbers that were typed, or what is wrong with them.
    pub fn protocol(&self) -> Result<Protocol, &'static str> {
        let shots = self.shots.trim().parse();
        let seed = self.seed.trim().parse();
        let scoring = match (self.protocol.scoring, self.most_tokens.trim().parse()) {
            (Scoring::Written { .. }, Ok(most_tokens)) if most_tokens > 0 => Scoring::Written { most_tokens },
            (Scoring::Written { .. }, _) => {
                return Err("The most tokens of an answer are a whole number of 1 or more");
            }
            (scoring, _) => scoring,
        };
        Ok(Protocol {
            shots: shots.map_err(|_| "Shots is a whole number, 0 for none")?,
            seed: seed.map_err(|_| "The seed is a whole number")?,
            scoring,
            ..self.protocol.clone()
        })
    }

    /// Chooses one benchmark in all its languages and no other.
    pub fn choose_only(&mut self, study: &Study, name: &str) {
        let languages = study.counts(name).iter().map(|(language, _)| language.clone());
        self.languages = languages.collect();
        self.benchmarks = [name.to_owned()].into();
    }

    /// The request it stands for, or what is still missing.
    pub fn request(&self) -> Result<RunRequest, &'static str> {
        if self.models.is_empty() {
            return Err("Choose at least one model");
        }
        if self.benchmarks.is_empty() {
            return Err("Choose at least one benchmark");
        }
        if self.languages.is_empty() {
            return Err("Choose at least one language");
        }
        let protocol = self.protocol()?;
        let limit = match self.limit.trim() {
            "" => None,
            text => match text.parse() {
                Ok(0) | Err(_) => return Err("The limit is a whole number of 1 or more, or empty for all items"),
                Ok(limit) => Some(limit),
            },
        };
        Ok(RunRequest {
            models: self.models.clone().into_iter().collect(),
            benchmarks: self.benchmarks.iter().cloned().collect(),
            languages: self.languages.iter().cloned().collect(),
            limit,
            protocol,
        })
    }

    /// The runs that follow the one of `request`, where fragility is to be seen.
    pub fn followers(&self, request: &RunRequest) -> VecDeque<RunRequest> {
        if !self.fragility {
            return VecDeque::new();
        }
        let variants = request.protocol.variants().into_iter();
        let follower = |protocol| RunRequest {
            protocol,
            ..request.clone()
        };
        variants.map(follower).collect()
    }

    /// How many times the questions are asked.
    pub fn rounds(&self) -> usize {
        match self.fragility {
            true => 1 + self.protocol.variants().len(),
            false => 1,
        }
    }

    /// What each model would be asked.
    pub fn work(&self, study: &Study) -> Work {
        let limit = self.limit.trim().parse().unwrap_or(usize::MAX);
        let chosen = study
            .benchmarks()
            .iter()
            .filter(|benchmark| self.benchmarks.contains(benchmark.name()));
        let work = chosen.flat_map(|benchmark| study.work(benchmark.name()));
        let work = work.filter(|(language, _)| self.languages.contains(language));
        work.map(|(_, work)| work.limited(limit)).sum()
    }

    /// What endpoints would be asked, about what they would read and at most write, and what that costs at most, in the
    /// currency of their prices; no cost where one's are not known.
    pub fn expense(&self, study: &Study) -> (Usage, Option<f64>) {
        let endpoints = self.models.values().filter_map(|choice| match choice {
            ModelChoice::Endpoint(endpoint) => Some(endpoint),
            ModelChoice::File(_) => None,
        });
        let asked: Vec<(&Endpoint, Usage)> = endpoints
            .map(|endpoint| (endpoint.as_ref(), self.usage_of(endpoint, study)))
            .collect();
        let cost = asked
            .iter()
            .map(|(endpoint, usage)| Some(usage.cost(endpoint.prices.as_ref()?)))
            .sum();
        (asked.into_iter().map(|(_, usage)| usage).sum(), cost)
    }

    /// What one endpoint would be asked: a request a question, or one an option where it scores so.
    fn usage_of(&self, endpoint: &Endpoint, study: &Study) -> Usage {
        let questions = self.questions(study) / self.models.len().max(1);
        let each = match self.protocol.scoring {
            Scoring::Letters if endpoint.route == Route::Continuations => study.options(&self.benchmarks),
            Scoring::Options { .. } => study.options(&self.benchmarks),
            Scoring::Letters | Scoring::Written { .. } => 1.0,
        };
        let most_written = match self.protocol().map(|protocol| protocol.scoring) {
            Ok(Scoring::Written { most_tokens }) => questions.saturating_mul(most_tokens),
            _ => 0,
        };
        // Every request brings its examples along, each about as long as a question.
        let texts = 1.0 + self.shots.trim().parse().unwrap_or(0.0);
        let read = self.work(study).tokens(LARGE_VOCABULARY) * each * texts * self.rounds() as f64;
        Usage {
            requests: (questions as f64 * each).round() as u64,
            prompt_tokens: read.round() as u64,
            written_tokens: most_written as u64,
        }
    }

    /// How many questions would be asked.
    pub fn questions(&self, study: &Study) -> usize {
        let limit = self.limit.trim().parse().unwrap_or(usize::MAX);
        let mut items = 0_usize;
        for benchmark in study
            .benchmarks()
            .iter()
            .filter(|benchmark| self.benchmarks.contains(benchmark.name()))
        {
            let chosen = study
                .counts(benchmark.name())
                .iter()
                .filter(|(language, _)| self.languages.contains(language));
            items = chosen.fold(items, |items, (_, there)| items.saturating_add((*there).min(limit)));
        }
        items.saturating_mul(self.models.len()).saturating_mul(self.rounds())
    }
}

/// A run that waits for somebody to agree to what leaves the machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Asking {
    pub request: RunRequest,
    /// Those nobody has agreed to yet in this workspace.
    pub endpoints: Vec<Endpoint>,
    /// How many questions each would be sent.
    pub questions: usize,
}

impl Asking {
    /// What has to be asked before `request` may start; `None` where nothing leaves the machine for a new place.
    pub fn new(request: &RunRequest, questions: usize, study: &Study) -> Option<Self> {
        let endpoints = request.models.iter().filter_map(|(_, choice)| match choice {
            ModelChoice::Endpoint(endpoint) => Some(Endpoint::clone(endpoint)),
            ModelChoice::File(_) => None,
        });
        let agreed = |endpoint: &Endpoint| study.sends_to.contains(&endpoint.address.to_string());
        let endpoints: Vec<Endpoint> = endpoints
            .filter(|endpoint| !endpoint.is_loopback() && !agreed(endpoint))
            .collect();
        (!endpoints.is_empty()).then(|| Self {
            request: request.clone(),
            questions: questions / request.models.len().max(1),
            endpoints,
        })
    }

    /// The addresses to agree to.
    pub fn addresses(&self) -> Vec<String> {
        let addresses = self.endpoints.iter().map(|endpoint| endpoint.address.to_string());
        addresses.collect()
    }
}

/// What the worker last said of the run under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    pub run: Option<RunId>,
    /// What is being done, such as loading a model.
    pub stage: String,
    pub model: String,
    pub language: Option<Language>,
    pub done: usize,
    pub total: usize,
    pub items_per_second: f64,
    /// An estimate, once there is a speed.
    pub seconds_left: Option<f64>,
    /// Whether a stop was asked for.
    pub stopping: bool,
}

impl Live {
    /// A run that was asked for and that the worker has not taken up yet.
    pub fn starting() -> Self {
        Self {
            run: None,
            stage: "Getting ready".to_owned(),
            model: String::new(),
            language: None,
            done: 0,
            total: 0,
            items_per_second: 0.0,
            seconds_left: None,
            stopping: false,
        }
    }
}

/// The Runs page's own state.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    pub form: Option<RunForm>,
    /// What the form would put to a model.
    pub preview: Option<Preview>,
    pub asking: Option<Asking>,
    pub live: Option<Live>,
    /// The runs that begin by themselves when the one under way has finished.
    pub next: VecDeque<RunRequest>,
    pub selected: Option<RunId>,
    /// What is searched for in the list.
    pub search: String,
}

impl Runs {
    /// Takes a form as it is now. The preview is made anew only where what it shows may have changed.
    pub fn edit(&mut self, form: RunForm, study: Option<&Study>) {
        let same = |before: &RunForm| {
            let shown = |form: &RunForm| (form.benchmarks.clone(), form.languages.clone(), form.protocol());
            shown(before) == shown(&form)
        };
        if !self.form.as_ref().is_some_and(same) {
            self.preview = study.and_then(|study| Preview::of(&form, study));
        }
        self.form = Some(form);
    }

    /// The worker has begun.
    pub fn started(&mut self, record: &RunRecord) {
        let live = self.live.get_or_insert_with(Live::starting);
        live.run = Some(record.id.clone());
        live.total = record.total;
    }

    /// The worker does something besides answering.
    pub fn stage(&mut self, stage: String) {
        self.live.get_or_insert_with(Live::starting).stage = stage;
    }

    /// The worker has answered a group.
    pub fn progress(&mut self, progress: Progress) {
        let live = self.live.get_or_insert_with(Live::starting);
        live.stage.clear();
        live.run = Some(progress.run);
        live.model = progress.model;
        live.language = Some(progress.language);
        live.done = progress.done;
        live.total = progress.total;
        live.items_per_second = progress.items_per_second;
        live.seconds_left = progress.seconds_left.is_finite().then_some(progress.seconds_left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> RunForm {
        RunForm {
            models: [("m".to_owned(), ModelChoice::File("m.gguf".into()))].into(),
            benchmarks: ["demo".to_owned()].into(),
            languages: ["ar".parse().unwrap()].into(),
            shots: "5".to_owned(),
            limit: " 20 ".to_owned(),
            seed: "7".to_owned(),
            most_tokens: "64".to_owned(),
            protocol: Protocol::default(),
            fragility: false,
        }
    }

    fn written() -> Protocol {
        Protocol::default().scored_by(Scoring::Written { most_tokens: 1 })
    }

    #[test]
    fn a_full_form_is_a_request() {
        let request = form().request().unwrap();
        assert_eq!(request.limit, Some(20));
        assert_eq!(request.protocol.scoring, Scoring::Letters);
        let written = RunForm {
            protocol: written(),
            ..form()
        };
        assert_eq!(
            written.request().unwrap().protocol.scoring,
            Scoring::Written { most_tokens: 64 }
        );
        assert_eq!((request.protocol.shots, request.protocol.seed), (5, 7));
    }

    #[test]
    fn fragility_asks_the_same_items_again_under_other_protocols() {
        let mut form = form();
        let request = form.request().unwrap();
        assert!(form.followers(&request).is_empty() && form.rounds() == 1);
        form.fragility = true;
        let followers = form.followers(&request);
        assert_eq!(followers.len() + 1, form.rounds());
        for follower in &followers {
            assert_ne!(follower.protocol, request.protocol);
            assert_eq!((&follower.models, follower.limit), (&request.models, request.limit));
        }
    }

    #[test]
    fn says_what_is_missing() {
        assert!(
            RunForm {
                models: BTreeMap::new(),
                ..form()
            }
            .request()
            .unwrap_err()
            .contains("model")
        );
        assert!(
            RunForm {
                shots: "few".to_owned(),
                ..form()
            }
            .request()
            .unwrap_err()
            .contains("Shots")
        );
        let wordless = RunForm {
            protocol: written(),
            most_tokens: "0".to_owned(),
            ..form()
        };
        assert!(wordless.request().unwrap_err().contains("tokens"));
        assert!(
            RunForm {
                limit: "0".to_owned(),
                ..form()
            }
            .request()
            .unwrap_err()
            .contains("limit")
        );
        assert_eq!(
            RunForm {
                limit: String::new(),
                ..form()
            }
            .request()
            .unwrap()
            .limit,
            None
        );
    }
}
