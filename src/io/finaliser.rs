//! Finished calls to archive files: a pool of threads below the priority of calls.
//!
//! A recording is written under a temporary name, synced, renamed and hashed. Doing it again gives
//! the same file, so after a crash whatever the journal does not know as archived is done again.
//! The spool is not touched here: whoever has journalled [`Finished`] tells the spool directory.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use ring::digest::{Context, SHA256};

use super::append::sync_directory;
use super::spool::{Places, SpoolDirectory, SpoolError, SpoolReader, places_of};
use crate::ids::{CallId, PromptHash};
use crate::media::command::{Clip, PromptTable};
use crate::now::Wall;
use crate::record::day::Day;
use crate::record::row::Archived;
use crate::record::timeline::{RATE, Recording, Report, Timeline};

/// Finds prompts of older published versions.
pub type PromptSource = Arc<dyn Fn(PromptHash) -> Option<Clip> + Send + Sync>;

/// Jobs waiting; calls under way are fewer.
const CAPACITY: usize = 65_536;
/// How often the end of a call is looked for that is not on disk yet.
const PATIENCE: u32 = 30;
/// Niceness of the pool's threads.
const NICE: libc::c_int = 10;

pub struct FinaliserConfig {
    pub threads: usize,
    /// Root of the archive, `var/recordings`.
    pub archive: PathBuf,
    pub spool: Arc<SpoolDirectory>,
    /// Asked for prompts that the job's own table does not have.
    pub prompts: PromptSource,
    /// Wait before what failed is tried again.
    pub retry: Duration,
}

/// Whether the call's last entry must be in the spool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    Ended,
    /// The server had stopped under it.
    Interrupted,
}

/// A call to archive.
#[derive(Clone, Debug)]
pub struct FinaliseJob {
    pub call: CallId,
    /// Gives the recording its day.
    pub answered_at: Wall,
    /// Where its blocks are, as the media worker reported.
    pub places: Places,
    pub ending: Ending,
    /// Prompts of the version the call was pinned to.
    pub prompts: Arc<PromptTable>,
}

/// What became of a job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finished {
    pub call: CallId,
    pub result: Result<Archived, Failure>,
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Failure {
    /// Reported once; it is tried until it succeeds, and then reported again.
    #[error("{reason}; trying again")]
    Retrying { reason: String },
    /// Never will.
    #[error("{reason}")]
    Final { reason: String },
}

struct Job {
    job: FinaliseJob,
    attempts: u32,
}

#[derive(Default)]
struct Queue {
    ready: VecDeque<Job>,
    later: Vec<Job>,
    /// Being worked on.
    busy: usize,
    stopping: bool,
}

struct Shared {
    config: FinaliserConfig,
    reader: SpoolReader,
    queue: Mutex<Queue>,
    wake: Condvar,
    on_done: Box<dyn Fn(Finished) + Send + Sync>,
}

/// The pool. Dropping it finishes what waits (not what failed) and stops.
pub struct Finaliser {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Finaliser {
    pub fn spawn(
        config: FinaliserConfig,
        on_done: impl Fn(Finished) + Send + Sync + 'static,
    ) -> io::Result<Finaliser> {
        fs::create_dir_all(&config.archive)?;
        let reader = SpoolReader::new(config.spool.path(), config.spool.key().clone());
        let count = config.threads.max(1);
        let shared = Arc::new(Shared {
            config,
            reader,
            queue: Mutex::default(),
            wake: Condvar::new(),
            on_done: Box::new(on_done),
        });
        let mut threads = Vec::new();
        for n in 0..count {
            let shared = Arc::clone(&shared);
            let thread = std::thread::Builder::new().name(format!("finaliser-{n}"));
            threads.push(thread.spawn(move || shared.work())?);
        }
        Ok(Finaliser { shared, threads })
    }

    /// Takes a job, or gives it back if far too many wait.
    pub fn submit(&self, job: FinaliseJob) -> Result<(), Box<FinaliseJob>> {
        let mut queue = self.shared.lock();
        if queue.ready.len() + queue.later.len() >= CAPACITY {
            return Err(Box::new(job));
        }
        queue.ready.push_back(Job { job, attempts: 0 });
        drop(queue);
        self.shared.wake.notify_one();
        Ok(())
    }

