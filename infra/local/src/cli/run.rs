//! The run itself: post, work, show, move time on.

use std::io::{self, Write};

use entra_simulator::Simulator;
use mto_local::serve::ServeError;
use mto_local::{JumpClock, Setup, Speed, WaitingCommand, Wiring, World, WorldError};
use mto_messages::Verb;
use time::OffsetDateTime;
use uuid::Uuid;

use super::args::Args;
use super::cast::{Cast, pair_of};
use super::display::{self, Display};
use super::events::{Event, Line, Log};
use super::live::{Picture, Sharing, Waiting};
use super::members::{Member, members_of};
use super::pace::Pace;
use super::people::{Synchronization, synchronizations_of};
use super::plain::Layout;
use super::report::Report;
use super::scenario::{Post, Stage};
use super::verdict::Verdict;
use super::{tables, words};

/// Jumps of time before a run counts as endless: a hundred tenants take some thousands.
const MAX_JUMPS: usize = 100_000;
/// Up to so many tenants the owner's list is looked at after every step.
const FEW: usize = 10;

/// A run that could not be made. That a command does not succeed is not one: that is a result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// The simulator could not be served.
    #[error("the simulator cannot listen on 127.0.0.1: {0}; allow this program to open a local port")]
    Listen(io::Error),
    /// The world could not be built.
    #[error("the simulated world could not be built: {0}; this is a bug, please report it")]
    World(#[from] WorldError),
    /// Standard output is gone.
    #[error("standard output cannot be written: {0}")]
    Output(#[from] io::Error),
    /// The world could not be kept up.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// It did not end.
    #[error("commands still wait after {MAX_JUMPS} steps; this is a bug, please report it")]
    Endless,
}

/// Everything that a run needs.
struct Run {
    world: World,
    cast: Cast,
    log: Log,
    display: Display,
    pace: Pace,
    events: Vec<Event>,
    members: Vec<Member>,
    synchronizations: Vec<Synchronization>,
    start: OffsetDateTime,
    frame: usize,
}

/// Makes the run, shows it, and reports. Returns whether every command succeeded.
///
/// # Errors
/// If the run could not be made at all.
pub(crate) async fn run(args: &Args) -> Result<bool, RunError> {
    let Stage { cast, seed, scopes, options, changes, posts, later, story } =
        args.scenario.stage(args.tenants);
    let setup = Setup { scopes, ..Setup::new(seed, options) };
    let clock = JumpClock::default();
    let simulator = mto_local::simulator(&setup, &clock)?;
    let root = serve(simulator.clone()).await.map_err(RunError::Listen)?;
    let world = World::around(setup, clock, simulator, &Wiring::Http(root.clone()))?;
    for change in changes {
        world.simulator().script(change);
    }
    let mut run = Run::new(world, cast, args);
    for sentence in story {
        run.display.intro(&sentence)?;
    }
    run.display.intro(&format!("The simulated Microsoft Graph listens on {root}."))?;
    run.display.intro("")?;
    let result = run.acts(&posts, &later).await;
    run.display.finish();
    result?;
    let roots: Vec<&str> = posts.iter().chain(later.iter().flatten()).map(|post| post.id).collect();
    run.conclude(&roots, args.json).await
}

/// Serves the simulator on a free local port, on this same runtime. Returns its address.
async fn serve(simulator: Simulator) -> io::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let root = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, entra_simulator::router(simulator)).await });
    Ok(root)
}

impl Run {
    fn new(world: World, cast: Cast, args: &Args) -> Self {
        let start = world.clock().now();
        let moving = !args.json && display::is_terminal();
        let columns = moving.then(display::columns);
        let layout = Layout { start, label_width: cast.label_width(), columns };
        let (display, speed) = match (moving, args.json) {
            (true, _) => (Display::live(layout), Speed::Times(args.scenario.speed())),
            (false, true) => (Display::silent(), Speed::Max),
            (false, false) => (Display::plain(layout), Speed::Max),
        };
        Self {
            log: Log::new(cast.clone(), start, moving),
            pace: Pace::new(args.speed.unwrap_or(speed), start),
            world,
            cast,
            display,
            events: Vec::new(),
            members: Vec::new(),
            synchronizations: Vec::new(),
            start,
            frame: 0,
        }
    }

    /// The commands, and once nothing is left of them the later ones.
    async fn acts(&mut self, posts: &[Post], later: &[Vec<Post>]) -> Result<(), RunError> {
        for act in std::iter::once(posts).chain(later.iter().map(Vec::as_slice)) {
            for post in act {
                self.world.post(post.verb, &post.body.to_string()).await?;
            }
            self.until_nothing_is_left().await?;
        }
        Ok(())
    }

    /// Until no command is left.
    async fn until_nothing_is_left(&mut self) -> Result<(), RunError> {
        for _ in 0..MAX_JUMPS {
            self.world.work().await;
            self.show_news()?;
            match self.world.next_due() {
                Some(due) => self.pass_until(due).await?,
                None => return Ok(()),
            }
        }
        Err(RunError::Endless)
    }

