//! A Microsoft Teams workflow with a webhook trigger ("Create incoming webhooks with Workflows for Microsoft Teams";
//! adaptive cards, schema 1.4).

use serde_json::Value;

use super::{Call, Product, Reply, Told, expect_names, texts};

/// A message of a workflow.
const LARGEST_BYTES: usize = 28 * 1024;
/// Elements of a card that are no input.
const ELEMENTS: [&str; 10] = [
    "ActionSet",
    "Column",
    "ColumnSet",
    "Container",
    "FactSet",
    "Image",
    "ImageSet",
    "RichTextBlock",
    "TextBlock",
    "Table",
];

/// The workflow of one channel. Who knows its URL may post, so the URL is the secret.
pub struct TeamsWorkflow {
    /// The path and query of its URL.
    secret: String,
    /// Every card.
    pub cards: Vec<Value>,
}

impl TeamsWorkflow {
    /// With the secret part of its URL, from the path on.
    pub fn new(secret: &str) -> Self {
        Self { secret: secret.to_owned(), cards: Vec::new() }
    }

    /// What was told, in its order.
    pub fn told(&self) -> Vec<Told> {
        let told = |card: &Value| Told { address: String::new(), text: texts(card), outcome: None };
        self.cards.iter().map(told).collect()
    }
}

impl Product for TeamsWorkflow {
    fn answer(&mut self, call: &Call) -> Result<Reply, String> {
        let signature = call.query.get("sig").map(String::as_str).unwrap_or_default();
        if call.method != "POST" || format!("{}?sig={signature}", call.path) != self.secret {
            return Ok(Reply { status: 401, body: Value::Null });
        }
        let message = call.json()?;
        expect_names(&message, &["type", "attachments"])?;
        let attachments = message["attachments"].as_array().map(Vec::as_slice).unwrap_or_default();
        let [attachment] = attachments else { return Err("not one attachment".to_owned()) };
        expect_names(attachment, &["contentType", "contentUrl", "content"])?;
        let card = &attachment["content"];
        if message["type"] != "message"
            || attachment["contentType"] != "application/vnd.microsoft.card.adaptive"
            || card["type"] != "AdaptiveCard"
            || card["version"] != "1.4"
            || call.body.len() > LARGEST_BYTES
        {
            return Err("no message with an adaptive card".to_owned());
        }
        expect_names(
            card,
            &["$schema", "type", "version", "body", "actions", "msteams", "fallbackText", "lang"],
        )?;
        let body = card["body"].as_array().filter(|body| !body.is_empty()).ok_or("an empty card")?;
        if let Some(unknown) =
            body.iter().find(|element| !ELEMENTS.iter().any(|known| element["type"] == *known))
        {
            return Err(format!("no such element: {unknown}"));
        }
        self.cards.push(card.clone());
        Ok(Reply { status: 202, body: Value::Null })
    }
}