    /// Jobs not done yet.
    pub fn waiting(&self) -> usize {
        let queue = self.shared.lock();
        queue.ready.len() + queue.later.len() + queue.busy
    }
}

impl Drop for Finaliser {
    fn drop(&mut self) {
        self.shared.lock().stopping = true;
        self.shared.wake.notify_all();
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so already; its job is found again at the next start.
            let _ = thread.join();
        }
    }
}

enum Outcome {
    Done(Archived),
    /// The disk refuses, or the call's end is not written yet.
    Again(String),
    Never(String),
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        lower_priority();
        while let Some(mut job) = self.next() {
            job.attempts += 1;
            let outcome = self.finalise(&job);
            let call = job.job.call;
            let result = match outcome {
                Outcome::Done(archived) => Some(Ok(archived)),
                Outcome::Never(reason) => Some(Err(Failure::Final { reason })),
                Outcome::Again(reason) => {
                    let first = job.attempts == 1;
                    self.lock().later.push(job);
                    first.then_some(Err(Failure::Retrying { reason }))
                }
            };
            self.lock().busy -= 1;
            if let Some(result) = result {
                (self.on_done)(Finished { call, result });
            }
        }
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if let Some(job) = queue.ready.pop_front() {
                queue.busy += 1;
                // Under load nobody waits below: each new job takes along one that failed.
                if job.attempts == 0
                    && let Some(failed) = queue.later.pop()
                {
                    queue.ready.push_back(failed);
                }
                return Some(job);
            }
            if queue.stopping {
                return None;
            }
            let wait = self.wake.wait_timeout(queue, self.config.retry);
            let (next, timeout) = wait.unwrap_or_else(PoisonError::into_inner);
            queue = next;
            if timeout.timed_out() {
                let later = std::mem::take(&mut queue.later);
                queue.ready.extend(later);
            }
        }
    }

    fn finalise(&self, Job { job, attempts }: &Job) -> Outcome {
        let (timeline, read) = match self.read(job, &job.places) {
            Ok((_, read)) if job.ending == Ending::Ended && !read.complete => {
                let found = places_of(self.reader.directory(), job.call).unwrap_or_default();
                match self.read(job, &found) {
                    Ok((_, read)) if !read.complete && *attempts < PATIENCE => {
                        return Outcome::Again("the end of the call is not in the spool yet".to_owned());
                    }
                    other => match other {
                        Ok(read) => read,
                        Err(outcome) => return outcome,
                    },
                }
            }
            Ok(read) => read,
            Err(outcome) => return outcome,
        };
        // A server killed within moments of the answer left no block: the recording is empty, and is there.
        let killed_at_once = job.ending == Ending::Interrupted && job.places.is_empty();
        if read.extent.is_none() && !killed_at_once {
            return Outcome::Never("no block of the call can be read from the spool".to_owned());
        }
        if read.damaged > 0 {
            tracing::warn!(call = %job.call, blocks = read.damaged, "blocks of a recording are damaged");
        }
        let recording = timeline
            .finish(|hash| job.prompts.by_hash(hash).cloned().or_else(|| (self.config.prompts)(hash)));
        let file = relative_path(job.call, job.answered_at);
        match write(&self.config.archive, &file, &recording) {
            Ok(sha256) => {
                let Report { length_ms, missing_ms, masked_ms } = recording.report;
                Outcome::Done(Archived { file, sha256, length_ms, missing_ms, masked_ms })
            }
            Err(error) => Outcome::Again(format!("the recording cannot be written: {error}")),
        }
    }

    fn read(
        &self,
        job: &FinaliseJob,
        places: &Places,
    ) -> Result<(Timeline, super::spool::ReadReport), Outcome> {
        let mut timeline = Timeline::new(job.call);
        match self.reader.visit(job.call, places, |item| timeline.feed(&item)) {
            Ok(report) => Ok((timeline, report)),
            Err(SpoolError::Io { source, path }) if source.kind() != io::ErrorKind::NotFound => {
                Err(Outcome::Again(format!("{}: {source}", path.display())))
            }
            Err(error) => Err(Outcome::Never(error.to_string())),
        }
    }
}

/// `YYYY/MM/DD/CALL.wav`, by the UTC day of the answer.
pub fn relative_path(call: CallId, answered_at: Wall) -> String {
    format!("{:#}/{call}.wav", Day::of(answered_at))
}

