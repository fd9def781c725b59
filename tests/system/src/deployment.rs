//! The template, deployed to the emulator with the real zips by the very commands of `docs/deploy.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use entra_simulator::Options;
use mto_messages::Verb;
use serde_json::Value;

use crate::edges::{Receiver, Served};
use crate::extension::SecretsExtension;
use crate::kills::Tap;
use crate::shell::{Shell, blocks};
use crate::tools::repository;
use crate::workplace::{architecture, build, seed, workplace};
use crate::{Killer, Ministack, Simulated};

/// How long a test waits for something to happen.
const PATIENCE: Duration = Duration::from_mins(2);
/// Between two looks at whether it has happened.
const PAUSE: Duration = Duration::from_millis(50);

/// One installation, and everything around it.
pub struct Deployment {
    /// Graph and the login service.
    pub simulated: Simulated,
    /// AWS.
    pub ministack: Ministack,
    /// The program of somebody's own that the document has told of outcomes.
    pub portal: Served<Receiver>,
    /// A person's shell, with what the document has defined.
    pub shell: Shell,
    /// How long it waits for an outcome, and for quiet.
    pub patience: Duration,
    outputs: BTreeMap<String, String>,
    folder: PathBuf,
    sqs: Client,
}

impl Deployment {
    /// Deploys. The emulator enforces IAM.
    ///
    /// # Panics
    /// If anything goes wrong.
    pub async fn new(options: Options) -> Self {
        Self::deploy(options, None).await
    }

    /// The same, with functions whose processes are killed.
    ///
    /// # Panics
    /// If anything goes wrong.
    pub async fn with_killer(options: Options, killer: &Killer) -> Self {
        Self::deploy(options, Some(killer)).await
    }

