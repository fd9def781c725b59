//! Microsoft Teams, by the URL of a workflow ("When a Teams webhook request is received").
//!
//! Source of the facts: learn.microsoft.com, "Create incoming webhooks" (the message's shape; 28 KB), Adaptive Cards'
//! schema 1.4 and "Text features": text in a `RichTextBlock` is no Markdown.

use async_trait::async_trait;
use http::Method;
use mto_handler::EdgeSecret;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{Destination, Telling, check_label};
use crate::config::check_url;
use crate::http::{Call, Service};
use crate::mark::Told;
use crate::rendering::{CHAT_NOTES, Rendering, Tone, fitting};
use crate::trouble::Trouble;

/// Below the documented 28 KB.
const MAX_BYTES: usize = 27_000;

/// One channel.
///
/// # Caveats
/// Nothing can be read back: an outcome whose answer was lost is told again.
pub(crate) struct Teams {
    pub(crate) service: Service,
    /// The URL holds a signature: whoever has it can post.
    pub(crate) url: EdgeSecret,
}

#[async_trait]
impl Destination for Teams {
    fn check(&self, address: &str) -> Result<(), String> {
        check_label(address)
    }

    async fn tell(&self, telling: &Telling<'_>) -> Result<Told, Trouble> {
        let url = self.url.read(telling.deadline).await?;
        check_url(url.expose_secret()).map_err(|problem| {
            Trouble::for_good(format!("Teams: the secret of \"url\" cannot be used: it {problem}"))
        })?;
        let body = fitting(telling.outcome, CHAT_NOTES, card, |card| card.to_string().len() <= MAX_BYTES);
        let call = Call::with_json(Method::POST, url.expose_secret().to_owned(), &body);
        let answer = self.service.send(call, telling.deadline).await?;
        // Its words are not shown: they can quote the URL.
        answer.check("")?;
        Ok(Told::Now)
    }
}

fn card(rendering: &Rendering) -> Value {
    let color = match rendering.tone {
        Tone::Neutral => "default",
        Tone::Good => "good",
        Tone::Bad => "attention",
    };
    let mut body = vec![text(&[json!({
        "type": "TextRun", "text": still(&rendering.title), "size": "medium", "weight": "bolder", "color": color
    })])];
    for section in &rendering.sections {
        let bullet = if section.lines.len() > 1 { "• " } else { "" };
        if let Some(heading) = section.heading {
            body.push(text(&[bold(heading)]));
        }
        for line in &section.lines {
            body.push(text(&[plain(&format!("{bullet}{line}"))]));
        }
    }
    for (name, value) in &rendering.facts {
        body.push(text(&[bold(&format!("{name}: ")), plain(value)]));
    }
    body.push(text(&[
        json!({"type": "TextRun", "text": rendering.reference, "isSubtle": true, "size": "small"}),
    ]));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
            }
        }]
    })
}

fn text(runs: &[Value]) -> Value {
    json!({"type": "RichTextBlock", "inlines": runs})
}

fn plain(text: &str) -> Value {
    json!({"type": "TextRun", "text": still(text)})
}

fn bold(text: &str) -> Value {
    json!({"type": "TextRun", "text": text, "weight": "bolder"})
}

/// `{{DATE(…)}}` is filled in, `${…}` can be by a workflow, and `<at>` is how mentions are written, whatever the case: with
/// a space none of them is.
fn still(text: &str) -> String {
    let mut still = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, this) in text.char_indices() {
        let opens = this == '{' && matches!(before, '{' | '$');
        let mentions =
            before == '<' && text.get(at..at + 2).is_some_and(|tag| tag.eq_ignore_ascii_case("at"));
        if opens || mentions {
            still.push(' ');
        }
        still.push(this);
        before = this;
    }
    still
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_braces_and_no_case_is_a_function_or_a_mention() {
        let cases = [
            ("{{{DATE(2026-01-01)}}", "{ { {DATE(2026-01-01)}}"),
            ("$${x}", "$$ {x}"),
            ("<aT>all</At> <<at>", "< aT>all</At> << at>"),
            ("a {b} $c <b>é", "a {b} $c <b>é"),
        ];
        for (text, shown) in cases {
            assert_eq!(still(text), shown);
        }
    }
}