/// Writes the file so that it is there whole or not at all; gives its SHA-256.
fn write(archive: &Path, relative: &str, recording: &Recording) -> io::Result<String> {
    let path = archive.join(relative);
    let directory = path.parent().unwrap_or(archive);
    fs::create_dir_all(directory)?;
    let temporary = path.with_extension("wav.tmp");
    let written = write_wav(&temporary, recording);
    let renamed = written.and_then(|sha256| fs::rename(&temporary, &path).map(|()| sha256));
    let Ok(sha256) = renamed else {
        // What is left of it would only fill the disk further.
        let _ = fs::remove_file(&temporary);
        return renamed;
    };
    sync_directory(directory)?;
    Ok(sha256)
}

const SPEC: hound::WavSpec = hound::WavSpec {
    channels: 2,
    sample_rate: RATE,
    bits_per_sample: 16,
    sample_format: hound::SampleFormat::Int,
};

fn wav_error(error: hound::Error) -> io::Error {
    match error {
        hound::Error::IoError(error) => error,
        other => io::Error::other(other),
    }
}

fn write_wav(path: &Path, recording: &Recording) -> io::Result<String> {
    let mut file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
    let header = header(recording.samples())?;
    let mut context = Context::new(&SHA256);
    context.update(&header);
    let mut wav = hound::WavWriter::new(&mut file, SPEC).map_err(wav_error)?;
    let mut bytes = Vec::new();
    recording.write(|samples| {
        let count = u32::try_from(samples.len()).map_err(io::Error::other)?;
        let mut writer = wav.get_i16_writer(count);
        samples.iter().for_each(|sample| writer.write_sample(*sample));
        writer.flush().map_err(wav_error)?;
        bytes.resize(samples.len() * 2, 0);
        for (bytes, sample) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(samples) {
            *bytes = sample.to_le_bytes();
        }
        context.update(&bytes);
        Ok::<(), io::Error>(())
    })?;
    wav.finalize().map_err(wav_error)?;
    file.sync_all()?;
    let mut written = vec![0; header.len()];
    file.read_exact_at(&mut written, 0)?;
    // Hashing along the way saves reading the file again; only a header other than foreseen asks
    // for that.
    if written == header { Ok(hex::encode(context.finish())) } else { hash_file(path) }
}

/// The header `hound` will have written when so many samples (of each channel) are in the file.
fn header(samples: u32) -> io::Result<Vec<u8>> {
    let mut empty = io::Cursor::new(Vec::new());
    hound::WavWriter::new(&mut empty, SPEC).and_then(hound::WavWriter::finalize).map_err(wav_error)?;
    let mut header = empty.into_inner();
    let data = samples * u32::from(SPEC.channels) * 2;
    let length = u32::try_from(header.len()).map_err(io::Error::other)?;
    let place = header.len().saturating_sub(4);
    for (place, size) in [(4, length - 8 + data), (place, data)] {
        if let Some(field) = header.get_mut(place..place + 4) {
            field.copy_from_slice(&size.to_le_bytes());
        }
    }
    Ok(header)
}

/// SHA-256 of a file, in hex.
pub fn hash_file(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match io::Read::read(&mut file, &mut buffer) {
            Ok(0) => return Ok(hex::encode(context.finish())),
            Ok(n) => context.update(&buffer[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// What to do at a start about calls found in the spool: those not archived yet become jobs, the
/// others are told to the spool directory. `answered` comes from the journal; a call it does not
/// have is dated by its spool.
pub fn recover(
    spool: &SpoolDirectory,
    found: BTreeMap<CallId, Places>,
    answered: &BTreeMap<CallId, Wall>,
    is_archived: impl Fn(CallId) -> bool,
    prompts: &Arc<PromptTable>,
) -> Vec<FinaliseJob> {
    let reader = SpoolReader::new(spool.path(), spool.key().clone());
    let mut jobs = Vec::new();
    for (call, places) in found {
        if is_archived(call) {
            spool.archived(call);
            continue;
        }
        let dated = || reader.visit(call, &places, |_| {}).ok().and_then(|report| report.began);
        let answered_at = answered.get(&call).copied().or_else(dated).unwrap_or_default();
        let prompts = Arc::clone(prompts);
        jobs.push(FinaliseJob { call, answered_at, places, ending: Ending::Interrupted, prompts });
    }
    jobs
}

/// The pool must never take time from calls.
fn lower_priority() {
    // SAFETY: setpriority has no memory effects; on Linux 0 means the calling thread.
    let result = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) };
    if result != 0 {
        tracing::warn!(error = %io::Error::last_os_error(), "the finaliser keeps its normal priority");
    }
}

#[cfg(test)]
mod tests;
