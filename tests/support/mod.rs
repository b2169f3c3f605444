//! What several test binaries need.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use hotline::config::published::Published;
use hotline::ids::{EntryId, MenuId};
use hotline::io::versions::{Drafts, Signature, Versions};
use hotline::now::Wall;

/// The sample hotline's drafts.
pub fn drafts() -> Drafts {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Drafts {
        menus: root.join("menus"),
        prompts: root.join("prompts"),
        queues: root.join("ops/queues.toml"),
        mains: vec![(EntryId::new("95599"), MenuId::new("main"))],
    }
}

/// The sample hotline as a published snapshot, made once.
pub fn published() -> Arc<Published> {
    static SAMPLE: OnceLock<Arc<Published>> = OnceLock::new();
    let publish = || {
        let storage = tempfile::tempdir().expect("a temporary directory");
        let versions = Versions::open(storage.path()).expect("an empty version store");
        let signed = Signature { by: "test", reason: "test", at: Wall(0) };
        let publication = versions.publish(&drafts(), signed).expect("the sample is clean");
        Arc::new(publication.published)
    };
    SAMPLE.get_or_init(publish).clone()
}
