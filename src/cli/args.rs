//! Arguments of every subcommand.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::ids::CallId;
use crate::io::people::ImportMode;

/// A telephone hotline: shallow menus, a person one key away, every call recorded.
#[derive(Parser, Debug)]
#[command(name = "hotline", version, arg_required_else_help = true)]
pub struct Cli {
    /// The server's configuration [default: ops/hotline.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the server; SIGTERM drains, a second one stops
    Serve(ServeArgs),
    /// Check the drafts, show the difference, make a numbered snapshot and put it in force
    Publish(PublishArgs),
    /// Put an earlier snapshot in force
    Rollback(RollbackArgs),
    /// List the snapshots
    Versions(FormatArgs),
    /// Play the sample hotline on this machine, with callers and agents, and show what happened
    Demo(DemoArgs),
    /// Check menus and queues, and prove that a person can be reached
    Check(CheckArgs),
    /// Draw the menu tree with keys and seconds to a person
    Show(ShowArgs),
    /// Print the JSON Schema of a kind of file, for editors
    Schema(SchemaArgs),
    /// What changes for callers; a gate before publishing
    Diff(DiffArgs),
    /// A caller's visit as text, without audio
    Try(TryArgs),
    /// Calls of the index
    #[command(subcommand)]
    Calls(CallsCommand),
    /// Callbacks promised to callers, newest first
    Callbacks(CallbacksArgs),
    /// Recordings: list, export, verify
    #[command(subcommand)]
    Recordings(RecordingsCommand),
    /// Agents: import, export, list, sign in and out, ready and not ready
    #[command(subcommand)]
    Agents(AgentsCommand),
    /// Telephones: import, export
    #[command(subcommand)]
    Devices(DevicesCommand),
    /// Callers on lists: import, list
    #[command(subcommand)]
    Callers(CallersCommand),
    /// Emergency plans: list, start, stop
    #[command(subcommand)]
    Plans(PlansCommand),
    /// Recordings of what callers hear
    #[command(subcommand)]
    Prompts(PromptsCommand),
    /// The running server at this moment
    Status(FormatArgs),
    /// Take no new calls; the running ones end, at most within the configured deadline
    Drain,
}

impl Command {
    /// As it is typed.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Serve(_) => "serve",
            Command::Publish(_) => "publish",
            Command::Rollback(_) => "rollback",
            Command::Versions(_) => "versions",
            Command::Demo(_) => "demo",
            Command::Check(_) => "check",
            Command::Show(_) => "show",
            Command::Schema(_) => "schema",
            Command::Diff(_) => "diff",
            Command::Try(_) => "try",
            Command::Calls(_) => "calls",
            Command::Callbacks(_) => "callbacks",
            Command::Recordings(_) => "recordings",
            Command::Agents(_) => "agents",
            Command::Devices(_) => "devices",
            Command::Callers(_) => "callers",
            Command::Plans(_) => "plans",
            Command::Prompts(_) => "prompts",
            Command::Status(_) => "status",
            Command::Drain => "drain",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Languages that findings are told in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Lang {
    En,
    Zh,
}

#[derive(Args, Clone, Copy, Debug)]
pub struct FormatArgs {
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Args, Debug)]
pub struct ServeArgs {
    /// Publish drafts by itself, at the start and whenever they change and are right (development)
    #[arg(long)]
    pub watch: bool,
}

#[derive(Args, Debug)]
pub struct PublishArgs {
    /// Put this proposed snapshot in force, as the second person
    #[arg(long, value_name = "N")]
    pub confirm: Option<u32>,
    #[command(flatten)]
    pub signed: SignedArgs,
    #[command(flatten)]
    pub format: FormatArgs,
}

