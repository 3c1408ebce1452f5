//! The console's files, out of the executable.

use super::Shared;
use super::error::{Failure, no_such_method, no_such_path};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

include!(concat!(env!("OUT_DIR"), "/console.rs"));

fn find(path: &str) -> Option<&'static (&'static str, &'static [u8], &'static str)> {
    FILES.binary_search_by_key(&path, |(name, _, _)| name).ok().and_then(|place| FILES.get(place))
}

/// A file, or the page itself for every address that the page's own router knows.
pub async fn console(State(_): State<Shared>, request: Request) -> Result<Response, Failure> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(no_such_method().await);
    }
    let path = request.uri().path().trim_start_matches('/');
    match find(path) {
        Some(_) => Ok(file(path, request.headers())),
        // A missing script must not be answered with a page.
        None if path.starts_with("assets/") => Err(no_such_path().await),
        None => Ok(file("index.html", request.headers())),
    }
}

fn file(path: &'_ str, headers: &HeaderMap) -> Response {
    let packed = [("br", "br"), ("gz", "gzip")].into_iter().find_map(|(suffix, encoding)| {
        let found = find(&format!("{path}.{suffix}"))?;
        accepts(headers, encoding).then_some((found, Some(encoding)))
    });
    let Some(((_, bytes, tag), encoding)) = packed.or_else(|| Some((find(path)?, None))) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // The names of built assets hold their fingerprint: they never change. Everything else is asked
    // for again, and answered in a few bytes when it is the same.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let common = [(header::CACHE_CONTROL, cache), (header::ETAG, *tag), (header::VARY, "Accept-Encoding")];
    if known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let mut response = (common, [(header::CONTENT_TYPE, kind(path))], *bytes).into_response();
    if let Some(encoding) = encoding {
        let encoding = axum::http::HeaderValue::from_static(encoding);
        response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

/// Whether the browser names this encoding, and does not name it to refuse it.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some(encoding)
            && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn asking(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[test]
    fn an_encoding_is_taken_only_when_it_is_named() {
        for (encodings, brotli, gzip) in [
            ("gzip, deflate, br, zstd", true, true),
            ("gzip;q=1.0, br;q=0.5", true, true),
            ("gzip, br;q=0", false, true),
            ("bro, gzip2", false, false),
            ("identity", false, false),
            ("", false, false),
        ] {
            let headers = asking(encodings);
            assert_eq!((accepts(&headers, "br"), accepts(&headers, "gzip")), (brotli, gzip), "{encodings}");
        }
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn a_file_goes_out_as_small_as_the_browser_takes_it() {
        let twins = FILES.iter().filter_map(|(name, _, _)| name.strip_suffix(".br"));
        let mut count = 0;
        for name in twins {
            count += 1;
            for (encodings, sent) in [("br, gzip", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
                let response = file(name, &asking(encodings));
                let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap());
                assert_eq!(
                    header(header::CONTENT_ENCODING),
                    sent.filter(|end| *end == "br" || find(&format!("{name}.gz")).is_some()),
                    "{name}"
                );
                assert_eq!(header(header::VARY), Some("Accept-Encoding"));
                assert_eq!(header(header::CONTENT_TYPE), Some(kind(name)));
            }
        }
        if count == 0 {
            eprintln!("SKIPPED: the console is not built");
        }
    }
}
