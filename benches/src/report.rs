//! The table and the JSON line of a benchmark.

use comfy_table::{Cell, CellAlignment, Table, presets};

/// A table whose columns beside the first are numbers.
pub fn table(title: &str, header: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_header(header.iter().copied());
    for row in rows {
        table.add_row(row.iter().enumerate().map(|(column, text)| {
            let side = if column == 0 { CellAlignment::Left } else { CellAlignment::Right };
            Cell::new(text).set_alignment(side)
        }));
    }
    format!("\n{title}\n{table}\n")
}

/// Prints the tables and then one line of JSON.
pub fn print(tables: &[String], json: &serde_json::Value) {
    for table in tables {
        println!("{table}");
    }
    println!("{json}");
}
