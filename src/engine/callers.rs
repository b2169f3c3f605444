//! Lists of callers' numbers, by keyed hash: a number stands nowhere in memory.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::Language;
use crate::menu::api::CallerList;
use crate::sealed::KeyedHash;

/// Who stands on which list, as operations wrote it down.
#[derive(Clone, Debug, Default)]
pub struct CallerBook {
    lists: BTreeMap<KeyedHash, BTreeSet<CallerList>>,
    languages: BTreeMap<KeyedHash, Language>,
    /// False when it is only told again at a start.
    pub imported: bool,
}

impl CallerBook {
    /// `number` as [`crate::sealed::Hasher::number`] makes it.
    pub fn insert(&mut self, number: KeyedHash, list: CallerList) {
        self.lists.entry(number).or_default().insert(list);
    }

    /// Spoken to this caller until they choose another language.
    pub fn speaks(&mut self, number: KeyedHash, language: Language) {
        self.languages.insert(number, language);
    }

    pub fn language(&self, number: KeyedHash) -> Option<&Language> {
        self.languages.get(&number)
    }

    /// Numbers on any list.
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// On the list; [`CallerList::Known`] is whoever is on any.
    pub fn is_on(&self, number: KeyedHash, list: CallerList) -> bool {
        let lists = self.lists.get(&number);
        lists.is_some_and(|lists| list == CallerList::Known || lists.contains(&list))
    }
}
