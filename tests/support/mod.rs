//! What several test binaries need.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use hotline::config::published::Published;
use hotline::io::versions::{Drafts, Signature, Versions};
use hotline::now::Wall;

/// The sample hotline's drafts.
pub fn drafts() -> Drafts {
    Drafts::in_directory(Path::new(env!("CARGO_MANIFEST_DIR")), "95599", "main")
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