    async fn deploy(options: Options, killer: Option<&Killer>) -> Self {
        let seed = seed();
        let simulated = Simulated::serve_under(seed.clone(), options, killer.cloned()).await;
        let portal = Served::serve(Receiver::default()).await;
        let extension = SecretsExtension::serve().await;
        let port = extension.port();
        let mut variables = vec![("AUTH", "true"), ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", port.as_str())];
        let tap = match killer {
            Some(killer) => Some(Tap::serve(killer.clone()).await),
            None => None,
        };
        let tap_root = tap.as_ref().map(Tap::root);
        // The emulator hands it to the functions.
        variables.extend(tap_root.as_deref().map(|root| ("AWS_ENDPOINT_URL", root)));
        let ministack = Ministack::start_with(&variables).await;
        if let (Some(tap), Some(killer)) = (tap, killer) {
            tap.leads_to(&ministack);
            killer.reaches(&ministack);
        }
        extension.reads_from(ministack.endpoint());
        let folder = workplace(&seed);
        build(&folder).await;
        let mut shell = open_shell(&ministack, &folder);
        shell.run(&values(&simulated, &ministack, portal.root())).await;
        for block in commands("Your values").into_iter().skip(1).chain(commands("Deploy")) {
            shell.run(&block).await;
        }
        let outputs = outputs(&mut shell).await;
        let sqs = ministack.sqs();
        let patience = PATIENCE;
        let deployment = Self { simulated, ministack, portal, shell, patience, outputs, folder, sqs };
        deployment.set_emulator_right().await;
        deployment
    }

    /// The blocks of a section of the document.
    ///
    /// # Panics
    /// If there are none.
    pub fn steps(heading: &str) -> Vec<String> {
        commands(heading)
    }

    /// Runs the blocks of a section of the document.
    ///
    /// # Panics
    /// If a command fails.
    pub async fn follow(&mut self, heading: &str) -> Vec<String> {
        let mut printed = Vec::new();
        for block in Self::steps(heading) {
            printed.push(self.shell.run(&block).await);
        }
        printed
    }

    /// The same for a section that deploys other parameters.
    ///
    /// # Panics
    /// If a command fails.
    pub async fn follow_deployment(&mut self, heading: &str) -> Vec<String> {
        let printed = self.follow(heading).await;
        self.outputs = outputs(&mut self.shell).await;
        self.set_emulator_right().await;
        printed
    }

    /// What the emulator does otherwise than AWS, after each deployment.
    async fn set_emulator_right(&self) {
        self.client("emulator.py", &[], "").await;
    }

    /// The intake's URL, as the emulator serves it.
    ///
    /// # Panics
    /// If there is no intake.
    pub fn intake_url(&self) -> String {
        let host = self.output("IntakeUrl").trim_start_matches("https://");
        let id = host.split('.').next().unwrap_or_default();
        format!("{}/_aws/lambda-url/{id}", self.ministack.endpoint())
    }

    /// The text of a file that the document has made.
    ///
    /// # Panics
    /// If there is none.
    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file)).expect("the document has made the file")
    }

    /// An output of the stack.
    ///
    /// # Panics
    /// If there is none of this name.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).unwrap_or_else(|| panic!("no output {name}"))
    }

    /// Runs a script of `tests/system/clients` and returns what it prints.
    ///
    /// # Panics
    /// If it fails.
    pub async fn client(&self, script: &str, arguments: &[&str], input: &str) -> String {
        self.ministack.run_client(script, arguments, input).await
    }

    /// Posts a body to a verb's queue with boto3. Returns the message id.
    ///
    /// # Panics
    /// If it is not taken.
    pub async fn post(&self, verb: &str, body: &str) -> String {
        self.client("post.py", &[self.url(verb)], body).await.trim().to_owned()
    }

    /// A queue's URL, by its name without the prefix.
    ///
    /// # Panics
    /// If there is none.
    pub fn url(&self, name: &str) -> &str {
        let mut words = name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
        let output = match (words.next(), words.next()) {
            (Some(verb), Some(_)) => format!("{verb}DeadLettersUrl"),
            (verb, _) => format!("{}QueueUrl", verb.unwrap_or_default()),
        };
        self.output(&output)
    }

    /// What stands in a queue, without receiving it.
    ///
    /// # Panics
    /// If the emulator does not answer.
    pub async fn peek(&self, name: &str) -> Vec<Value> {
        self.ministack.peek(&format!("mto-{name}")).await
    }

    /// All outcomes so far.
    ///
    /// # Panics
    /// If one of them is no JSON.
    pub async fn outcomes(&self) -> Vec<Value> {
        let messages = self.peek("outcomes").await;
        let outcome = |message: &Value| serde_json::from_str(message["Body"].as_str().unwrap_or_default());
        messages.iter().map(|message| outcome(message).expect("an outcome is JSON")).collect()
    }

    /// Waits until the outcome with this id is there.
    ///
    /// # Panics
    /// If it does not come in time.
    pub async fn outcome(&self, id: &str) -> Value {
        let look = async || self.outcomes().await.into_iter().find(|outcome| outcome["id"] == id);
        match eventually_within(self.patience, look).await {
            Some(outcome) => outcome,
            None => panic!("no outcome {id}; the emulator says\n{}", self.ministack.log().join("\n")),
        }
    }

    /// Waits until nothing is left in the queues of the verbs: neither visible, nor delayed, nor in flight.
    ///
    /// # Panics
    /// If that does not happen in time.
    pub async fn quiet(&self) {
        let quiet = eventually_within(self.patience, async || {
            for verb in Verb::ALL {
                if !self.peek(verb.as_str()).await.is_empty() {
                    return None;
                }
            }
            Some(())
        });
        let log = || self.ministack.log().join("\n");
        assert!(quiet.await.is_some(), "commands are left; the emulator says\n{}", log());
    }

    /// Changes how long a delivery is hidden: a test cannot wait the template's six minutes.
    ///
    /// # Panics
    /// If the emulator refuses.
    pub async fn set_visibility_timeout(&self, verb: &str, seconds: u32) {
        let call = self.sqs.set_queue_attributes().queue_url(self.url(verb));
        let call = call.attributes(QueueAttributeName::VisibilityTimeout, seconds.to_string());
        call.send().await.expect("attributes can be set");
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        // Best effort: it lies in target/, and the zips are made anew.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Asks until there is an answer, or patience ends.
pub async fn eventually<T>(ask: impl AsyncFn() -> Option<T>) -> Option<T> {
    eventually_within(PATIENCE, ask).await
}

async fn eventually_within<T>(patience: Duration, ask: impl AsyncFn() -> Option<T>) -> Option<T> {
    let asking = async {
        let mut pause = tokio::time::interval(PAUSE);
        loop {
            pause.tick().await;
            if let Some(answer) = ask().await {
                return answer;
            }
        }
    };
    tokio::time::timeout(patience, asking).await.ok()
}

fn open_shell(ministack: &Ministack, folder: &Path) -> Shell {
    let clients = repository().join("tests/system/clients");
    let path = format!("{}:{}", clients.display(), env_path());
    let mut variables: Vec<(&str, String)> = ministack.variables().into();
    variables.push(("MTO_TEST_VENV", ministack.tools().folder().display().to_string()));
    Shell::start(folder, &path, &variables)
}

#[expect(clippy::disallowed_methods, reason = "a person's shell has the person's PATH")]
fn env_path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

/// What the document asks a person to fill in.
fn values(simulated: &Simulated, ministack: &Ministack, portal: &str) -> String {
    format!(
        "BUCKET=mto-code\nSETTINGS=(Architecture={} ShortestDelaySeconds=1 LongestDelaySeconds=1 \
         GraphRoot={root}/v1.0 LoginRoot={root} AwsEndpointUrl={})\nPORTAL={portal}/hooks/mto",
        architecture(),
        ministack.endpoint(),
        root = simulated.root(),
    )
}

fn commands(heading: &str) -> Vec<String> {
    let path = repository().join("docs/deploy.md");
    let document = std::fs::read_to_string(path).expect("docs/deploy.md can be read");
    blocks(&document, heading)
}

async fn outputs(shell: &mut Shell) -> BTreeMap<String, String> {
    let printed = shell
        .run("aws cloudformation describe-stacks --stack-name mto --query 'Stacks[0].Outputs' --output json")
        .await;
    let outputs: Value = serde_json::from_str(&printed).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let outputs = outputs.as_array().into_iter().flatten();
    outputs.map(|output| (text(&output["OutputKey"]), text(&output["OutputValue"]))).collect()
}
