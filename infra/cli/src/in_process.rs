//! The functions themselves, in this process, for what only reads.
//!
//! A dry run and `sync status` go through the very code that would act: plan and status cannot say anything else than
//! the functions would. The queues are in memory; nothing but the outcome is taken out of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use mto_add::Add;
use mto_create::Create;
use mto_graph::{Clock, GraphClient, OAuthTokenProvider, ReqwestTransport, TokenProvider};
use mto_handler::aws::AwsBackends;
use mto_handler::memory::{MemoryQueues, QueueSettings};
use mto_handler::{BatchFunction, Config, Environment, Function, Handler, Queue, QueueUrl, Record};
use mto_join::Join;
use mto_leave::Leave;
use mto_messages::{Command, CommandData, Outcome, OutcomeKind, SyncAction, Verb};
use mto_sync::Sync as SyncFunction;
use time::Duration;

use crate::answer::CliError;
use crate::context::{Context, Overlay};

/// One round of looks; five times what a Lambda invocation has, since a laptop may be far from Graph.
const ROUND: Duration = Duration::minutes(5);

/// Commands of one batch; as many as SQS gives a function.
const BATCH: usize = 10;

/// The functions, each with its own application where the directory says so.
pub(crate) struct InProcess {
    functions: BTreeMap<Verb, Box<dyn BatchFunction>>,
    queues: MemoryQueues,
    clock: Arc<dyn Clock>,
}

impl InProcess {
    /// Builds these functions from the environment that the deployed ones have; only the queues are others.
    ///
    /// # Errors
    /// What is wrong with the configuration, by variable.
    pub(crate) fn new(context: &Context, verbs: &[Verb]) -> Result<Self, CliError> {
        let queues = queues(context.clock.clone());
        let mut functions = BTreeMap::new();
        for verb in verbs {
            let parts = Parts::new(context, *verb)?;
            let queue: Arc<dyn Queue> = Arc::new(queues.clone());
            let function: Box<dyn BatchFunction> = match verb {
                Verb::Create => parts.handler(Create, queue),
                Verb::Add => parts.handler(Add, queue),
                Verb::Join => parts.handler(Join, queue),
                Verb::Leave => parts.handler(Leave, queue),
                Verb::Sync => parts.handler(SyncFunction, queue),
            };
            functions.insert(*verb, function);
        }
        Ok(Self { functions, queues, clock: context.clock.clone() })
    }

    /// Runs commands that only read; the outcomes stand in their order.
    ///
    /// # Errors
    /// A command that would write, or one that ended without an outcome.
    pub(crate) async fn run(&self, commands: &[Command]) -> Result<Vec<Outcome>, CliError> {
        if let Some(writes) = commands.iter().find(|command| !only_reads(&command.data)) {
            return Err(CliError::Failed(format!("{} would write; it is not run here", writes.id)));
        }
        for verb in Verb::ALL {
            let records = commands.iter().filter(|command| command.data.verb() == verb).map(record);
            let records: Vec<Record> = records.collect();
            for batch in records.chunks(BATCH) {
                let Some(function) = self.functions.get(&verb) else { continue };
                function.handle(batch.to_vec(), self.clock.now() + ROUND).await;
            }
        }
        let told: Vec<Outcome> = self
            .queues
            .drain(&outcomes())
            .iter()
            .filter_map(|message| Outcome::parse(&message.body).ok())
            .filter(|outcome| outcome.kind != OutcomeKind::Accepted)
            .collect();
        commands.iter().map(|command| of(command, &told)).collect()
    }
}

fn of(command: &Command, told: &[Outcome]) -> Result<Outcome, CliError> {
    let mut own = told.iter().filter(|outcome| outcome.data.command == command.reference());
    own.next_back().cloned().ok_or_else(|| {
        let verb = command.data.verb();
        CliError::Failed(format!(
            "the {verb} in this process ended without an outcome; MTO_LOG=info shows why"
        ))
    })
}

fn only_reads(data: &CommandData) -> bool {
    data.dry_run() || matches!(data, CommandData::Sync(sync) if sync.action == SyncAction::Status)
}

fn record(command: &Command) -> Record {
    Record {
        message_id: command.id.clone(),
        receipt_handle: String::new(),
        body: command.to_json(),
        attributes: BTreeMap::new(),
        receive_count: 1,
        sent_at: None,
        trace_header: None,
    }
}

/// What one function is put together from.
struct Parts {
    config: Config,
    graph: GraphClient,
    clock: Arc<dyn Clock>,
}

impl Parts {
    fn new(context: &Context, verb: Verb) -> Result<Self, CliError> {
        let config = Config::read(&inside(context), verb)?;
        let clock = context.clock.clone();
        let transport = Arc::new(ReqwestTransport::new()?);
        let tokens: Arc<dyn TokenProvider> = Arc::new(tokens(context, &config, transport.clone())?);
        let graph = GraphClient::new(config.cloud.clone(), transport, tokens, clock.clone());
        Ok(Self { config, graph, clock })
    }

    fn handler<F: Function>(self, function: F, queue: Arc<dyn Queue>) -> Box<dyn BatchFunction> {
        Box::new(Handler::new(function, self.config, self.graph, queue, self.clock))
    }
}

/// A function's configuration as it is deployed, but for the queues: those are in memory.
///
/// # Errors
/// What is wrong with it, by variable.
pub(crate) fn config(context: &Context, verb: Verb) -> Result<Config, CliError> {
    Ok(Config::read(&inside(context), verb)?)
}

/// What gives this function its tokens.
///
/// # Errors
/// A secret of the directory that cannot be read.
pub(crate) fn tokens(
    context: &Context,
    config: &Config,
    transport: Arc<ReqwestTransport>,
) -> Result<OAuthTokenProvider, CliError> {
    let environment: &dyn Environment = context.environment.as_ref();
    let backends = AwsBackends::new(environment, transport.clone(), context.clock.clone());
    let credentials = config.directory.credentials(environment, &backends)?;
    let cloud = &config.cloud;
    Ok(OAuthTokenProvider::with_source(
        transport,
        context.clock.clone(),
        cloud.login_root(),
        cloud.token_scope(),
        Arc::new(credentials),
    ))
}

fn inside(context: &Context) -> Overlay {
    let of_verb = |verb: Verb| (format!("MTO_QUEUE_{}", verb.as_str().to_uppercase()), queue(verb));
    let over = Verb::ALL
        .into_iter()
        .map(of_verb)
        .chain([
            ("MTO_QUEUE_OUTCOMES".to_owned(), outcomes()),
            ("MTO_QUEUE_DEAD_LETTERS".to_owned(), dead_letters()),
        ])
        .map(|(name, queue)| (name, queue.to_string()));
    Overlay { over: over.collect(), base: context.environment.clone() }
}

fn queues(clock: Arc<dyn Clock>) -> MemoryQueues {
    let all = Verb::ALL.into_iter().map(queue).chain([outcomes(), dead_letters()]);
    all.fold(MemoryQueues::new(clock), |queues, queue| queues.with(&queue, QueueSettings::default()))
}

fn queue(verb: Verb) -> QueueUrl {
    QueueUrl::new(format!("memory://{verb}"))
}

fn outcomes() -> QueueUrl {
    QueueUrl::new("memory://outcomes")
}

fn dead_letters() -> QueueUrl {
    QueueUrl::new("memory://dead-letters")
}
