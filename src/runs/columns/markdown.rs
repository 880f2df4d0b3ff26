//! Tables as GitHub Flavored Markdown.

use super::Table;

/// A table in Markdown, numbers at the end of their columns; nothing where it has no row.
pub fn markdown(table: &Table) -> String {
    let Some(first) = table.rows.first() else {
        return String::new();
    };
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let rule = |number: bool| if number { "---:" } else { "---" };
    let headings = table.headings.iter().map(|heading| escaped(heading));
    let mut text = line(headings.collect());
    text.push_str(&line(
        first
            .iter()
            .map(|(_, value)| rule(value.is_number()).to_owned())
            .collect(),
    ));
    for row in &table.rows {
        text.push_str(&line(row.iter().map(|(_, value)| escaped(&value.on_page())).collect()));
    }
    text
}

/// A text that stays in its cell and is not taken for markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' | '#' => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use super::*;

    #[test]
    fn cells_stay_in_their_columns() {
        let text = markdown(&table());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "| model | language | n | accuracy | 95% interval | gap | p |",
                "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
                "| a\\|b\\_c 50% &amp; &lt;i> | English | 1,273 | 61.2 | 56.9–65.4 | −2.9 | &lt;0.001 |",
                "| نموذج 7B (Arabic) | Arabic | 5 | – | – | +6.5 | 0.042 |",
            ]
        );
        assert_eq!(markdown(&Table::default()), "");
    }
}
