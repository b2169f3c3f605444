//! How often each key of a menu was pressed, as CSV lines `menu,key,count`: an export of
//! `hotline_menu_choices_total`.

use std::path::Path;

use crate::config::finding::Finding;
use crate::ids::{Key, MenuId};
use crate::io::versions::{broken, read_text};
use crate::menu::Statistics;

/// Reads them; counts of the same key are added up.
pub fn read(path: &Path) -> Result<Statistics, Vec<Finding>> {
    let text = read_text(path)?;
    let mut statistics = Statistics::new();
    let mut lines =
        csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(text.as_bytes());
    for (number, record) in lines.records().enumerate() {
        let line = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let record = record.map_err(|error| vec![wrong(path, line, &error.to_string())])?;
        if number == 0 && record.get(0) == Some("menu") {
            continue;
        }
        let key = record.get(1).and_then(|key| key.chars().next()).and_then(Key::from_char);
        let count = record.get(2).and_then(|count| count.parse::<u64>().ok());
        let (Some(menu), Some(key), Some(count)) = (record.get(0), key, count) else {
            return Err(vec![wrong(path, line, "this line is not menu,key,count")]);
        };
        let total = statistics.entry((MenuId::new(menu), key)).or_insert(0);
        *total = total.saturating_add(count);
    }
    Ok(statistics)
}

fn wrong(path: &Path, line: u32, why: &str) -> Finding {
    Finding {
        rule: "pressed-unreadable",
        line,
        help: "Write lines such as main,1,4200.".to_owned(),
        ..broken(path, why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_and_added_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pressed.csv");
        std::fs::write(&path, "menu,key,count\nmain,1,40\nmain,1,2\nmain,*,5\n").unwrap();
        let read_now = || read(&path);
        let statistics = read_now().unwrap();
        assert_eq!(statistics.get(&(MenuId::new("main"), Key::Digit(1))), Some(&42));
        for bad in ["main,1", "main,x,3", "main,1,-3", "\"main"] {
            std::fs::write(&path, bad).unwrap();
            assert_eq!(read_now().unwrap_err()[0].rule, "pressed-unreadable", "{bad}");
        }
        assert_eq!(read(&dir.path().join("none")).unwrap_err()[0].rule, "file-unreadable");
    }
}