#[derive(Args, Debug)]
pub struct RollbackArgs {
    /// Number of the snapshot [default: the one before the present one, so that a second rollback undoes the first]
    pub version: Option<u32>,
    #[command(flatten)]
    pub signed: SignedArgs,
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Who changes what callers hear, and why: it stands in the journal.
#[derive(Args, Debug)]
pub struct SignedArgs {
    /// Who does it [default: the user's name]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Why; nothing is published without it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

#[derive(Args, Debug)]
pub struct DemoArgs {
    /// Keep what the demo writes in this directory [default: a new one under the system's temporary directory]
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    #[command(flatten)]
    pub format: FormatArgs,
}

#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Directory of the menus [default: as configured]
    pub dir: Option<PathBuf>,
    /// Tell what a rule means, with an example kept and one broken; `all` tells every rule
    #[arg(long, value_name = "RULE", conflicts_with = "dir")]
    pub explain: Option<String>,
    /// Language of the findings [default: that of the system]
    #[arg(long, value_enum)]
    pub lang: Option<Lang>,
    /// How often each key was pressed, as CSV lines `menu,key,count`: are frequent options said first?
    #[arg(long, value_name = "FILE")]
    pub pressed: Option<PathBuf>,
    #[command(flatten)]
    pub format: FormatArgs,
}

#[derive(Args, Debug)]
pub struct ShowArgs {
    /// Directory of the menus [default: as configured]
    pub dir: Option<PathBuf>,
    #[arg(long = "as", value_enum, default_value_t)]
    pub shape: Shape,
    /// Language of the findings [default: that of the system]
    #[arg(long, value_enum)]
    pub lang: Option<Lang>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum Shape {
    #[default]
    /// For a terminal
    Tree,
    /// A flow chart for documents
    Mermaid,
    /// A picture for pages
    Svg,
    /// For programs: every text and where everything leads
    Json,
}

#[derive(Args, Clone, Copy, Debug)]
pub struct SchemaArgs {
    /// Which kind of file
    #[arg(value_enum)]
    pub file: SchemaFile,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum SchemaFile {
    /// menus/NAME.toml
    Menu,
    /// menus/system.toml
    System,
}

/// Exit code: 0 nothing changes for callers (with a gate: nothing that it forbids), 1 something does,
/// 2 one side cannot be read or does not pass the check.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit code: 0 nothing changes for callers, 1 something does, 2 one side cannot be read or does \
not pass the check. With --max-seconds or --no-lost-paths: 0 nothing happens that they forbid, 1 something does."
)]
pub struct DiffArgs {
    /// Number of a snapshot, a directory of menus with its ops beside, `current` or `drafts` [default: the version in force]
    pub old: Option<String>,
    /// The same for what comes after [default: the drafts as configured]
    pub new: Option<String>,
    /// Gate: no menu is farther than this from a person, for a caller who listens
    #[arg(long, value_name = "N")]
    pub max_seconds: Option<u32>,
    /// Gate: no key that led somewhere leads nowhere, and whatever could be reached still can
    #[arg(long)]
    pub no_lost_paths: bool,
    /// Language of the findings [default: that of the system]
    #[arg(long, value_enum)]
    pub lang: Option<Lang>,
    #[command(flatten)]
    pub format: FormatArgs,
}

#[derive(Args, Debug)]
pub struct TryArgs {
    /// Directory of the menus [default: as configured]
    pub dir: Option<PathBuf>,
    /// Keys to press, one after the other, e.g. "1 2 0"; `-` is silence, `!0` interrupts; asked for one by one without this
    #[arg(long)]
    pub keys: Option<String>,
    /// Language to begin with, e.g. en-US
    #[arg(long)]
    pub language: Option<String>,
    /// When the call arrives, by the clocks of the calendar, e.g. "2026-10-01 03:00" [default: everything is open]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Number that is dialled [default: the first entry]
    #[arg(long, value_name = "NUMBER")]
    pub entry: Option<String>,
    /// Number the caller rings from, or a list they stand on: known, vip, blocked, elderly; can be given twice
    #[arg(long = "caller", value_name = "N|LIST")]
    pub callers: Vec<String>,
    /// A plan in force; can be given several times
    #[arg(long = "plan", value_name = "NAME")]
    pub plans: Vec<String>,
    /// More of the world around, e.g. "closed branches", "waiting general 12", "lookup bank /balance balance=12.50", "lookup bank /balance failed"; can be given several times
    #[arg(long, value_name = "WORDS")]
    pub given: Vec<String>,
    /// Language of the findings [default: that of the system]
    #[arg(long, value_enum)]
    pub lang: Option<Lang>,
}

#[derive(Args, Debug)]
pub struct CallbacksArgs {
    /// Calls that arrived at or after this time, e.g. 2026-03-01T08:00 (local time)
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Calls that arrived before this time
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Show the numbers to ring back
    #[arg(long)]
    pub numbers: bool,
    /// Most rows; 0 = all
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    #[command(flatten)]
    pub format: FormatArgs,
}

#[derive(Subcommand, Debug)]
pub enum CallsCommand {
    /// Rows of the index, newest first
    List(CallsListArgs),
    /// One call with everything known of it
    Show {
        /// As `calls list` shows it, e.g. 1-7-42
        #[arg(value_name = "ID")]
        call: CallId,
        #[command(flatten)]
        format: FormatArgs,
    },
}

#[derive(Args, Debug)]
pub struct CallsListArgs {
    /// Arrived at or after this time, e.g. 2026-03-01T08:00 (local time) or 2026-03-01T08:00Z
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Arrived before this time
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Number that was dialled
    #[arg(long)]
    pub entry: Option<String>,
    /// Queue that the caller was in
    #[arg(long)]
    pub queue: Option<String>,
    /// Work number
    #[arg(long)]
    pub agent: Option<String>,
    /// agent, self_service, abandoned, message …
    #[arg(long)]
    pub outcome: Option<String>,
    /// Only calls from this number
    #[arg(long, value_name = "N")]
    pub number: Option<String>,
    /// Show the callers' numbers
    #[arg(long)]
    pub numbers: bool,
    /// Most rows; 0 = all
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    #[command(flatten)]
    pub format: FormatArgs,
}

#[derive(Subcommand, Debug)]
pub enum RecordingsCommand {
    /// Archived recordings, newest first
    List(FormatArgs),
    /// Write the recording of a call to a WAV file
    Export {
        /// The call, as `calls list` shows it, e.g. 1-7-42
        #[arg(value_name = "ID")]
        call: CallId,
        /// File to write; one that exists is left alone [default: ID.wav in the present directory]
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Compare the archive with the index and the journal with itself
    Verify(FormatArgs),
}

#[derive(Subcommand, Debug)]
pub enum AgentsCommand {
    /// Take in a CSV file: work_number,name,secret,skills,queues,languages and, if wanted, announce (yes or no)
    Import(ImportArgs),
    /// Write the agents as CSV, without secrets
    Export,
    /// All agents, with their states if the server runs
    List(FormatArgs),
    /// Bind an agent to a telephone
    SignIn {
        /// Work number
        agent: String,
        /// Telephone
        device: String,
        /// Verify the agent's secret, read from standard input; without this it is done by the right of operations
        #[arg(long)]
        secret_stdin: bool,
    },
    /// A talk under way goes on
    SignOut {
        /// Work number
        agent: String,
    },
    /// End wrap-up or not-ready
    Ready {
        /// Work number
        agent: String,
    },
    /// No calls until ready again
    NotReady {
        /// Work number
        agent: String,
        /// Why, e.g. lunch
        reason: String,
    },
}

#[derive(Subcommand, Debug)]
pub enum DevicesCommand {
    /// Take in a CSV file: device,kind,password_or_contact (kind: registers or static)
    Import(ImportArgs),
    /// Write the telephones as CSV, without passwords
    Export,
}

#[derive(Subcommand, Debug)]
pub enum CallersCommand {
    /// Take in a CSV file: number,name,lists,language (lists: vip;blocked;elderly)
    Import(ImportArgs),
    /// Who stands on which list
    List {
        /// Show numbers and names
        #[arg(long)]
        numbers: bool,
        #[command(flatten)]
        format: FormatArgs,
    },
}

#[derive(Subcommand, Debug)]
pub enum PlansCommand {
    /// Plans declared, proposed and in force
    List(FormatArgs),
    /// Put a plan in force at once, for running calls too; or propose or confirm one for two persons
    Start {
        /// As in plans.toml
        plan: String,
        #[command(flatten)]
        signed: SignedArgs,
    },
    /// Take a plan or a proposal back
    Stop {
        /// As in plans.toml
        plan: String,
        #[command(flatten)]
        signed: SignedArgs,
    },
}

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// The CSV file, UTF-8
    pub file: PathBuf,
    /// Remove what is not in the file
    #[arg(long)]
    pub replace: bool,
}

impl ImportArgs {
    pub fn mode(&self) -> ImportMode {
        if self.replace { ImportMode::Replace } else { ImportMode::Merge }
    }
}

#[derive(Subcommand, Debug)]
pub enum PromptsCommand {
    /// Every prompt with its state
    List(FormatArgs),
    /// What is missing, changed or unknown
    Check(FormatArgs),
    /// Synthesise what has no recording yet, and bring the manifest up to date
    Build(PromptsBuildArgs),
    /// Approve a recording made by people
    Approve {
        /// LANGUAGE/NAME, e.g. zh-CN/main.greeting
        prompt: String,
        /// Who approves [default: the user's name]
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
}

#[derive(Args, Debug)]
pub struct PromptsBuildArgs {
    /// Who builds [default: the user's name]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Remove recordings that nothing refers to any more
    #[arg(long)]
    pub remove_stale: bool,
    /// Command that reads text on standard input and writes WAV to standard output [default: espeak-ng]
    #[arg(long, value_name = "COMMAND")]
    pub voice: Option<String>,
    #[command(flatten)]
    pub format: FormatArgs,
}
