//! Reading the catalogue's file into types. What is wrong in it is told with its line and field.

use std::collections::HashMap;
use std::ops::Range;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::entry::{Conversion, Endpoint, Entry, Fact, Paper};
use crate::language::Language;
use crate::models::hub::RepositoryName;
use crate::models::quantization::Quantization;
use crate::models::shape::Shape;
use crate::text::folding::Folded;

/// The layout of the file that this program knows.
const SCHEMA: u32 = 1;

/// Why the file is no catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, `{field}`: {problem}")]
pub struct CatalogueError {
    /// Counted from 1.
    pub line: usize,
    pub field: String,
    pub problem: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: Spanned<u32>,
    #[serde(default)]
    paper: Vec<Paper>,
    #[serde(default)]
    family: Vec<Family>,
}

/// A family: what it says holds for each of its models that does not say otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    name: String,
    #[serde(default)]
    medical: bool,
    endpoint: Option<String>,
    architecture: Option<String>,
    context: Option<u64>,
    languages: Option<Vec<Language>>,
    licence: Option<String>,
    gated: Option<bool>,
    papers: Option<Vec<String>>,
    doubtful: Option<Vec<Fact>>,
    note: Option<String>,
    model: Vec<Model>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    id: Spanned<String>,
    title: String,
    #[serde(default)]
    names: Vec<String>,
    base: Option<String>,
    repository: Option<Repository>,
    #[serde(default)]
    gguf: Vec<Gguf>,
    packaged: Option<String>,
    endpoint: Option<String>,
    served_as: Option<String>,
    architecture: Option<String>,
    parameters: Option<Weights>,
    active: Option<Weights>,
    shape: Option<Shape>,
    context: Option<u64>,
    languages: Option<Vec<Language>>,
    licence: Option<String>,
    gated: Option<bool>,
    papers: Option<Vec<String>>,
    doubtful: Option<Vec<Fact>>,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gguf {
    repository: Repository,
    file: Option<String>,
    quantizations: Vec<Named>,
}

/// A repository on the hub, as `organisation/name`.
#[derive(Debug, Clone)]
struct Repository(String);

impl<'de> Deserialize<'de> for Repository {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = RepositoryName::deserialize(deserializer)?;
        match name.owner() {
            "" => Err(D::Error::custom(format!("`{name}` names no organisation"))),
            _ => Ok(Self(name.into())),
        }
    }
}

/// A quantization by its name.
#[derive(Debug, Clone, Copy)]
struct Named(&'static Quantization);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

/// A number of weights, as `494 M` or `7.62 B`.
#[derive(Debug, Clone, Copy)]
struct Weights(u64);

impl<'de> Deserialize<'de> for Weights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parsed = text.split_once(' ').and_then(|(number, unit)| {
            let scale = match unit {
                "M" => 1e6,
                "B" => 1e9,
                _ => return None,
            };
            let number: f64 = number.parse().ok()?;
            (number > 0.0 && number < 1e5).then_some((number * scale) as u64)
        });
        parsed.map(Self).ok_or_else(|| {
            D::Error::custom(format!(
                "`{text}` is no number of weights; write it as `494 M` or `7.62 B`"
            ))
        })
    }
}

/// The papers and models of a file.
pub fn read(text: &str) -> Result<(Vec<Paper>, Vec<Entry>), CatalogueError> {
    let file: File = toml::from_str(text).map_err(|error| unreadable(text, &error))?;
    if *file.schema.get_ref() != SCHEMA {
        let problem = format!("this program reads schema {SCHEMA}");
        return Err(at(text, file.schema.span().start, "schema", problem));
    }
    let mut entries = Vec::new();
    let mut places = Vec::new();
    for family in file.family {
        for model in &family.model {
            places.push(model.id.span());
            entries.push(entry(&family, model));
        }
    }
    let reader = Reader { text, places };
    reader.take_from_bases(&mut entries)?;
    reader.check(&file.paper, &entries)?;
    for entry in &mut entries {
        let papers = file.paper.iter().filter(|paper| entry.papers.contains(&paper.id));
        let papers: Vec<&str> = papers.flat_map(|paper| [paper.title.as_str(), &paper.arxiv]).collect();
        entry.folded = folded(entry, &papers);
    }
    Ok((file.paper, entries))
}

