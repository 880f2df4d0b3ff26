//! A page of HTML that holds everything of Compare: figures, tables, findings, and what they stand on.
//!
//! It needs nothing from anywhere: no script, no font, no network. It is light or dark as its reader likes it, and
//! every name keeps its own direction.

use std::fmt::Write as _;

use super::caption::Caption;
use super::chart::{Chart, Room};
use super::colour::{Colour, Theme};
use super::figures::Findings;
use super::svg;
use crate::files::markup::escaped;
use crate::runs::columns::{Table, html};
use crate::text::isolate;
use crate::text::outline::Outliner;

/// What a report says.
#[derive(Debug, Default)]
pub struct Report<'a> {
    /// The workspace's name.
    pub workspace: String,
    /// When it was made, as RFC 3339 writes it.
    pub date: String,
    /// What it stands on, as names and values: protocol, interval, what was left out, program.
    pub facts: Vec<(&'static str, String)>,
    /// Findings in sentences.
    pub findings: Vec<Findings>,
    pub tables: Vec<(String, Table)>,
    pub charts: Vec<(&'a dyn Chart, Caption)>,
    /// Where published figures come from.
    pub sources: Vec<String>,
}

/// So many findings of a kind are seen at once.
const SHOWN: usize = 12;
/// How wide figures are, in points.
const WIDTH: f32 = 820.0;
const HEIGHT: f32 = 320.0;

/// Writes the page. `light` and `dark` are the colours of its figures and of the page itself.
pub fn report(report: &Report<'_>, light: &Theme, dark: &Theme, outliner: &Outliner) -> String {
    let title = format!("{}: comparison", isolate::isolate(&report.workspace));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"generator\" content=\"Polyclinic {}\">\n\
         <title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<h1><bdi>{}</bdi></h1>\n",
        env!("CARGO_PKG_VERSION"),
        escaped(&isolate::plain(&title)),
        style(light, dark),
        escaped(&report.workspace),
    );
    facts(&mut page, report);
    findings(&mut page, &report.findings);
    for (name, table) in &report.tables {
        section(&mut page, name, "", &wide(table));
    }
    for (chart, caption) in report.charts.iter().filter(|(chart, _)| !chart.is_empty()) {
        figure(&mut page, *chart, caption, outliner);
    }
    list(&mut page, "Published figures", &report.sources);
    page.push_str("</body>\n</html>\n");
    page
}

fn facts(page: &mut String, report: &Report<'_>) {
    page.push_str("<dl>\n");
    let program = format!("Polyclinic {}", env!("CARGO_PKG_VERSION"));
    let own = [("Made", report.date.clone()), ("Program", program)];
    for (name, value) in own.iter().chain(&report.facts) {
        _ = writeln!(page, "<dt>{}</dt><dd><bdi>{}</bdi></dd>", escaped(name), escaped(value));
    }
    page.push_str("</dl>\n");
}

fn findings(page: &mut String, kinds: &[Findings]) {
    let content: String = kinds
        .iter()
        .map(|kind| {
            let (shown, folded) = kind.sentences.split_at(kind.sentences.len().min(SHOWN));
            let folded = match folded {
                [] => String::new(),
                folded => format!(
                    "<details>\n<summary>{} more</summary>\n{}</details>\n",
                    folded.len(),
                    items(folded)
                ),
            };
            format!("<h3>{}</h3>\n{}{folded}", escaped(&kind.title), items(shown))
        })
        .collect();
    if !content.is_empty() {
        section(page, "Findings", "", &content);
    }
}

fn items(lines: &[String]) -> String {
    let lines = lines.iter().map(|line| format!("<li>{}</li>\n", escaped(line)));
    format!("<ul>\n{}</ul>\n", lines.collect::<String>())
}

fn list(page: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    section(page, title, "", &items(lines));
}

fn section(page: &mut String, title: &str, note: &str, content: &str) {
    let note = match note {
        "" => String::new(),
        note => format!(" <small>{}</small>", escaped(note)),
    };
    _ = writeln!(
        page,
        "<section>\n<h2>{}{note}</h2>\n{content}</section>",
        escaped(title)
    );
}

fn figure(page: &mut String, chart: &dyn Chart, caption: &Caption, outliner: &Outliner) {
    let room = Room {
        width: WIDTH,
        height: HEIGHT,
    };
    let scene = chart.scene(room, outliner);
    let picture = svg::element(&scene, chart.kind().word(), outliner);
    let table = wide(&chart.table());
    let caption = escaped(&caption.text);
    let content = format!(
        "<figure>{picture}\n<figcaption>{caption}</figcaption></figure>\n<details>\n\
         <summary>The same as a table</summary>\n{table}</details>\n"
    );
    section(page, &chart.title(), &chart.note(), &content);
}

/// A table that scrolls by itself where the page is narrower.
fn wide(table: &Table) -> String {
    format!("<div class=\"wide\" tabindex=\"0\">\n{}</div>\n", html(table))
}

fn style(light: &Theme, dark: &Theme) -> String {
    let variables = |theme: &Theme| {
        let colours = Colour::all().map(|colour| {
            let [red, green, blue] = theme.rgb(colour);
            format!("--{}:#{red:02x}{green:02x}{blue:02x};", colour.name())
        });
        colours.collect::<String>()
    };
    format!(
        ":root{{color-scheme:light dark;{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n{STYLE}",
        variables(light),
        variables(dark)
    )
}

const STYLE: &str = "\
body{margin:2rem auto;max-width:54rem;padding:0 1rem;background:var(--ground);color:var(--text);\
font:15px/1.5 'Noto Sans','Noto Sans Arabic',system-ui,sans-serif}
h1{font-size:1.5rem;margin:0 0 .5rem}
h2{font-size:1.05rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
h3{font-size:.95rem;margin:1rem 0 .25rem}
h2 small{font-weight:400;color:var(--text-2)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;font-size:.9rem}
dt{color:var(--text-2)}
dd{margin:0}
figure{margin:0}
figcaption{margin:.5rem 0 0;font-size:.85rem;color:var(--text-2)}
svg.figure{display:block;max-width:100%;height:auto}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem}
th,td{padding:2px 10px 2px 0;text-align:start;border-bottom:1px solid var(--line)}
td:first-child{white-space:nowrap}
[dir=rtl]{line-height:1.7}
.number{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}
summary{cursor:pointer;color:var(--text-2);margin:.5rem 0}
ul{margin:.25rem 0;padding-inline-start:1.25rem}
@media print{details:not([open])>*{display:none}section{break-inside:avoid}}
";
