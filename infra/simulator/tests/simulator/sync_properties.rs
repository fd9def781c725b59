//! Whatever tenants do to users, scope and jobs: nothing panics, nobody is there twice, and what is undisturbed for
//! long enough ends in the state the scope asks for.

use entra_simulator::{Change, Seed};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::Lab;
use super::sync_support::{Sync, quick};

const PEOPLE: [&str; 3] = ["Annie Adams", "Alex Admin", "Nadia Novak"];

#[derive(Clone, Copy, Debug)]
enum Event {
    Assign(usize),
    Unassign(usize),
    Change(usize),
    Enable(usize, bool),
    Delete(usize),
    Restore(usize),
    DeleteCopy(usize),
    Invite(usize),
    Forbid(bool),
    Permit(bool),
    Restart(usize),
    Pause,
    Start,
    Pass(u64),
}

fn event() -> impl Strategy<Value = Event> {
    let who = 0..PEOPLE.len();
    prop_oneof![
        4 => who.clone().prop_map(Event::Assign),
        3 => who.clone().prop_map(Event::Unassign),
        2 => who.clone().prop_map(Event::Change),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, enabled)| Event::Enable(who, enabled)),
        1 => who.clone().prop_map(Event::Delete),
        2 => who.clone().prop_map(Event::Restore),
        1 => who.clone().prop_map(Event::DeleteCopy),
        1 => who.prop_map(Event::Invite),
        1 => any::<bool>().prop_map(Event::Forbid),
        1 => any::<bool>().prop_map(Event::Permit),
        2 => (0..4_usize).prop_map(Event::Restart),
        1 => Just(Event::Pause),
        2 => Just(Event::Start),
        6 => prop_oneof![Just(1), Just(2_400), Just(7 * 3_600), Just(40 * 86_400)].prop_map(Event::Pass),
    ]
}

struct Run {
    lab: Lab,
    sync: Sync,
    ids: Vec<String>,
}

impl Run {
    fn new() -> Self {
        let lab = Lab::with(Seed::demo(2), quick());
        let sync = lab.configure(0, 1, false);
        let ids = PEOPLE.iter().map(|name| lab.user_id(0, name)).collect();
        Self { lab, sync, ids }
    }

    fn send(&self, tenant: usize, method: Method, path: &str, body: &Value) -> u16 {
        self.lab.call(tenant, method, path, body).status
    }

    fn assigned(&self, who: usize) -> Option<String> {
        let found = self.lab.ask(0, &self.sync.assignments());
        let mut found = found["value"].as_array().expect("assignments").clone().into_iter();
        let one = found.find(|one| one["principalId"] == self.ids[who].as_str())?;
        one["id"].as_str().map(str::to_owned)
    }

    fn apply(&self, event: Event) -> u16 {
        let user = |who: usize| format!("/users/{}", self.ids[who]);
        match event {
            Event::Assign(who) => {
                let body = json!({"appRoleId": self.sync.role, "resourceId": self.sync.principal, "principalId": self.ids[who]});
                self.send(0, Method::POST, &self.sync.assignments(), &body)
            }
            Event::Unassign(who) => match self.assigned(who) {
                Some(id) => {
                    self.send(0, Method::DELETE, &format!("{}/{id}", self.sync.assignments()), &Value::Null)
                }
                None => 204,
            },
            Event::Change(who) => {
                self.send(0, Method::PATCH, &user(who), &json!({"jobTitle": format!("Job {who}")}))
            }
            Event::Enable(who, on) => self.send(0, Method::PATCH, &user(who), &json!({"accountEnabled": on})),
            Event::Delete(who) => self.send(0, Method::DELETE, &user(who), &Value::Null),
            Event::Restore(who) => self.send(
                0,
                Method::POST,
                &format!("/directory/deletedItems/{}/restore", self.ids[who]),
                &json!({}),
            ),
            Event::DeleteCopy(who) => match self.copies(who).first() {
                Some(id) => self.send(1, Method::DELETE, &format!("/users/{id}"), &Value::Null),
                None => 204,
            },
            Event::Invite(who) => {
                let name = PEOPLE[who].to_lowercase().replace(' ', ".");
                let body = json!({"invitedUserEmailAddress": format!("{name}@contoso.example"), "inviteRedirectUrl": "https://x.example"});
                self.send(1, Method::POST, "/invitations", &body)
            }
            Event::Restart(kind) => {
                let scope = ["Full", "Watermark", "None", "ForceDeletes"][kind];
                let body = json!({"criteria": {"resetScope": scope}});
                self.send(0, Method::POST, &format!("{}/restart", self.sync.path()), &body)
            }
            Event::Pause => self.send(0, Method::POST, &format!("{}/pause", self.sync.path()), &json!({})),
            Event::Start => self.send(0, Method::POST, &format!("{}/start", self.sync.path()), &json!({})),
            Event::Forbid(forbidden) => {
                self.lab.script(Change::Invitations { tenant: self.lab.id(1), allowed: !forbidden });
                204
            }
            Event::Permit(allowed) => {
                let policy = format!("{}/identitySynchronization", self.lab.partner(0));
                self.send(1, Method::PATCH, &policy, &json!({"userSyncInbound": {"isSyncAllowed": allowed}}))
            }
            Event::Pass(seconds) => {
                self.lab.pass(seconds);
                204
            }
        }
    }