/// A model with what its family says for it.
fn entry(family: &Family, model: &Model) -> Entry {
    let endpoint = model.endpoint.as_ref().or(family.endpoint.as_ref());
    let endpoint = endpoint.zip(model.served_as.as_ref());
    let conversions = model.gguf.iter().map(|gguf| Conversion {
        repository: gguf.repository.0.clone(),
        file: gguf.file.clone(),
        quantizations: gguf.quantizations.iter().map(|named| named.0).collect(),
    });
    Entry {
        id: model.id.get_ref().clone(),
        title: model.title.clone(),
        names: model.names.clone(),
        family: family.name.clone(),
        medical: family.medical,
        base: model.base.clone(),
        repository: model.repository.as_ref().map(|repository| repository.0.clone()),
        conversions: conversions.collect(),
        packaged: model.packaged.clone(),
        endpoint: endpoint.map(|(url, served_as)| Endpoint {
            url: url.clone(),
            served_as: served_as.clone(),
        }),
        architecture: model.architecture.clone().or_else(|| family.architecture.clone()),
        parameters: model.parameters.map(|weights| weights.0),
        active: model.active.map(|weights| weights.0),
        shape: model.shape,
        context: model.context.or(family.context),
        languages: model
            .languages
            .clone()
            .or_else(|| family.languages.clone())
            .unwrap_or_default(),
        licence: model.licence.clone().or_else(|| family.licence.clone()),
        gated: model.gated.or(family.gated),
        papers: model
            .papers
            .clone()
            .or_else(|| family.papers.clone())
            .unwrap_or_default(),
        doubtful: model
            .doubtful
            .clone()
            .or_else(|| family.doubtful.clone())
            .unwrap_or_default(),
        note: model.note.clone().or_else(|| family.note.clone()),
        folded: Folded::default(),
    }
}

fn folded(entry: &Entry, papers: &[&str]) -> Folded {
    let names = entry.names.iter().map(String::as_str);
    let optional = [&entry.repository, &entry.licence, &entry.architecture];
    let languages = entry.languages.iter().map(Language::english_name);
    let own = [entry.title.as_str(), &entry.id, &entry.family].into_iter();
    let own = own
        .chain(names)
        .chain(optional.into_iter().flatten().map(String::as_str));
    let converted = entry
        .conversions
        .iter()
        .map(|conversion| conversion.repository.as_str());
    Folded::of_parts(own.chain(converted).chain(languages).chain(papers.iter().copied()))
}

/// The file's text, and where in it the id of each entry stands.
struct Reader<'a> {
    text: &'a str,
    places: Vec<Range<usize>>,
}