    /// Lets simulated time pass, as fast as the pace allows.
    async fn pass_until(&mut self, due: OffsetDateTime) -> Result<(), RunError> {
        loop {
            let reached = self.pace.reached().unwrap_or(due);
            self.world.clock().jump_to(reached.min(due));
            self.show_picture();
            if reached >= due {
                let news = self.look_at_members();
                return Ok(self.tell(&news)?);
            }
            self.pace.frame().await;
        }
    }

    fn show_news(&mut self) -> io::Result<()> {
        let taken = self.world.queues().drain(&mto_local::outcomes_queue());
        let news: Vec<Event> = taken.iter().filter_map(|message| Event::read(&message.body)).collect();
        let mut lines = self.look_at_members();
        lines.extend(self.log.outcomes(&news));
        // A pause inside a call (Retry-After) moves time on while others are still at work.
        lines.sort_by_key(|line| line.time);
        self.events.extend(news);
        self.tell(&lines)
    }

    /// What is new in the owner's list.
    fn look_at_members(&mut self) -> Vec<Line> {
        if self.cast.tenants.len() > FEW {
            return Vec::new();
        }
        self.look();
        self.log.members(self.world.clock().now(), &self.members)
    }

    fn look(&mut self) {
        let state = self.world.simulator().state();
        self.members = members_of(&state, &self.cast);
        self.synchronizations = synchronizations_of(&state, &self.cast);
    }

    fn tell(&self, lines: &[Line]) -> io::Result<()> {
        lines.iter().try_for_each(|line| self.display.tell(line))
    }

    fn show_picture(&mut self) {
        let elapsed = self.pace.elapsed();
        if !self.display.wants_picture(elapsed) {
            return;
        }
        self.look();
        self.frame += 1;
        let picture = self.picture();
        self.display.draw(&picture);
        self.display.note_picture(elapsed, self.pace.elapsed());
    }

    fn picture(&self) -> Picture {
        let now = self.world.clock().now();
        let mut commands = self.world.commands();
        commands.sort_by_cached_key(|waiting| {
            let subject = waiting.command.subject.as_deref().and_then(|id| Uuid::try_parse(id).ok());
            (waiting.command.data.verb(), subject.map(|tenant| self.cast.position(tenant)))
        });
        Picture {
            now,
            start: self.start,
            owner: self.cast.owner().name.clone(),
            tenants: self.cast.tenants.iter().map(|tenant| tenant.name.clone()).collect(),
            members: self.members.clone(),
            sharing: self.sharing(),
            waiting: commands.iter().map(|waiting| self.waiting(waiting, now)).collect(),
            label_width: self.cast.label_width(),
            frame: self.frame,
        }
    }

    /// For each tenant: how far its users have come, by the tenants they go to.
    fn sharing(&self) -> Vec<Sharing> {
        let name = |tenant: Uuid| self.cast.name(tenant);
        let one = |one: &Synchronization| Sharing {
            source: name(one.source),
            target: name(one.target),
            users: one.users,
            is_in_quarantine: one.quarantine.is_some(),
        };
        self.synchronizations.iter().map(one).collect()
    }

    fn waiting(&self, waiting: &WaitingCommand, now: OffsetDateTime) -> Waiting {
        let WaitingCommand { command, journal, since, next_look, .. } = waiting;
        let key = journal.waiting.as_ref().map_or("its first look", |waiting| waiting.key.as_str());
        let code = key.split(':').next().unwrap_or(key);
        let verb = command.data.verb();
        Waiting {
            verb: verb.to_string(),
            label: self.cast.label(verb, command.subject.as_deref(), &command.id),
            pair: pair_of(&command.id),
            reason: self.log.reason(&command.id, code).unwrap_or_else(|| key.replace('-', " ")),
            age: now - journal.first_look.unwrap_or(now),
            looks: journal.looks,
            since: *since,
            next_look: *next_look,
        }
    }

    async fn conclude(&self, roots: &[&str], as_json: bool) -> Result<bool, RunError> {
        let verdict = Verdict::of(&self.events, roots, &self.dead_letters(), &self.cast);
        let mut report = Report::of(&self.world, &self.cast, &self.events, self.start).await;
        report.succeeded = verdict.is_success();
        report.real_seconds = (self.pace.elapsed().as_secs_f64() * 10.0).round() / 10.0;
        let mut out = io::stdout().lock();
        if as_json {
            let document = serde_json::to_string_pretty(&report).map_err(io::Error::from)?;
            writeln!(out, "{document}")?;
            write!(io::stderr(), "{}", tables::problems(&verdict))?;
        } else {
            write!(out, "{}", tables::text(&report, &self.cast, &verdict))?;
        }
        Ok(verdict.is_success())
    }

    fn dead_letters(&self) -> Vec<String> {
        let letters = Verb::ALL.map(|verb| self.world.dead_letters(verb));
        let text = |letter: &mto_handler::memory::Stored| {
            let reason = letter.attributes.get("reasonText").cloned();
            reason.unwrap_or_else(|| "delivered too often without an end".to_owned())
        };
        letters.iter().flatten().map(|letter| words::without_ids(&text(letter))).collect()
    }
}
