//! Callers that operations know: lists of numbers from a CSV file, stored as keyed hashes, and sealed
//! for those who may see them.

use std::collections::BTreeSet;

use super::table::{Table, Wrong, is_language};
use super::{ImportMode, Imported, People, PeopleError, absent, credentials, imported};
use crate::config::finding::Finding;
use crate::engine::CallerBook;
use crate::ids::Language;
use crate::menu::api::CallerList;
use crate::sealed::{KeyedHash, Redacted};

pub const CALLER_COLUMNS: [&str; 4] = ["number", "name", "lists", "language"];

const LISTS: [(&str, CallerList); 3] =
    [("vip", CallerList::Vip), ("blocked", CallerList::Blocked), ("elderly", CallerList::Elderly)];

/// A caller as the file says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallerRecord {
    /// As the telephone network shows it, without blanks.
    pub number: Redacted<String>,
    pub name: Option<Redacted<String>>,
    pub lists: BTreeSet<CallerList>,
    /// Spoken until the caller chooses another one.
    pub language: Option<Language>,
}

impl CallerRecord {
    /// `vip;elderly`.
    pub fn lists(&self) -> String {
        let on = LISTS.iter().filter(|(_, list)| self.lists.contains(list));
        on.map(|(word, _)| *word).collect::<Vec<_>>().join(";")
    }
}

/// What is stored of a caller.
type Row = (String, String, Option<String>, String, Option<String>);

impl People {
    /// Takes in the rows of a callers' CSV file, or none of them. `file` is its name in findings.
    pub async fn import_callers(
        &self,
        file: &str,
        csv: &str,
        mode: ImportMode,
    ) -> Result<Imported, PeopleError> {
        let stored = self.names("SELECT hash FROM callers").await?;
        let rows = rows(file, csv).map_err(PeopleError::Findings)?;
        let mut transaction = self.pool.begin().await?;
        let mut kept = BTreeSet::new();
        for row in &rows {
            let hash = self.hasher.number(row.number.reveal()).to_hex();
            let name = row.name.as_ref().map(|name| self.seal(&hash, "name", name)).transpose()?;
            sqlx::query("INSERT OR REPLACE INTO callers VALUES (?, ?, ?, ?, ?)")
                .bind(&hash)
                .bind(self.seal(&hash, "number", &row.number)?)
                .bind(name)
                .bind(row.lists())
                .bind(row.language.as_ref().map(Language::as_str))
                .execute(&mut *transaction)
                .await?;
            kept.insert(hash);
        }
        let kept_names = kept.iter().map(String::as_str).collect();
        let gone = absent(mode, &stored, &kept_names);
        for hash in &gone {
            sqlx::query("DELETE FROM callers WHERE hash = ?").bind(hash).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(imported(kept.len(), gone.len()))
    }

    /// Everybody on the lists, with their numbers: for whoever may see them.
    pub async fn callers(&self) -> Result<Vec<CallerRecord>, PeopleError> {
        let mut callers = Vec::new();
        for (hash, number, name, lists, language) in self.caller_rows().await? {
            let open = |what, sealed: &str| {
                credentials::open_as(self.key.bytes(), &associated(&hash, what), sealed)
                    .ok_or_else(|| PeopleError::Row(hash.clone()))
            };
            callers.push(CallerRecord {
                number: open("number", &number)?,
                name: name.map(|name| open("name", &name)).transpose()?,
                lists: stored_lists(&lists),
                language: language.map(Language::new),
            });
        }
        callers.sort_by(|a, b| a.number.reveal().cmp(b.number.reveal()));
        Ok(callers)
    }

    /// The lists as the engine takes them in force: hashes alone.
    pub async fn caller_book(&self) -> Result<CallerBook, PeopleError> {
        let mut book = CallerBook::default();
        for (hash, _, _, lists, language) in self.caller_rows().await? {
            let number = KeyedHash::from_hex(&hash).map_err(|_| PeopleError::Row(hash.clone()))?;
            book.insert(number, CallerList::Known);
            stored_lists(&lists).into_iter().for_each(|list| book.insert(number, list));
            if let Some(language) = language {
                book.speaks(number, Language::new(language));
            }
        }
        Ok(book)
    }

    async fn caller_rows(&self) -> Result<Vec<Row>, PeopleError> {
        let query = "SELECT hash, number, name, lists, language FROM callers ORDER BY hash";
        Ok(sqlx::query_as(query).fetch_all(&self.pool).await?)
    }

    fn seal(&self, hash: &str, what: &str, value: &Redacted<String>) -> Result<String, PeopleError> {
        Ok(credentials::seal_as(self.key.bytes(), &associated(hash, what), value)?)
    }
}

fn associated(hash: &str, what: &str) -> String {
    format!("hotline caller 1|{hash}|{what}")
}

fn stored_lists(lists: &str) -> BTreeSet<CallerList> {
    let on = |word| LISTS.iter().find(|(known, _)| *known == word).map(|(_, list)| *list);
    lists.split(';').filter_map(on).collect()
}

fn rows(file: &str, text: &str) -> Result<Vec<CallerRecord>, Vec<Finding>> {
    let mut table = Table::open(file, text, &CALLER_COLUMNS)?;
    while let Some(row) = table.next_row() {
        let number = table.cell(&row, 0, number);
        let name = table.cell(&row, 1, name);
        let lists = table.cell(&row, 2, lists);
        let language = table.cell(&row, 3, language);
        if let (Some(number), Some(name), Some(lists), Some(language)) = (number, name, lists, language) {
            table.push(CallerRecord { number, name, lists, language });
        }
    }
    table.close()
}

/// Cells are not quoted in messages: they are personal.
fn number(cell: &str) -> Result<Redacted<String>, Wrong> {
    let plain: String = cell.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '\u{a0}')).collect();
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    let right = (3..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let help = "Write the number as the telephone network shows it: 3 to 20 digits, perhaps with + in front.";
    if right { Ok(Redacted(plain)) } else { Err(("this is no telephone number".to_owned(), help)) }
}

