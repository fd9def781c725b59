//! Whether the queues are there, and set as the template sets them.

use std::time::Duration;

use mto_handler::QueueUrl;

use super::Check;
use crate::aws;
use crate::context::Context;
use crate::mailbox::{Mailbox, QueueState};

/// Lambda's advice: six times the function's timeout of 60 s (AWS Lambda, "Using Lambda with Amazon SQS").
const LEAST_VISIBILITY: Duration = Duration::from_mins(6);

/// The queues of the verbs; what reads them is a function.
const VERBS: [&str; 5] = ["CREATE", "ADD", "JOIN", "LEAVE", "SYNC"];

/// Checks the queues that the environment names; one warning, if it names none.
pub(super) async fn run(context: &Context) -> Vec<Check> {
    let variables = variables();
    if !variables.iter().any(|variable| context.variable(variable).is_some()) {
        let remedy = "set MTO_QUEUE_CREATE to MTO_QUEUE_SYNC to send commands to SQS";
        return vec![Check::warning("queues", "the environment names none", remedy)];
    }
    let mailbox = match aws::sqs(context).await {
        Ok(mailbox) => mailbox,
        Err(error) => {
            let remedy = "log in, or set AWS_PROFILE";
            return vec![Check::failed("AWS", error.to_string(), remedy)];
        }
    };
    check(&mailbox, context).await
}

/// Checks the queues that the environment names.
pub async fn check(mailbox: &dyn Mailbox, context: &Context) -> Vec<Check> {
    let mut checks = Vec::new();
    for variable in variables() {
        let Some(url) = context.variable(&variable).map(QueueUrl::new) else { continue };
        checks.push(match mailbox.state(&url).await {
            Ok(state) => judge(&variable, &state),
            Err(error) => {
                let remedy = "check the URL and the region, and allow sqs:GetQueueAttributes";
                Check::failed(variable, error.to_string(), remedy)
            }
        });
    }
    checks
}

fn variables() -> Vec<String> {
    let of = |prefix: &str, names: &[&str]| {
        names.iter().map(|name| format!("{prefix}_{name}")).collect::<Vec<_>>()
    };
    let mut variables = of("MTO_QUEUE", &VERBS);
    variables.extend(of("MTO_QUEUE", &["OUTCOMES", "NOTIFY"]));
    variables.extend(of("MTO_DEAD_LETTERS", &VERBS));
    variables.extend(of("MTO_DEAD_LETTERS", &["OUTCOMES", "NOTIFY"]));
    variables
}

fn judge(variable: &str, state: &QueueState) -> Check {
    let QueueState { visible, in_flight, delayed, visibility_timeout, redrive } = state;
    let found = format!("{visible} to receive, {in_flight} in flight, {delayed} delayed");
    if variable.starts_with("MTO_DEAD_LETTERS") {
        return if *visible == 0 {
            Check::ok(variable, found)
        } else {
            Check::warning(variable, found, "look at them: mto dead-letters")
        };
    }
    let is_read_by_a_function = VERBS.iter().any(|verb| variable.ends_with(verb));
    let hidden = visibility_timeout.filter(|hidden| *hidden < LEAST_VISIBILITY);
    if let Some(hidden) = hidden.filter(|_| is_read_by_a_function) {
        let found = format!("{found}; visibility timeout {} s", hidden.as_secs());
        let remedy =
            "set it to at least 360 s, six times the function's timeout, or a command is worked on twice";
        return Check::failed(variable, found, remedy);
    }
    match redrive {
        None => {
            let found = format!("{found}; no redrive policy");
            let remedy =
                "give it a dead-letter queue: what fails again and again would circle until it is lost";
            Check::failed(variable, found, remedy)
        }
        Some((name, count)) if *count < 3 && is_read_by_a_function => {
            let found = format!("{found}; to {name} after {count} deliveries");
            Check::warning(variable, found, "set maxReceiveCount to 5: one fault of the network is no poison")
        }
        Some((name, count)) => Check::ok(variable, format!("{found}; to {name} after {count} deliveries")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Health;
    use super::*;

    fn state(hidden: u64, redrive: Option<u32>) -> QueueState {
        QueueState {
            visibility_timeout: Some(Duration::from_secs(hidden)),
            redrive: redrive.map(|count| ("dead".to_owned(), count)),
            ..QueueState::default()
        }
    }

    #[test]
    fn a_queue_is_judged_by_its_timeout_its_redrive_policy_and_its_letters() {
        let of = |variable: &str, state: &QueueState| judge(variable, state).state;
        assert_eq!(of("MTO_QUEUE_JOIN", &state(360, Some(5))), Health::Ok);
        assert_eq!(of("MTO_QUEUE_JOIN", &state(359, Some(5))), Health::Failed);
        assert_eq!(of("MTO_QUEUE_JOIN", &state(360, None)), Health::Failed);
        assert_eq!(of("MTO_QUEUE_JOIN", &state(360, Some(1))), Health::Warning);
        assert_eq!(of("MTO_QUEUE_OUTCOMES", &state(30, Some(100))), Health::Ok, "no function reads it");
        assert_eq!(of("MTO_DEAD_LETTERS_JOIN", &state(30, None)), Health::Ok);
        let letters = QueueState { visible: 1, ..QueueState::default() };
        assert_eq!(of("MTO_DEAD_LETTERS_JOIN", &letters), Health::Warning);
    }
}
