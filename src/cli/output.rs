//! What goes to the terminal: results to standard output, everything else to standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};

use polyclinic::runs::columns::{Named, Table};

/// Sends logs to standard error: our own warnings, or what `RUST_LOG` asks for. Libraries' errors come back
/// to us as values and are told in our words.
pub fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off,polyclinic=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .without_time()
        .init();
}

/// One line of results.
pub fn line(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// One line about what is going on.
pub fn note(text: &str) {
    // Nowhere to complain where standard error is closed.
    writeln!(io::stderr().lock(), "{text}").ok();
}

/// The one line a failed command ends with.
pub fn error_line(text: &str) {
    note(&format!("error: {text}"));
}

/// Whether the reader of our output went away.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    })
}

/// Rows as an aligned table under headings.
pub fn table(Table { headings, rows }: &Table) -> String {
    let Some(first) = rows.first() else {
        return String::new();
    };
    let numbers: Vec<usize> = (0..first.len())
        .filter(|&place| first.get(place).is_some_and(|(_, value)| value.is_number()))
        .collect();
    let shown = |row: &Vec<Named>| row.iter().map(|(_, value)| value.shown()).collect();
    let cells: Vec<Vec<String>> = std::iter::once(headings.clone())
        .chain(rows.iter().map(shown))
        .collect();
    aligned(&cells, &numbers)
}

/// Lines of columns as wide as their widest cell; those in `numbers` end-aligned.
pub fn aligned<R: AsRef<[String]>>(rows: &[R], numbers: &[usize]) -> String {
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.as_ref().get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let columns = rows.first().map_or(0, |row| row.as_ref().len());
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, &width)) in row.as_ref().iter().zip(&widths).enumerate() {
            if numbers.contains(&column) {
                line.push_str(&format!("{cell:>width$}  "));
            } else {
                line.push_str(&format!("{cell:<width$}  "));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.trim_end().to_owned()
}
