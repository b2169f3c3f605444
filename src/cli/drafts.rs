//! Drafts as the commands find them: by the configuration, or around a directory of menus.

use std::path::{Path, PathBuf};

use crate::cli::load_config;
use crate::config::finding::Finding;
use crate::config::queues;
use crate::config::server::ServerConfig;
use crate::ids::{EntryId, MenuId};
use crate::io::control::FindingsFound;
use crate::io::versions::{Drafts, broken, read_menus, read_text};
use crate::menu::view::Views;
use crate::menu::{ManifestView, Sources};

/// Drafts of the configuration; those around `menus`, if a directory is named.
pub fn find(menus: Option<&Path>, config: Option<&Path>) -> anyhow::Result<Drafts> {
    match menus {
        None => Ok(Drafts::of(&load_config(config)?)),
        Some(menus) => Ok(around(menus, config)?),
    }
}

/// The menus of a directory with `../ops` and `../prompts` beside it, as far as these are there. A
/// configuration that is named stands for the one in `../ops`.
pub fn around(menus: &Path, config: Option<&Path>) -> Result<Drafts, FindingsFound> {
    let ops = menus.join("../ops");
    let beside = config_beside(menus);
    let path = config.or_else(|| beside.exists().then_some(beside.as_path()));
    let Some(path) = path else {
        return Ok(Drafts {
            menus: menus.to_owned(),
            prompts: menus.join("../prompts"),
            queues: ops.join("queues.toml"),
            mains: vec![(EntryId::new("main"), MenuId::new("main"))],
        });
    };
    let config = ServerConfig::load(Some(path)).map_err(FindingsFound::new)?;
    Ok(Drafts { menus: menus.to_owned(), ..Drafts::of(&config) })
}

/// Where the configuration stands beside a directory of menus.
pub fn config_beside(menus: &Path) -> PathBuf {
    menus.join("../ops/hotline.toml")
}

/// What menus are compiled from, and what is wrong with the queues already.
pub struct Loaded {
    pub sources: Sources,
    pub findings: Vec<Finding>,
}

/// Reads the files. Queues that are not there are not known, so menus are not held against them.
pub fn load(drafts: &Drafts, manifest: Option<ManifestView>) -> Result<Loaded, FindingsFound> {
    let menus = read_menus(&drafts.menus).map_err(FindingsFound::new)?;
    if menus.is_empty() {
        let why = "there is no menu file (*.toml) in it";
        return Err(FindingsFound::new([broken(&drafts.menus, why)]));
    }
    let path = |name: String| drafts.menus.join(name).display().to_string();
    let files = menus.into_iter().map(|(name, text)| (path(name), text)).collect();
    let (views, findings) = views(&drafts.queues)?;
    Ok(Loaded { sources: Sources { files, mains: drafts.mains.clone(), views, manifest }, findings })
}

fn views(path: &Path) -> Result<(Views, Vec<Finding>), FindingsFound> {
    if !path.exists() {
        return Ok((Views::default(), Vec::new()));
    }
    let text = read_text(path).map_err(FindingsFound::new)?;
    let (queues, findings) = queues::parse(&path.display().to_string(), &text);
    Ok((Views::of_queues(queues.into_iter().map(|queue| queue.id)), findings))
}