fn name(cell: &str) -> Result<Option<Redacted<String>>, Wrong> {
    if cell.chars().count() > 100 || cell.chars().any(char::is_control) {
        return Err(("the name is too long".to_owned(), "Write at most 100 characters, or nothing."));
    }
    Ok((!cell.is_empty()).then(|| Redacted(cell.to_owned())))
}

fn lists(cell: &str) -> Result<BTreeSet<CallerList>, Wrong> {
    let mut lists = BTreeSet::new();
    for part in cell.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let known = LISTS.iter().find(|(word, _)| *word == part);
        let help = "Write `vip`, `blocked` or `elderly`, parted by `;`; nothing is merely known.";
        let (_, list) = known.ok_or_else(|| (format!("there is no list `{part}`"), help))?;
        lists.insert(*list);
    }
    Ok(lists)
}

fn language(cell: &str) -> Result<Option<Language>, Wrong> {
    match cell {
        "" => Ok(None),
        cell if is_language(cell) => Ok(Some(Language::new(cell))),
        _ => Err(("this is no language".to_owned(), "Write e.g. `zh-CN`, or nothing.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealed::Hasher;

    const CSV: &str = "number,name,lists,language\n\
                       138 0013 8000,王芳,elderly;vip,zh-CN\n\
                       +44 20 7946 0000,,,en-US\n\
                       (010)-6655-4433,,blocked,\n";

    async fn people(dir: &std::path::Path) -> People {
        People::open(&dir.join("people.sqlite"), &dir.join("secrets"), "hotline").await.unwrap()
    }

    fn hasher(dir: &std::path::Path) -> Hasher {
        use crate::io::secrets::{Purpose, Secrets};
        Hasher::new(Secrets::open(&dir.join("secrets")).unwrap().key(Purpose::NumberHash).bytes())
    }

    #[tokio::test]
    async fn lists_become_a_book_of_hashes() {
        let dir = tempfile::tempdir().unwrap();
        let people = people(dir.path()).await;
        let done = people.import_callers("c.csv", CSV, ImportMode::Merge).await.unwrap();
        assert_eq!(done, Imported { written: 3, removed: 0 });
        let (book, hasher) = (people.caller_book().await.unwrap(), hasher(dir.path()));
        let on = |number: &str, list| book.is_on(hasher.number(number), list);
        assert!(on("13800138000", CallerList::Elderly) && on("13800138000", CallerList::Vip));
        assert!(on("+442079460000", CallerList::Known) && !on("+442079460000", CallerList::Vip));
        assert!(on("01066554433", CallerList::Blocked));
        assert!(!on("13900139000", CallerList::Known));
        let spoken = |number: &str| book.language(hasher.number(number)).map(Language::as_str);
        assert_eq!((spoken("+442079460000"), spoken("01066554433")), (Some("en-US"), None));

        let all = people.callers().await.unwrap();
        let shown: Vec<_> = all.iter().map(|c| (c.number.reveal().as_str(), c.lists())).collect();
        let expected = [("+442079460000", ""), ("01066554433", "blocked"), ("13800138000", "vip;elderly")];
        assert_eq!(shown, expected.map(|(number, lists)| (number, lists.to_owned())));
        assert_eq!(all[2].name.as_ref().unwrap().reveal(), "王芳");

        let one = "number,name,lists,language\n13800138000,,vip,\n";
        let done = people.import_callers("c.csv", one, ImportMode::Replace).await.unwrap();
        assert_eq!(done, Imported { written: 1, removed: 2 });
        let book = people.caller_book().await.unwrap();
        assert!(!book.is_on(hasher.number("13800138000"), CallerList::Elderly));
        assert!(!book.is_on(hasher.number("01066554433"), CallerList::Known));
    }

    #[tokio::test]
    async fn no_number_or_name_stands_in_the_files() {
        let dir = tempfile::tempdir().unwrap();
        let people = people(dir.path()).await;
        people.import_callers("c.csv", CSV, ImportMode::Merge).await.unwrap();
        people.pool.close().await;
        for file in std::fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap().path()).filter(|f| f.is_file())
        {
            let bytes = std::fs::read(&file).unwrap();
            for personal in ["13800138000", "79460000", "王芳", "66554433"] {
                assert!(!bytes.windows(personal.len()).any(|w| w == personal.as_bytes()), "{file:?}");
            }
        }
        let debug = format!("{:?}", rows("c.csv", CSV).unwrap());
        assert!(!debug.contains("13800138000") && !debug.contains('王'), "{debug}");
    }

    #[test]
    fn every_mistake_is_told_with_its_line_and_no_number() {
        let csv =
            "number,name,lists,language\n12,,,\n13800138000,,gold,\n13800138000,,,\n1390013900x,,,x_y\n";
        let found = rows("c.csv", csv).unwrap_err();
        let told: Vec<String> = found.iter().map(|f| format!("{} {}", f.line, f.message)).collect();
        let expected = [
            "2 number: this is no telephone number",
            "3 lists: there is no list `gold`",
            "4 the same stands on line 3 already",
            "5 number: this is no telephone number",
            "5 language: this is no language",
        ];
        assert_eq!(told, expected);
    }
}
