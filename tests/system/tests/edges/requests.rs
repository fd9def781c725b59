//! Requests as the products document them; `clients/webhooks.py` signs and sends them.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::installation::{CHANNEL, ISSUE, RECORD, secret};

/// Signed now, or so many seconds ago.
pub(crate) fn moment(age_seconds: i64) -> OffsetDateTime {
    now() - time::Duration::seconds(age_seconds)
}

#[expect(clippy::disallowed_methods, reason = "real processes run in real time")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// A slash command (Slack, "Implementing slash commands"): a form.
pub(crate) fn slack(text: &str, user: &str) -> Value {
    let text = text.replace(' ', "+");
    let body = format!(
        "token=gIkuvaNzQIHg97ATvDxqgjtO&team_id=T0001&team_domain=acme&channel_id={CHANNEL}&channel_name=platform\
         &user_id={user}&user_name=kim&command=%2Fmto&text={text}\
         &response_url=https%3A%2F%2Fhooks.slack.example%2Fcommands%2F1234%2F5678\
         &trigger_id=13345224609.738474920.8088930838d88f008e0&api_app_id=A123456"
    );
    json!({"path": "/slack", "scheme": "slack", "secret": secret("SLACK_SIGNING"), "body": body,
           "contentType": "application/x-www-form-urlencoded"})
}

/// The activity of an outgoing webhook (Microsoft, "Create Outgoing Webhooks").
pub(crate) fn teams(text: &str, age_seconds: i64) -> Value {
    let time = moment(age_seconds).format(&Rfc3339).unwrap();
    let body = json!({
        "type": "message", "id": "1485983408511", "timestamp": time, "localTimestamp": time,
        "serviceUrl": "https://smba.trafficmanager.example/amer/", "channelId": "msteams",
        "from": {"id": "29:1XJKJMvc5GBtc2JwZq0oj8tHZmzrQgFmB25ATiQWA85gQtHieVkKilBZ9XHoq9j7Zaqt7CZ-NJWi7me2kHTL3Bw",
                 "name": "Kim", "aadObjectId": "5e6b1f4c-7c52-4a4a-8e2e-0d6ff2a6a1b7"},
        "conversation": {"isGroup": true, "id": "19:253b1f341670408fb6fe51050b6e5ceb@thread.skype;messageid=1485983194839",
                         "conversationType": "channel"},
        "textFormat": "plain", "text": format!("<at>mto</at> {text}\n"), "entities": [{"type": "clientInfo", "locale": "en-US"}],
        "channelData": {"teamsTeamId": "19:253b1f341670408fb6fe51050b6e5ceb@thread.skype"}, "locale": "en-US",
    });
    json!({"path": "/teams", "scheme": "teams", "secret": secret("TEAMS_SIGNING"), "body": body.to_string()})
}

/// An issue that was created (Jira Cloud, "Webhooks"); a field of one's own names the tenant.
pub(crate) fn jira(tenant: &str, age_seconds: i64) -> Value {
    let milliseconds = moment(age_seconds).unix_timestamp() * 1000;
    let body = json!({
        "timestamp": milliseconds, "webhookEvent": "jira:issue_created", "issue_event_type_name": "issue_created",
        "user": {"self": "https://acme.atlassian.example/rest/api/2/user?accountId=5b10a2844c20165700ede21g",
                 "accountId": "5b10a2844c20165700ede21g", "displayName": "Kim", "active": true},
        "issue": {"id": "10002", "self": "https://acme.atlassian.example/rest/api/2/10002", "key": ISSUE,
                  "fields": {"summary": "Join the organization", "labels": ["mto-join"], "customfield_10050": tenant,
                             "issuetype": {"name": "Service Request"}, "project": {"key": "OPS"}}},
    });
    json!({"path": "/jira", "scheme": "jira", "secret": secret("JIRA_SIGNING"), "body": body.to_string(),
           "id": "5e1c6a6a-bd0d-4ba7-a7d5-1a4ac0b5a1f4"})
}

/// What a business rule of one's own sends of an incident.
pub(crate) fn servicenow(tenant: &str) -> Value {
    let body = json!({"sys_id": RECORD, "number": "INC0010023", "sys_mod_count": 3, "u_tenant": tenant});
    json!({"path": "/servicenow", "scheme": "shared-key", "header": "X-Signature",
           "secret": secret("SERVICENOW_SIGNING"), "body": body.to_string()})
}

/// A Standard Webhook of a program of one's own.
pub(crate) fn portal(id: &str, tenant: &str) -> Value {
    json!({"path": "/portal", "scheme": "standard", "secret": secret("WEBHOOK_SIGNING"), "id": id,
           "body": json!({"order": 4711, "tenant": tenant}).to_string()})
}
