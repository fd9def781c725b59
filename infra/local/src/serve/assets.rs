//! The page: a few files of text, as they stand in `src/page`.

use axum::Router;
use axum::routing::get;

use super::http::text;

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Path, type and text of each.
const FILES: [(&str, &str, &str); 9] = [
    ("/", "text/html; charset=utf-8", include_str!("../page/index.html")),
    ("/page.css", "text/css; charset=utf-8", include_str!("../page/page.css")),
    ("/page.js", SCRIPT, include_str!("../page/page.js")),
    ("/parts.js", SCRIPT, include_str!("../page/parts.js")),
    ("/matrix.js", SCRIPT, include_str!("../page/matrix.js")),
    ("/flight.js", SCRIPT, include_str!("../page/flight.js")),
    ("/timeline.js", SCRIPT, include_str!("../page/timeline.js")),
    ("/form.js", SCRIPT, include_str!("../page/form.js")),
    ("/icon.svg", "image/svg+xml", include_str!("../page/icon.svg")),
];

pub(super) fn router() -> Router {
    FILES.iter().fold(Router::new(), |router, (path, kind, content)| {
        router.route(path, get(async move || text(kind, content)))
    })
}
