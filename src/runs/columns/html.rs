//! Tables as HTML, each text in its own language and direction.

use super::{Table, Value, runs_right_to_left};
use crate::files::markup::escaped;
use crate::language::{Direction, Script};

/// A table in HTML, to be put into a page; nothing where it has no row.
pub fn html(table: &Table) -> String {
    if table.rows.is_empty() {
        return String::new();
    }
    let first = table.rows.first();
    let is_number = |place: usize| {
        let value = first.and_then(|row| row.get(place));
        value.is_some_and(|(_, value)| value.is_number())
    };
    let mut text = "<table lang=\"en\" dir=\"ltr\">\n<thead><tr>".to_owned();
    for (place, heading) in table.headings.iter().enumerate() {
        let class = if is_number(place) { " class=\"number\"" } else { "" };
        text.push_str(&format!("<th scope=\"col\"{class}>{}</th>", escaped(heading)));
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        text.push_str("<tr>");
        row.iter().for_each(|(_, value)| text.push_str(&cell(value)));
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table>\n");
    text
}

/// A whole page of one table, which needs nothing from anywhere.
pub fn html_page(title: &str, table: &Table) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>\nbody {{ font-family: \"Noto Sans\", \"Noto Sans Arabic\", sans-serif; }}\n\
         table {{ border-collapse: collapse; }}\n\
         th, td {{ padding: 2px 8px; text-align: start; border-bottom: 1px solid #dde0e5; }}\n\
         .number {{ text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }}\n\
         </style>\n</head>\n<body>\n<h1>{title}</h1>\n{}</body>\n</html>\n",
        html(table),
        title = escaped(title),
    )
}

fn cell(value: &Value) -> String {
    let shown = value.shown();
    let text = escaped(&shown);
    match value {
        Value::Language(language) => {
            let direction = attribute(language.direction());
            let (tag, name) = (escaped(language.tag()), escaped(language.native_name()));
            format!("<td><span lang=\"{tag}\" dir=\"{direction}\" title=\"{text}\">{name}</span></td>")
        }
        Value::Text(_) if runs_right_to_left(&shown) => {
            format!("<td lang=\"{}\" dir=\"rtl\">{text}</td>", tag(&shown))
        }
        // An Arabic name among Latin words stays in its place.
        Value::Text(_) => format!("<td dir=\"ltr\"><bdi>{text}</bdi></td>"),
        _ => format!("<td class=\"number\">{text}</td>"),
    }
}

fn attribute(direction: Direction) -> &'static str {
    match direction {
        Direction::LeftToRight => "ltr",
        Direction::RightToLeft => "rtl",
    }
}

/// A tag that says in which letters a text is, as nobody knows its language.
fn tag(text: &str) -> String {
    let script = text.chars().find_map(Script::of);
    format!("und-{}", script.unwrap_or(Script::Latin).code())
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use super::*;

    #[test]
    fn every_cell_says_its_language_and_direction() {
        let text = html(&table());
        for expected in [
            "<th scope=\"col\">model</th>",
            "<th scope=\"col\" class=\"number\">n</th>",
            "<td dir=\"ltr\"><bdi>a|b_c 50% &amp; &lt;i&gt;</bdi></td>",
            "<td lang=\"und-Arab\" dir=\"rtl\">نموذج 7B (Arabic)</td>",
            "<td><span lang=\"ar\" dir=\"rtl\" title=\"ar\">العربية</span></td>",
            "<td class=\"number\">&lt;0.001</td>",
        ] {
            assert!(text.contains(expected), "{expected} is not in {text}");
        }
        assert_eq!(html(&Table::default()), "");
    }

    #[test]
    fn a_page_stands_alone() {
        let page = html_page("A & B", &table());
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<title>A &amp; B</title>"));
        assert!(!page.contains("http"), "it asks nobody for anything");
    }
}
