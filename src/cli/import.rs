//! `polyclinic import` and `align`: questions from files, and the same questions in other languages.

use std::path::Path;

use anyhow::{Context as _, bail};
use polyclinic::benchmarks::Benchmark;
use polyclinic::benchmarks::alignment::{self, IdTable, Method, Plan};
use polyclinic::benchmarks::import::guess::{self, Doubt, Guess};
use polyclinic::benchmarks::import::{self, ImportOptions};
use polyclinic::benchmarks::licence::Sharing;
use polyclinic::quantities::counted;
use polyclinic::workspace::Workspace;

use super::output::{line, note};
use super::{AlignArguments, Ending, ImportArguments};

/// How many items alone, and how many questions that differ, a preview names.
const SHOWN: usize = 10;

/// Reads a file of questions into a workspace, or tells how it could be read.
pub fn import(arguments: &ImportArguments) -> anyhow::Result<Ending> {
    let file = &arguments.file;
    if arguments.guess {
        return print_guess(&guess::guess(file, &said(arguments))?);
    }
    let Some(folder) = &arguments.workspace else {
        bail!("name the workspace with --workspace");
    };
    let options = match &arguments.like {
        Some(name) => like(&Workspace::open_to_read(folder)?.load_benchmark(name)?, said(arguments))?,
        None => said(arguments),
    };
    let import = import::read(file, &settled(file, options)?)?;
    for rejected in &import.rejected {
        note(&format!("{}: {rejected}", file.display()));
    }
    note(&import.counts());
    let workspace = Workspace::open_or_create(folder)?;
    workspace.require_write()?;
    let rejected = import.rejected.len();
    let name = arguments.name.clone().unwrap_or_else(|| import.suggested_name());
    let kept = workspace.keep_import(&name, arguments.licence.as_deref(), import)?;
    if let Some(licence) = &arguments.licence
        && Sharing::of(licence) != Sharing::Free
    {
        note(&format!("{licence}: {}", Sharing::of(licence).words()));
    }
    for key in &kept.added.duplicates {
        note(&format!(
            "item `{}` in {} is in the benchmark already; the one that was there stays",
            key.id, key.language
        ));
    }
    let added = kept.added.added;
    line(&match kept.joined {
        Some(all) => format!(
            "{} added to the benchmark {name}, which now has {all}",
            counted(added, "item")
        ),
        None => format!("{} imported as the benchmark {name}", counted(added, "item")),
    })?;
    if let Some(how) = &arguments.align {
        let mut benchmark = workspace.load_benchmark(&name)?;
        // One language alone pairs when the next is imported.
        if benchmark.languages().len() > 1 {
            let plan = alignment::plan(benchmark.items(), &method(how)?)?;
            keep_plan(&workspace, &mut benchmark, &plan)?;
        }
    }
    let duplicates = kept.added.duplicates.len();
    Ok(if rejected + duplicates == 0 {
        Ending::Done
    } else {
        Ending::SomeRowsRejected
    })
}

fn said(arguments: &ImportArguments) -> ImportOptions {
    ImportOptions {
        mappings: arguments.map.clone(),
        fixed_options: arguments.options.clone(),
        language: arguments.language.clone(),
        task: arguments.task.clone(),
        encoding: arguments.encoding.clone(),
        sheet: arguments.sheet.clone(),
        member: arguments.member.clone(),
        examples: arguments.examples,
        without_header: arguments.no_header,
    }
}

/// How the newest file of a benchmark was read, with what is said now in place of what was said then.
fn like(benchmark: &Benchmark, said: ImportOptions) -> anyhow::Result<ImportOptions> {
    match benchmark.imports().last() {
        Some(newest) => Ok(said.or(&newest.options)),
        None => bail!(
            "the benchmark {} does not say how its files were read",
            benchmark.name()
        ),
    }
}

