//! Single parts of a `$batch` go wrong, while the others go well.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

/// What goes wrong with one part. Times are in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartFault {
    /// 429, with `Retry-After` or without.
    Throttled(Option<u32>),
    /// This status, before it takes effect.
    ErrorBefore(u16),
    /// This status, after it took effect.
    ErrorAfter(u16),
    /// It took effect, and the answer lacks it.
    Missing,
    /// Nothing came of it, and the answer lacks it.
    LeftOut,
}

/// One part of one batch, and what goes wrong with it.
pub(crate) struct Cut {
    id: String,
    fault: PartFault,
}

impl Cut {
    /// The part that `number` comes to; none, if there are no parts.
    pub(crate) fn of(request: &Request<Bytes>, fault: PartFault, number: u64) -> Option<Self> {
        let body: Value = serde_json::from_slice(request.body()).ok()?;
        let parts = body["requests"].as_array().filter(|parts| !parts.is_empty())?;
        let part = &parts[usize::try_from(number % parts.len() as u64).ok()?];
        Some(Self { id: part["id"].as_str()?.to_owned(), fault })
    }

    /// The batch as the service gets it: without the part, where that is to have no effect.
    pub(crate) fn request(&self, request: Request<Bytes>) -> Request<Bytes> {
        match self.fault {
            PartFault::ErrorAfter(_) | PartFault::Missing => request,
            PartFault::Throttled(_) | PartFault::ErrorBefore(_) | PartFault::LeftOut => {
                request.map(|body| self.without(&body, "requests", None))
            }
        }
    }

    /// The answer as it arrives.
    pub(crate) fn answer(&self, answer: Response<Bytes>) -> Response<Bytes> {
        if !answer.status().is_success() {
            return answer;
        }
        let instead = match self.fault {
            PartFault::Throttled(after) => Some(self.refused(429, after)),
            PartFault::ErrorBefore(status) | PartFault::ErrorAfter(status) => {
                Some(self.refused(status, None))
            }
            PartFault::Missing | PartFault::LeftOut => None,
        };
        answer.map(|body| self.without(&body, "responses", instead))
    }

    fn refused(&self, status: u16, after: Option<u32>) -> Value {
        let code = if status == 429 { "TooManyRequests" } else { "serviceNotAvailable" };
        let mut part = json!({
            "id": self.id, "status": status,
            "body": {"error": {"code": code, "message": "An injected fault."}},
        });
        if let Some(seconds) = after {
            part["headers"] = json!({"Retry-After": seconds.to_string()});
        }
        part
    }

    fn without(&self, body: &[u8], list: &str, instead: Option<Value>) -> Bytes {
        let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
        if let Some(parts) = body[list].as_array_mut() {
            parts.retain(|part| part["id"] != self.id.as_str());
            parts.extend(instead);
        }
        Bytes::from(body.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(ids: &[&str]) -> Value {
        json!(ids.iter().map(|id| json!({"id": id, "status": 204})).collect::<Vec<_>>())
    }

    /// What the service is asked for, and what arrives, with the second of three parts.
    fn parts(fault: PartFault) -> (Vec<String>, Vec<String>) {
        let asked = json!({"requests": batch(&["1", "2", "3"])}).to_string();
        let request = Request::new(Bytes::from(asked));
        let cut = Cut::of(&request, fault, 4).unwrap();
        let asked: Value = serde_json::from_slice(cut.request(request).body()).unwrap();
        let ids = |list: &Value| list.as_array().unwrap().iter().map(|part| part["id"].to_string()).collect();
        let asked: Vec<String> = ids(&asked["requests"]);
        let answers: Vec<Value> =
            asked.iter().map(|id| json!({"id": id.trim_matches('"'), "status": 204})).collect();
        let answer = cut.answer(Response::new(Bytes::from(json!({"responses": answers}).to_string())));
        let answer: Value = serde_json::from_slice(answer.body()).unwrap();
        let answers = answer["responses"].as_array().unwrap().iter();
        let asked = asked.iter().map(|id| id.trim_matches('"').to_owned()).collect();
        (asked, answers.map(|part| format!("{} {}", part["id"].as_str().unwrap(), part["status"])).collect())
    }

    #[test]
    fn a_part_has_its_effect_or_not_and_its_answer_or_another() {
        let all = ["1", "2", "3"];
        let others = ["1", "3"];
        for (fault, asked, last) in [
            (PartFault::Throttled(Some(5)), &others[..], Some("2 429")),
            (PartFault::ErrorBefore(503), &others[..], Some("2 503")),
            (PartFault::ErrorAfter(500), &all[..], Some("2 500")),
            (PartFault::Missing, &all[..], None),
            (PartFault::LeftOut, &others[..], None),
        ] {
            let expected: Vec<&str> = ["1 204", "3 204"].into_iter().chain(last).collect();
            let (was_asked, answers) = parts(fault);
            assert_eq!(was_asked, asked, "{fault:?}");
            assert_eq!(answers, expected, "{fault:?}");
        }
    }
}
