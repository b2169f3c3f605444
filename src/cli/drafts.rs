//! Drafts as the commands find them: by the configuration, or around a directory of menus.

use std::path::{Path, PathBuf};

use crate::cli::load_config;
use crate::config::server::ServerConfig;
use crate::io::clock::Clock;
use crate::io::control::FindingsFound;
use crate::io::prompts::lengths::Recorded;
use crate::io::versions::{Around, Checked, Drafts, Places, Texts, broken, named, read_if_there, read_menus};
use crate::menu::{ManifestView, Sources, Statistics};

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
        let drafts = Drafts::in_directory(&menus.join(".."), "main", "main");
        return Ok(Drafts { places: Places::new(menus.to_owned(), &ops), ..drafts });
    };
    let config = ServerConfig::load(Some(path)).map_err(FindingsFound::new)?;
    let mut drafts = Drafts::of(&config);
    drafts.places.menus = menus.to_owned();
    Ok(drafts)
}

/// Where the configuration stands beside a directory of menus.
pub fn config_beside(menus: &Path) -> PathBuf {
    menus.join("../ops/hotline.toml")
}

/// Drafts read, ready to be compiled.
pub struct Loaded {
    pub sources: Sources,
    pub around: Around,
    recorded: Recorded,
}

impl Loaded {
    /// Menus compiled, with the findings of everything around them.
    pub fn compile(&self) -> Checked {
        self.compile_counted(None)
    }

    /// As [`Loaded::compile`], with how often each key was pressed.
    pub fn compile_counted(&self, statistics: Option<&Statistics>) -> Checked {
        self.around.compile(&self.sources, &self.recorded, statistics)
    }

    /// The year whose list of holidays the calendar lacks today.
    pub fn missing_year(&self) -> Option<i16> {
        self.around.calendar.as_ref()?.missing_year(Clock::start().now().wall)
    }
}

/// Reads the files. Queues that are not there are not known, so menus are not held against them.
pub fn load(drafts: &Drafts, manifest: Option<ManifestView>) -> Result<Loaded, FindingsFound> {
    let places = &drafts.places;
    let menus = read_menus(&places.menus).map_err(FindingsFound::new)?;
    if menus.is_empty() {
        let why = "there is no menu file (*.toml) in it";
        return Err(FindingsFound::new([broken(&places.menus, why)]));
    }
    let read = |path: &Path| read_if_there(path).map_err(FindingsFound::new);
    let (queues, calendar, plans) = (read(&places.queues)?, read(&places.calendar)?, read(&places.plans)?);
    let texts = Texts { queues: queues.as_deref(), calendar: calendar.as_deref(), plans: plans.as_deref() };
    let around = Around::read(&texts, places, &drafts.offers);
    let sources = Sources {
        files: named(&menus, &places.menus),
        mains: drafts.mains.clone(),
        views: around.views.clone(),
        manifest,
    };
    Ok(Loaded { sources, around, recorded: Recorded::read(&drafts.prompts) })
}
