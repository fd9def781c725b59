//! ServiceNow's Table API (`PATCH /api/now/table/{tableName}/{sys_id}`, `GET /api/now/table/{tableName}`), with the
//! journal of a record's work notes in the table `sys_journal_field`.

use serde_json::{Value, json};

use super::{Call, Product, Reply, Told, expect_names};

/// The longest work note.
const LARGEST_CHARS: usize = 65_000;

/// An instance with the records that are named.
pub struct ServiceNow {
    authorization: String,
    records: Vec<(String, String)>,
    /// Every work note: the record's table and `sys_id`, and the text.
    pub notes: Vec<(String, String, String)>,
}

impl ServiceNow {
    /// An instance with these records (table, `sys_id`), which this `Authorization` opens.
    pub fn new(authorization: &str, records: &[(&str, &str)]) -> Self {
        let records = records.iter().map(|(table, id)| ((*table).to_owned(), (*id).to_owned())).collect();
        Self { authorization: authorization.to_owned(), records, notes: Vec::new() }
    }

    /// What was told, in its order. The outcome's id is in the text.
    pub fn told(&self) -> Vec<Told> {
        let told = |(table, id, text): &(String, String, String)| Told {
            address: format!("{table}/{id}"),
            text: text.clone(),
            outcome: None,
        };
        self.notes.iter().map(told).collect()
    }

    fn note(&mut self, table: &str, id: &str, call: &Call) -> Result<Reply, String> {
        if !self.records.iter().any(|(of, record)| of == table && record == id) {
            let error = json!({"error": {"message": "No Record found", "detail": null}, "status": "failure"});
            return Ok(Reply { status: 404, body: error });
        }
        call.expect_query(&[
            "sysparm_display_value",
            "sysparm_exclude_reference_link",
            "sysparm_fields",
            "sysparm_input_display_value",
        ])?;
        let change = call.json()?;
        expect_names(&change, &["work_notes"])?;
        let text = change["work_notes"].as_str().filter(|text| !text.is_empty()).ok_or("no note")?;
        if text.chars().count() > LARGEST_CHARS {
            return Err("too long".to_owned());
        }
        self.notes.push((table.to_owned(), id.to_owned(), text.to_owned()));
        Ok(Reply { status: 200, body: json!({"result": {"sys_id": id, "work_notes": ""}}) })
    }

    fn journal(&self, call: &Call) -> Result<Reply, String> {
        call.expect_query(&[
            "sysparm_query",
            "sysparm_fields",
            "sysparm_limit",
            "sysparm_offset",
            "sysparm_display_value",
            "sysparm_exclude_reference_link",
            "sysparm_no_count",
        ])?;
        let query = call.query.get("sysparm_query").map(String::as_str).unwrap_or_default();
        let mut rows: Vec<Value> = Vec::new();
        for (index, (table, id, text)) in self.notes.iter().enumerate() {
            let row = json!({"sys_id": format!("{index:032x}"), "name": table, "element": "work_notes", "element_id": id,
                             "value": text, "sys_created_on": format!("2026-11-21 09:00:{:02}", index.min(59))});
            if matches(query, &row)? {
                rows.push(row);
            }
        }
        if query.contains("ORDERBYDESC") {
            rows.reverse();
        }
        let most = call.query.get("sysparm_limit").and_then(|limit| limit.parse().ok()).unwrap_or(10_000);
        rows.truncate(most);
        Ok(Reply { status: 200, body: json!({"result": rows}) })
    }
}

impl Product for ServiceNow {
    fn answer(&mut self, call: &Call) -> Result<Reply, String> {
        if call.expect_authorization(&self.authorization).is_err() {
            let error = json!({"error": {"message": "User Not Authenticated"}, "status": "failure"});
            return Ok(Reply { status: 401, body: error });
        }
        let path = call.path.strip_prefix("/api/now/table/").ok_or("no such resource")?;
        match (call.method.as_str(), path.split_once('/')) {
            ("PATCH", Some((table, id))) => self.note(table, id, call),
            ("GET", None) if path == "sys_journal_field" => self.journal(call),
            (method, _) => Err(format!("{method} is not allowed")),
        }
    }
}

/// An encoded query: conditions joined by `^`, each `field=value`, `fieldLIKEvalue` or an order.
fn matches(query: &str, row: &Value) -> Result<bool, String> {
    for condition in query.split('^').filter(|condition| !condition.starts_with("ORDERBY")) {
        let (field, value, equals) = condition
            .split_once("LIKE")
            .map(|(field, value)| (field, value, false))
            .or_else(|| condition.split_once('=').map(|(field, value)| (field, value, true)))
            .ok_or_else(|| format!("no condition: {condition}"))?;
        let found = row[field].as_str().ok_or_else(|| format!("no such field: {field}"))?;
        if !(if equals { found == value } else { found.contains(value) }) {
            return Ok(false);
        }
    }
    Ok(true)
}
