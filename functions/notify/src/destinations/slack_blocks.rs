//! An outcome as Slack's Block Kit.
//!
//! Source of the facts: docs.slack.dev, "Formatting message text" (the three characters to escape; `verbatim`) and
//! "Blocks" (a section's text has at most 3,000 characters).

use serde_json::{Value, json};

use crate::rendering::{Rendering, Section};

/// Characters of one text in a block; the documented limit.
pub(super) const MAX_BLOCK_TEXT: usize = 3_000;

/// A message without its channel: `text` for notifications, blocks for everything else.
pub(super) fn message(rendering: &Rendering) -> Value {
    let mut blocks = vec![section(&format!("*{}*", escape(&rendering.title)))];
    blocks.extend(rendering.sections.iter().flat_map(texts_of).map(|text| section(&text)));
    let facts: Vec<String> =
        rendering.facts.iter().map(|(name, value)| format!("*{name}:* {}", escape(value))).collect();
    blocks.push(section(&facts.join("\n")));
    let reference = json!({"type": "mrkdwn", "text": rendering.reference, "verbatim": true});
    blocks.push(json!({"type": "context", "elements": [reference]}));
    json!({
        "text": escape(&rendering.title),
        "blocks": blocks,
        // Names in plain text notify nobody, and links bring no previews.
        "parse": "none",
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}})
}

/// One text, or several where it does not fit into one. A line is never cut.
fn texts_of(Section { heading, lines }: &Section) -> Vec<String> {
    let bullet = if lines.len() > 1 { "• " } else { "" };
    let heading = heading.map(|heading| format!("*{heading}*"));
    let lines = lines.iter().map(|line| format!("{bullet}{}", escape(line)));
    let mut texts: Vec<String> = Vec::new();
    for line in heading.into_iter().chain(lines) {
        match texts.last_mut() {
            Some(text) if text.chars().count() + 1 + line.chars().count() <= MAX_BLOCK_TEXT => {
                text.push('\n');
                text.push_str(&line);
            }
            _ => texts.push(line),
        }
    }
    texts
}

/// Without these three nothing is a link, a mention or a command to Slack.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