/// How to read a file: as it was said, where that suffices, else as it is guessed; never where a doubt is open.
fn settled(file: &Path, said: ImportOptions) -> anyhow::Result<ImportOptions> {
    if !guess::is_needed(file, &said)? {
        return Ok(said);
    }
    let guess = guess::guess(file, &said)?;
    let arguments = guess.arguments();
    let options = guess
        .settled()
        .with_context(|| format!("{} cannot be read without more said", file.display()))?;
    if !arguments.is_empty() {
        note(&format!("read as with {arguments}"));
    }
    Ok(options)
}

/// What a file seems to hold: each field with its reason, what is open, and the options to type.
fn print_guess(guess: &Guess) -> anyhow::Result<Ending> {
    for guessed in &guess.fields {
        let sure = format!("{:?}", guessed.sure).to_lowercase();
        line(&format!("{}: {} ({sure})", guessed.mapping, guessed.why))?;
    }
    if !guess.options.fixed_options.is_empty() {
        line(&format!("options: {}", guess.options.fixed_options.join(", ")))?;
    }
    for (name, parts) in [("sheets", &guess.contents.sheets), ("files", &guess.contents.members)] {
        if parts.len() > 1 {
            line(&format!("{name}: {}", parts.join(", ")))?;
        }
    }
    for doubt in &guess.doubts {
        line("")?;
        line(&doubt.question())?;
        if let Doubt::IndexBase { readings, .. } = doubt {
            for reading in readings {
                let option = |option: &Option<String>| option.clone().unwrap_or_else(|| "no option".to_owned());
                let (zero, one) = (option(&reading.from_zero), option(&reading.from_one));
                line(&format!("  {}", reading.question))?;
                line(&format!("    {}: from 0 {zero}; from 1 {one}", reading.number))?;
            }
        }
        for choice in doubt.choices() {
            line(&format!("  {}  {}", choice.arguments(), choice.words))?;
        }
    }
    line("")?;
    line(&guess.arguments())?;
    Ok(Ending::Done)
}

/// Ties the languages of a benchmark together, or tells what would be.
pub fn align(arguments: &AlignArguments) -> anyhow::Result<Ending> {
    let workspace = match arguments.preview {
        true => Workspace::open_to_read(&arguments.workspace)?,
        false => Workspace::open(&arguments.workspace)?,
    };
    let mut benchmark = workspace.load_benchmark(&arguments.benchmark)?;
    let plan = alignment::plan(benchmark.items(), &method(&arguments.by)?)?;
    if arguments.preview {
        tell(&plan)?;
        return Ok(Ending::Done);
    }
    keep_plan(&workspace, &mut benchmark, &plan)?;
    Ok(Ending::Done)
}

fn method(how: &str) -> anyhow::Result<Method> {
    Ok(match how {
        "id" => Method::Id,
        "row" => Method::Row,
        "parallel" => Method::Parallel,
        path if Path::new(path).is_file() => Method::Table(IdTable::read(Path::new(path))?),
        field => Method::Extra(field.to_owned()),
    })
}

fn keep_plan(workspace: &Workspace, benchmark: &mut Benchmark, plan: &Plan) -> anyhow::Result<()> {
    tell(plan)?;
    benchmark.align(plan);
    workspace.save_benchmark(benchmark)?;
    Ok(())
}

fn tell(plan: &Plan) -> anyhow::Result<()> {
    let differing = plan.groups.iter().filter_map(|group| Some((group, group.differs?)));
    for (group, difference) in differing.take(SHOWN) {
        let members: Vec<String> = group
            .members
            .iter()
            .map(|key| format!("{} in {}", key.id, key.language))
            .collect();
        note(&format!("{}: {difference}", members.join(", ")));
    }
    for alone in plan.alone.iter().take(SHOWN) {
        note(&format!(
            "`{}` in {} stays alone: {}",
            alone.key.id, alone.key.language, alone.why
        ));
    }
    if plan.alone.len() > SHOWN {
        note(&format!("and {} more stay alone", plan.alone.len() - SHOWN));
    }
    line(&plan.summary())?;
    Ok(())
}
