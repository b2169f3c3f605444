//! A served hotline and everybody who rings it at the same time.

use std::sync::Arc;

use super::caller::{Caller, Voices};
use super::server::Server;
use super::stage::Stage;

pub struct Scene {
    pub server: Server,
    pub voices: Arc<Voices>,
    visits: Vec<(String, tokio::task::JoinHandle<()>)>,
}

impl Scene {
    pub async fn open(stage: Stage) -> Scene {
        let server = Server::start(stage).await;
        Scene { voices: Voices::of(&server), server, visits: Vec::new() }
    }

    /// A call that is placed when it is awaited.
    pub fn dialling(&self, number: &str) -> impl Future<Output = Caller> + Send + use<> {
        let (place, voices, number) = (self.server.stage.place, self.voices.clone(), number.to_owned());
        async move { Caller::dial(place, &voices, &number).await }
    }

    /// Somebody rings, and goes on beside everybody else.
    pub async fn rings<Visit>(&mut self, number: &str, visit: impl FnOnce(Caller) -> Visit)
    where
        Visit: Future<Output = ()> + Send + 'static,
    {
        let caller = self.dialling(number).await;
        self.visits(number, visit(caller));
    }

    /// Something goes on beside everybody's calls.
    pub fn visits(&mut self, who: &str, visit: impl Future<Output = ()> + Send + 'static) {
        self.visits.push((who.to_owned(), tokio::spawn(visit)));
    }

    /// All are heard out before a failure of any ends the test.
    pub async fn all(&mut self) {
        let mut failed = Vec::new();
        for (who, visit) in self.visits.drain(..) {
            if visit.await.is_err() {
                failed.push(who);
            }
        }
        assert!(failed.is_empty(), "see above: {failed:?}");
    }
}

/// Everything is looked at before what is wrong with any of it ends the test.
pub fn examine(themes: &[(&str, &dyn Fn())]) {
    let wrong = |(_, check): &&(&str, &dyn Fn())| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_err()
    };
    let wrong: Vec<_> = themes.iter().filter(wrong).map(|(theme, _)| *theme).collect();
    assert!(wrong.is_empty(), "see above: {wrong:?}");
}