impl Reader<'_> {
    /// Fills in what a model and its family leave to the model it was made from.
    fn take_from_bases(&self, entries: &mut [Entry]) -> Result<(), CatalogueError> {
        let places: HashMap<String, usize> = entries
            .iter()
            .enumerate()
            .map(|(place, entry)| (entry.id.clone(), place))
            .collect();
        for place in 0..entries.len() {
            // From the model itself towards what it was made from in the end.
            let mut line = vec![place];
            while let Some(base) = line.last().and_then(|last| entries.get(*last)?.base.clone()) {
                let Some(&next) = places.get(&base) else {
                    return Err(self.wrong(place, "base", format!("no model has the id `{base}`")));
                };
                if line.contains(&next) {
                    return Err(self.wrong(place, "base", format!("`{base}` was made from it in turn")));
                }
                line.push(next);
            }
            for base in line.into_iter().skip(1) {
                let Some(base) = entries.get(base).cloned() else {
                    continue;
                };
                if let Some(entry) = entries.get_mut(place) {
                    take(entry, &base);
                }
            }
        }
        Ok(())
    }

    /// Fails where names are not distinct, or where something that is referred to is not there.
    fn check(&self, papers: &[Paper], entries: &[Entry]) -> Result<(), CatalogueError> {
        let mut owners: HashMap<String, usize> = HashMap::new();
        for (place, entry) in entries.iter().enumerate() {
            let id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
            if entry.id.is_empty() || !entry.id.chars().all(id) {
                let problem = format!(
                    "`{}` has other characters than small letters, digits, `-` and `.`",
                    entry.id
                );
                return Err(self.wrong(place, "id", problem));
            }
            for key in entry.keys() {
                if let Some(other) = owners.insert(key, place).filter(|other| *other != place) {
                    let other = entries.get(other).map_or("", |other| &other.id);
                    let problem = format!("one of its names is also one of `{other}`");
                    return Err(self.wrong(place, "id", problem));
                }
            }
            if let Some(paper) = entry
                .papers
                .iter()
                .find(|id| papers.iter().all(|paper| paper.id != **id))
            {
                return Err(self.wrong(place, "papers", format!("no paper has the id `{paper}`")));
            }
            let closed = entry.endpoint.is_some();
            if closed && (entry.repository.is_some() || !entry.conversions.is_empty()) {
                let problem = "a closed model has no repository".to_owned();
                return Err(self.wrong(place, "served_as", problem));
            }
            if let Some(shape) = entry.shape {
                let sizes = [shape.layers, shape.width, shape.keys, shape.vocabulary];
                let weights = entry.parameters.unwrap_or(0);
                if sizes.contains(&0) || shape.layer_weights(weights) < weights / 10 {
                    let problem = "its sizes and its parameters do not go together".to_owned();
                    return Err(self.wrong(place, "shape", problem));
                }
            }
            let stands = |file: &String| file.contains("{Q}") || file.contains("{q}");
            if let Some(file) = entry
                .conversions
                .iter()
                .filter_map(|gguf| gguf.file.as_ref())
                .find(|file| !stands(file))
            {
                let problem = format!("`{file}` has no {{Q}} or {{q}} where the quantization stands");
                return Err(self.wrong(place, "gguf", problem));
            }
        }
        Ok(())
    }

    /// An error in a field of the model at `place`.
    fn wrong(&self, place: usize, field: &str, problem: String) -> CatalogueError {
        let start = self.places.get(place).map_or(0, |span| span.start);
        let rest = self.text.get(start..).unwrap_or_default();
        let model = rest
            .find("\n[[")
            .map_or(rest, |end| rest.get(..end).unwrap_or_default());
        // A family may have said it, then the model's own line is named.
        let within = model.find(&format!("\n{field} =")).map_or(0, |found| found + 1);
        at(self.text, start + within, field, problem)
    }
}

/// Lets `entry` have what it does not say itself and `base` does.
fn take(entry: &mut Entry, base: &Entry) {
    fn fill<T: Clone>(own: &mut Option<T>, other: &Option<T>) {
        if own.is_none() {
            own.clone_from(other);
        }
    }
    if entry.parameters.is_none() {
        entry.active = base.active;
    }
    fill(&mut entry.architecture, &base.architecture);
    fill(&mut entry.parameters, &base.parameters);
    fill(&mut entry.shape, &base.shape);
    fill(&mut entry.context, &base.context);
    fill(&mut entry.licence, &base.licence);
    if entry.languages.is_empty() {
        entry.languages.clone_from(&base.languages);
    }
}

fn at(text: &str, offset: usize, field: &str, problem: String) -> CatalogueError {
    let before = text.get(..offset).unwrap_or(text);
    CatalogueError {
        line: before.matches('\n').count() + 1,
        field: field.to_owned(),
        problem,
    }
}

/// What the parser of TOML says, with the field in which it stopped: the last one named before.
fn unreadable(text: &str, error: &toml::de::Error) -> CatalogueError {
    let offset = error.span().map_or(0, |span| span.start);
    let end = text
        .get(offset..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |length| offset + length);
    let lines = text.get(..end).unwrap_or(text).lines().rev();
    let mut names = lines.filter_map(|line| {
        let name = line.split_once('=')?.0.trim_end();
        let plain = |c: char| c.is_ascii_lowercase() || c == '_';
        (!name.is_empty() && name.chars().all(plain)).then_some(name)
    });
    at(
        text,
        offset,
        names.next().unwrap_or_default(),
        error.message().to_owned(),
    )
}
