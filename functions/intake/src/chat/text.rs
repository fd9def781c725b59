//! From what chat products send to what a person typed.

/// Undoes Slack's escaping: `&amp;`, `&lt;` and `&gt;`, and links in angle brackets, which Slack makes of domains and
/// addresses by itself: `<http://contoso.example|contoso.example>`, `<mailto:kim@contoso.example|kim@contoso.example>`.
/// Source: Slack's "Formatting text for app surfaces".
///
/// ```
/// let text = mto_intake::chat::slack_text("join <http://fabrikam.example|fabrikam.example> to A&amp;B");
/// assert_eq!(text, "join fabrikam.example to A&B");
/// ```
pub fn slack_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        plain.push_str(before);
        let Some((link, after)) = behind.split_once('>') else {
            plain.push('<');
            rest = behind;
            continue;
        };
        plain.push_str(label_of(link));
        rest = after;
    }
    plain.push_str(rest);
    plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn label_of(link: &str) -> &str {
    if let Some((_, label)) = link.split_once('|') {
        return label;
    }
    let schemes = ["http://", "https://", "mailto:"];
    let without = schemes.into_iter().find_map(|scheme| link.strip_prefix(scheme)).unwrap_or(link);
    without.strip_suffix('/').unwrap_or(without)
}

/// Undoes what Teams makes of a message: the mention (`<at>mto</at>`) goes, other tags go and leave their text, HTML
/// entities become characters. Tags of blocks become blanks.
///
/// ```
/// let text = mto_intake::chat::teams_text("<at>mto</at>&nbsp;join fabrikam to A&amp;B<br>");
/// assert_eq!(text.trim(), "join fabrikam to A&B");
/// ```
pub fn teams_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        plain.push_str(before);
        let Some((tag, after)) = behind.split_once('>') else {
            plain.push('<');
            rest = behind;
            continue;
        };
        let name: String = tag.chars().take_while(|c| *c == '/' || c.is_ascii_alphanumeric()).collect();
        let name = name.to_ascii_lowercase();
        rest = after;
        if name == "at" {
            rest = after.split_once("</at>").map_or("", |(_, behind)| behind);
        }
        if !matches!(name.trim_matches('/'), "a" | "b" | "i" | "u" | "em" | "strong" | "span" | "code") {
            plain.push(' ');
        }
    }
    plain.push_str(rest);
    html_escape::decode_html_entities(&plain).into_owned()
}

/// Text that Slack is to show as it is: nothing in it becomes a mention or a link.
pub(crate) fn for_slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text that Teams is to show as it is: no tag, no mention.
pub(crate) fn for_teams(text: &str) -> String {
    html_escape::encode_text(text).replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slack_links_become_what_was_typed() {
        for (sent, typed) in [
            ("<http://contoso.example|contoso.example>", "contoso.example"),
            ("<http://contoso.example>", "contoso.example"),
            ("<https://contoso.example/>", "contoso.example"),
            ("<mailto:kim@contoso.example|kim@contoso.example>", "kim@contoso.example"),
            ("<@U012|kim>", "kim"),
            ("a < b &lt;c&gt; &amp;lt;", "a < b <c> &lt;"),
        ] {
            assert_eq!(slack_text(sent), typed);
        }
    }

    #[test]
    fn teams_markup_goes_and_what_was_typed_stays() {
        for (sent, typed) in [
            ("<at>mto</at> help", "help"),
            (
                "<p><at id=\"0\">mto</at> join <a href=\"http://x.example\">x.example</a></p>",
                "join x.example",
            ),
            ("<at>mto</at>&nbsp;sync&nbsp;a to b", "sync\u{a0}a to b"),
            ("&lt;at&gt;not a tag&lt;/at&gt;", "<at>not a tag</at>"),
            ("<div>join a<br/>to b</div>", "join a to b"),
            ("<at>unclosed", ""),
        ] {
            assert_eq!(teams_text(sent).trim(), typed);
        }
    }

    #[test]
    fn what_is_shown_stays_text() {
        assert_eq!(for_slack("<!channel> & <http://x|y>"), "&lt;!channel&gt; &amp; &lt;http://x|y&gt;");
        assert_eq!(for_teams("<at>all</at>"), "&lt;at&gt;all&lt;/at&gt;");
    }
}
