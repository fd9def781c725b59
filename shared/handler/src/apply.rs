//! Mutations become writes to Graph; answers become what the core understands.

use std::error::Error;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use mto_graph::{Class, GraphError, GraphRequest, GraphResponse, ServiceError};
use mto_messages::{TenantId, Write, clip};
use mto_reconcile::{Change, Denial, Mutation, Reason};
use time::OffsetDateTime;

use crate::function::{Function, Look};
use crate::handler::Handler;
use crate::process::Work;
use crate::{permissions, writes};

/// Pause where the service throttles or is away without saying for how long.
const DEFAULT_PAUSE: Duration = Duration::from_secs(30);

/// Tenants that are written to side by side.
const TENANTS_AT_ONCE: usize = 8;

/// A write, and what became of it.
pub(crate) struct Done {
    pub(crate) mutation: Mutation,
    pub(crate) applied: Applied,
    /// Whether it was sent by itself.
    pub(crate) alone: bool,
}

/// What became of one write.
pub(crate) enum Applied {
    /// 2xx.
    Done,
    /// Nobody knows: look again.
    Unknown,
    /// Not made; not to be tried before this time.
    NotNow(Reason, OffsetDateTime),
    /// The service said no.
    Refused(Denial),
}

impl<F: Function> Handler<F> {
    /// Makes the writes, those of one group in one `$batch`, and notes each in the journal. Each group is of one
    /// tenant; groups run side by side, none past the deadline.
    pub(crate) async fn apply(
        &self,
        work: &mut Work<'_>,
        look: &Look<'_>,
        deadline: OffsetDateTime,
        groups: Vec<Vec<Mutation>>,
    ) -> Vec<Done> {
        let sent = groups.into_iter().map(|group| async move {
            let answers = self.send_group(look, deadline, &group).await;
            (group, answers)
        });
        let answered: Vec<_> = stream::iter(sent).buffered(TENANTS_AT_ONCE).collect().await;
        let mut done = Vec::new();
        for (group, answers) in answered {
            let alone = group.len() == 1;
            for (index, mutation) in group.into_iter().enumerate() {
                // Where the whole batch failed, it has one fate, which holds for each part.
                let answer = match &answers {
                    Ok(answers) => answers.get(index).map(Result::as_ref),
                    Err(whole) => Some(Err(whole)),
                };
                let applied = answer.map_or(Applied::Unknown, |answer| self.judge(work, &mutation, &answer));
                done.push(Done { mutation, applied, alone });
            }
        }
        done
    }

    async fn send_group(
        &self,
        look: &Look<'_>,
        deadline: OffsetDateTime,
        group: &[Mutation],
    ) -> Result<Vec<Result<GraphResponse, GraphError>>, GraphError> {
        let Some(first) = group.first() else { return Ok(Vec::new()) };
        let requests: Vec<GraphRequest> =
            group.iter().map(|mutation| writes::request_of(&mutation.change)).collect();
        self.graph.batch_requests(&look.call_until(first.tenant, deadline), &requests).await
    }

    fn judge(
        &self,
        work: &mut Work<'_>,
        Mutation { tenant, change }: &Mutation,
        answer: &Result<&GraphResponse, &GraphError>,
    ) -> Applied {
        let (now, tenant) = (self.clock.now(), *tenant);
        let (status, request_id, client_request_id) = match answer {
            Ok(response) => {
                (Some(response.status), response.request_id.as_deref(), Some(response.client_request_id))
            }
            Err(error) => {
                (error.status(), error.request_id(), error.service().map(|service| service.client_request_id))
            }
        };
        let status = status.map(|status| status.as_u16());
        let applied = match answer {
            Ok(_) => Applied::Done,
            Err(error) => match error.class() {
                Class::Throttled(after) => {
                    Applied::NotNow(Reason::Throttled(tenant), now + after.unwrap_or(DEFAULT_PAUSE))
                }
                Class::Transient => {
                    Applied::NotNow(Reason::Unavailable(tenant, text_of(error)), now + DEFAULT_PAUSE)
                }
                Class::Ambiguous => Applied::Unknown,
                Class::Permanent => Applied::Refused(denial(change.what(), change.about(), tenant, error)),
            },
        };
        let outcome = match applied {
            Applied::Done => "done",
            Applied::Unknown => "unknown",
            Applied::NotNow(..) => "not made",
            Applied::Refused(_) => "refused",
        };
        tracing::info!(
            write = change.what(),
            %tenant,
            about = change.about().map(tracing::field::display),
            status,
            request_id,
            client_request_id = client_request_id.map(tracing::field::display),
            outcome,
            error = answer.as_ref().err().map(|error| text_of(error)),
            "write"
        );
        if !matches!(applied, Applied::NotNow(..)) {
            // A failure that somebody else left behind does not use up one of our own tries.
            let ours = work.journal.writes.iter().any(|write| write.what == "request-join");
            let reset = *change == Change::ResetJoin && matches!(applied, Applied::Done | Applied::Unknown);
            work.journal.resets = work.journal.resets.saturating_add(u32::from(reset && ours));
            work.journal.note_write(Write {
                at: now,
                tenant,
                what: change.what().to_owned(),
                about: change.about(),
                status,
                request_id: request_id.map(str::to_owned),
            });
        }
        applied
    }
}

/// A refusal in the core's words.
pub(crate) fn denial(what: &str, about: Option<TenantId>, tenant: TenantId, error: &GraphError) -> Denial {
    let token_refused = is_token_refused(error);
    Denial {
        what: what.to_owned(),
        about,
        status: error.status().map(|status| status.as_u16()),
        code: error
            .code()
            .unwrap_or(if token_refused { "credential-refused" } else { "unreadable" })
            .to_owned(),
        text: error.service().map_or_else(|| text_of(error), refusal_text),
        request_id: error.request_id().map(str::to_owned),
        denied_in: is_denied(error).then_some(tenant),
    }
}

/// The service's words; for a 403, with the permission that the request needs.
fn refusal_text(service: &ServiceError) -> String {
    let text = clip(&service.message, 300);
    match service.missing_permission {
        Some(name) => format!("{text} It needs the application permission {}.", permissions::named(name)),
        None => text,
    }
}

/// Whether we are not let in: 401, 403, or a credential that is not accepted.
pub fn is_denied(error: &GraphError) -> bool {
    error.is_unauthorized() || error.is_forbidden() || is_token_refused(error)
}

fn is_token_refused(error: &GraphError) -> bool {
    match error {
        GraphError::Token(error) => !error.is_transient(),
        GraphError::Batch(whole) => is_token_refused(whole),
        GraphError::DeadlineTooClose { .. }
        | GraphError::Service(_)
        | GraphError::Transport { .. }
        | GraphError::Decode { .. }
        | GraphError::TooManyPages { .. }
        | GraphError::TooLarge { .. }
        | GraphError::ForeignNextLink { .. }
        | GraphError::MissingPart { .. }
        | GraphError::Request(_) => false,
    }
}

/// An error and its sources, on one bounded line.
pub fn text_of(error: &GraphError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    clip(&text, 400)
}