    /// The active copies of a person in the target.
    fn copies(&self, who: usize) -> Vec<String> {
        let mail = format!("{}@contoso.example", PEOPLE[who].to_lowercase().replace(' ', "."));
        let found = self.lab.ask(1, &format!("/users?$filter=mail eq '{mail}'"));
        let found = found["value"].as_array().expect("users").iter();
        found.map(|user| user["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// Everything permitted, a full restart, and time: no faults any more.
    fn calm(&self) {
        self.apply(Event::Forbid(false));
        self.apply(Event::Permit(true));
        for who in 0..PEOPLE.len() {
            self.apply(Event::Enable(who, true));
        }
        self.apply(Event::Restart(1));
        self.lab.pass(2 * 86_400);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_there_twice_and_the_scope_is_reached_in_the_end(events in prop::collection::vec(event(), 1..40)) {
        let run = Run::new();
        let mut orphaned = [false; PEOPLE.len()];
        for event in events {
            let status = run.apply(event);
            prop_assert!(status < 500, "{event:?} was answered {status}");
            if let Event::Invite(who) = event {
                orphaned[who] = true;
            }
            // links forgotten: whom the scope does not bring back is nobody's any more
            if let Event::Restart(0) = event {
                orphaned = [true; PEOPLE.len()];
            }
            for (who, name) in PEOPLE.iter().enumerate() {
                prop_assert!(run.copies(who).len() <= 1, "{name} is there twice after {event:?}");
            }
        }
        run.calm();
        for (who, name) in PEOPLE.iter().enumerate() {
            let alive = run.send(0, Method::GET, &format!("/users/{}", run.ids[who]), &Value::Null) == 200;
            let wanted = alive && run.assigned(who).is_some();
            let there = !run.copies(who).is_empty();
            // an invited user whom no job ever had in scope is nobody's to delete
            prop_assert!(there == wanted || there && orphaned[who], "{name}: there {there}, wanted {wanted}");
        }
    }

    #[test]
    fn the_same_events_give_the_same_world(events in prop::collection::vec(event(), 1..25)) {
        let once = || {
            let run = Run::new();
            let statuses: Vec<u16> = events.iter().map(|event| run.apply(*event)).collect();
            (statuses, run.lab.simulator.state().to_string())
        };
        prop_assert_eq!(once(), once());
    }

    #[test]
    fn no_bytes_from_outside_make_a_directory_endpoint_panic(
        method in prop::sample::select(vec!["GET", "POST", "PUT", "PATCH", "DELETE"]),
        path in "/v1\\.0/(users|groups|servicePrincipals|applications|invitations|directory/deletedItems|auditLogs/provisioning)(/[a-zA-Z$()'=.]{0,20}){0,3}",
        query in "(\\$(filter|search|top|skiptoken|deltatoken|select|count)=[a-zA-Z0-9'()%&=.:/,]{0,40}&?){0,3}",
        body in "(\\PC{0,100}|\\{\"(value|parameters|criteria|displayName|userType)\":[\\[\\]{}\"a-z0-9:,]{0,30}\\})",
    ) {
        let lab = Lab::new(2, quick());
        let request = http::Request::builder().method(method).uri(format!("{path}?{query}"))
            .header("authorization", format!("Bearer {}", lab.token(0)))
            .header("consistencylevel", "eventual").body(body.into());
        if let Ok(request) = request {
            let answer = lab.simulator.handle(request);
            prop_assert!(answer.status().as_u16() < 500, "{}", answer.status());
        }
    }
}
