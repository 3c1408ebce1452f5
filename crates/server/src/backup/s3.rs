//! An object store that speaks the protocol of S3 (AWS, MinIO, Ceph, 阿里云 OSS, 腾讯云 COS, 华为云 OBS): the four
//! requests that backups need, signed by version 4.

use super::place::{Found, apart, unreachable};
use crate::outbound::guard::{Guard, Network};
use crate::outbound::{Ask, Outbound, Reply};
use axum::http::Method;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use hyper::header::HeaderName;
use model::time::Clock;
use model::web_address::WebAddress;
use model::{Error, Result};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// One piece of a large file. A store takes 10 000 of them.
const PART: usize = 16 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(120);
const ANSWER_MAX: usize = 8 * 1024 * 1024;

#[derive(Clone)]
pub struct S3 {
    outbound: Arc<Outbound>,
    clock: Clock,
    /// The bucket's own address: its host, or its host and the bucket as a path.
    bucket: WebAddress,
    /// Before every name, with its slash.
    prefix: String,
    region: String,
    id: String,
    secret: String,
}

/// Who may write there.
pub struct Credentials {
    pub id: String,
    pub secret: String,
}

impl S3 {
    pub fn new(bucket: WebAddress, prefix: &str, region: &str, credentials: Credentials, clock: Clock) -> S3 {
        // The operator of the machine has named it in the settings: it may be in the own network.
        let allow = ["0.0.0.0/0", "::/0"].iter().filter_map(|all| Network::parse(all)).collect();
        let prefix = prefix.trim_matches('/');
        S3 {
            outbound: Arc::new(Outbound::new(Guard { allow })),
            clock,
            bucket,
            prefix: if prefix.is_empty() { String::new() } else { format!("{prefix}/") },
            region: region.to_owned(),
            id: credentials.id,
            secret: credentials.secret,
        }
    }

    pub fn shown(&self) -> String {
        let scheme = if self.bucket.secure { "https" } else { "http" };
        let path = self.bucket.path.trim_end_matches('/');
        format!("{scheme}://{}{path}/{}", self.bucket.authority(), self.prefix)
    }

    fn refused(&self, reply: &Reply) -> Error {
        let body = String::from_utf8_lossy(&reply.body);
        let why = format!(
            "HTTP {} {}: {}",
            reply.status.as_u16(),
            tag(&body, "Code").unwrap_or_default(),
            tag(&body, "Message").unwrap_or_default()
        );
        unreachable(&self.shown(), &why)
    }

    async fn ask(
        &self,
        method: Method,
        key: &str,
        query: &[(&str, String)],
        more: Vec<(HeaderName, String)>,
        body: Bytes,
        most: usize,
    ) -> Result<Reply> {
        let base = self.bucket.path.trim_end_matches('/');
        let path = if key.is_empty() { format!("{base}/") } else { format!("{base}/{}", encoded(key, true)) };
        let mut pairs: Vec<String> = query
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name, false), encoded(value, false)))
            .collect();
        pairs.sort();
        let query = pairs.join("&");
        let mut headers = self.signed(&method, &path, &query, &body);
        headers.extend(more);
        let full = if query.is_empty() { path } else { format!("{path}?{query}") };
        let to = WebAddress { path: full, ..self.bucket.clone() };
        let ask = Ask { method, to: &to, headers, body, patience: PATIENCE, answer_max: most };
        self.outbound.ask(ask).await.map_err(|why| unreachable(&self.shown(), &why.text.en))
    }

    /// AWS Signature Version 4 over the request.
    fn signed(&self, method: &Method, path: &str, query: &str, body: &Bytes) -> Vec<(HeaderName, String)> {
        let now = self.clock.now().rfc3339();
        let digits: String = now.chars().filter(|c| c.is_ascii_digit() || *c == 'T').collect();
        let (day, stamp) = (digits.get(..8).unwrap_or_default(), digits.get(..15).unwrap_or_default());
        let stamp = format!("{stamp}Z");
        let hash = hex(&Sha256::digest(body));
        let host = self.bucket.authority();
        let canonical = format!(
            "{method}\n{path}\n{query}\nhost:{host}\nx-amz-content-sha256:{hash}\nx-amz-date:{stamp}\n\n\
             host;x-amz-content-sha256;x-amz-date\n{hash}"
        );
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let text = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
        let mut key = keyed(format!("AWS4{}", self.secret).as_bytes(), day);
        for part in [self.region.as_str(), "s3", "aws4_request"] {
            key = keyed(&key, part);
        }
        let signature = hex(&keyed(&key, &text));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}",
            self.id
        );
        vec![
            (HeaderName::from_static("x-amz-content-sha256"), hash),
            (HeaderName::from_static("x-amz-date"), stamp),
            (HeaderName::from_static("authorization"), authorization),
        ]
    }

    pub async fn put(&self, name: &str, from: &Path) -> Result<()> {
        let key = format!("{}{name}", self.prefix);
        let mut parts = Parts::open(from).await?;
        let first = parts.next().await?;
        if first.len() < PART {
            let reply = self.ask(Method::PUT, &key, &[], Vec::new(), first, ANSWER_MAX).await?;
            return if reply.status.is_success() { Ok(()) } else { Err(self.refused(&reply)) };
        }
        self.put_parts(&key, first, parts).await
    }

    /// A large file goes in parts; until it is completed nothing stands under its name.
    async fn put_parts(&self, key: &str, first: Bytes, mut parts: Parts) -> Result<()> {
        let begun = self
            .ask(Method::POST, key, &[("uploads", String::new())], Vec::new(), Bytes::new(), ANSWER_MAX)
            .await?;
        let text = String::from_utf8_lossy(&begun.body).into_owned();
        let Some(upload) = tag(&text, "UploadId").filter(|_| begun.status.is_success()) else {
            return Err(self.refused(&begun));
        };
        let mut all = String::from("<CompleteMultipartUpload>");
        let (mut part, mut number) = (first, 1);
        while !part.is_empty() {
            let query = [("partNumber", number.to_string()), ("uploadId", upload.clone())];
            let reply = self.ask(Method::PUT, key, &query, Vec::new(), part, ANSWER_MAX).await?;
            let Some(etag) = reply.etag.clone().filter(|_| reply.status.is_success()) else {
                let query = [("uploadId", upload.clone())];
                let _ = self.ask(Method::DELETE, key, &query, Vec::new(), Bytes::new(), ANSWER_MAX).await;
                return Err(self.refused(&reply));
            };
            all.push_str(&format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"));
            part = parts.next().await?;
            number += 1;
        }
        all.push_str("</CompleteMultipartUpload>");
        let query = [("uploadId", upload)];
        let reply = self.ask(Method::POST, key, &query, Vec::new(), all.into(), ANSWER_MAX).await?;
        // A store may say 200 and then that it failed.
        let failed = String::from_utf8_lossy(&reply.body).contains("<Error>");
        if reply.status.is_success() && !failed { Ok(()) } else { Err(self.refused(&reply)) }
    }

    pub async fn list(&self, prefix: &str) -> Result<Vec<Found>> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mut query =
                vec![("list-type", "2".to_owned()), ("prefix", format!("{}{prefix}", self.prefix))];
            if let Some(token) = next.take() {
                query.push(("continuation-token", token));
            }
            let reply = self.ask(Method::GET, "", &query, Vec::new(), Bytes::new(), ANSWER_MAX).await?;
            if !reply.status.is_success() {
                return Err(self.refused(&reply));
            }
            let text = String::from_utf8_lossy(&reply.body);
            for entry in text.split("<Contents>").skip(1) {
                let (Some(key), Some(size)) = (tag(entry, "Key"), tag(entry, "Size")) else { continue };
                if let Some(name) = key.strip_prefix(&self.prefix) {
                    all.push(Found { name: name.to_owned(), bytes: size.parse().unwrap_or(0) });
                }
            }
            next = tag(&text, "NextContinuationToken")
                .filter(|_| tag(&text, "IsTruncated").as_deref() == Some("true"));
            if next.is_none() {
                all.sort_by(|a, b| a.name.cmp(&b.name));
                return Ok(all);
            }
        }
    }

    pub async fn fetch(&self, name: &str, scratch: &Path) -> Result<PathBuf> {
        let key = format!("{}{name}", self.prefix);
        let failed = |why: std::io::Error| store::archive::unusable(scratch, &why);
        let mut file = std::fs::File::create(scratch).map_err(failed)?;
        let mut at = 0;
        loop {
            let range = vec![(hyper::header::RANGE, format!("bytes={at}-{}", at + PART - 1))];
            let reply = self.ask(Method::GET, &key, &[], range, Bytes::new(), PART + 1024).await?;
            // 416: the file ended just there.
            if at > 0 && reply.status.as_u16() == 416 {
                break;
            }
            if !reply.status.is_success() {
                return Err(self.refused(&reply));
            }
            file.write_all(&reply.body).map_err(failed)?;
            at += reply.body.len();
            if reply.body.len() < PART {
                break;
            }
        }
        Ok(scratch.to_owned())
    }

    pub async fn remove(&self, name: &str) -> Result<()> {
        let key = format!("{}{name}", self.prefix);
        let reply = self.ask(Method::DELETE, &key, &[], Vec::new(), Bytes::new(), ANSWER_MAX).await?;
        if reply.status.is_success() || reply.status.as_u16() == 404 {
            Ok(())
        } else {
            Err(self.refused(&reply))
        }
    }
}

/// A file, read part by part.
struct Parts {
    file: Option<std::fs::File>,
    path: PathBuf,
}

impl Parts {
    async fn open(path: &Path) -> Result<Parts> {
        let file = std::fs::File::open(path).map_err(|why| store::archive::unusable(path, &why))?;
        Ok(Parts { file: Some(file), path: path.to_owned() })
    }

    async fn next(&mut self) -> Result<Bytes> {
        let Some(mut file) = self.file.take() else { return Ok(Bytes::new()) };
        let path = self.path.clone();
        let (file, part) = apart(move || {
            let mut part = Vec::new();
            let read = Read::by_ref(&mut file).take(PART as u64).read_to_end(&mut part);
            read.map_err(|why| store::archive::unusable(&path, &why))?;
            Ok((file, part))
        })
        .await?;
        self.file = Some(file);
        Ok(part.into())
    }
}

fn hex(bytes: &[u8]) -> String {
    store::archive::pack::hex(bytes)
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes a key of any length.
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
        Err(_) => Vec::new(),
    }
}

/// Everything but letters, digits and `-._~` as `%XX`; of a path the slashes stay.
fn encoded(text: &str, path: bool) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            b'/' if path => out.push('/'),
            other => out.push_str(&format!("%{other:02X}")),
        }
        out
    })
}

/// The text of the first element of this name; the answers have neither attributes nor comments.
fn tag(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inside, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inside.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::time::Timestamp;

    /// The example "GET Bucket (List Objects)" of the documentation of signature version 4.
    #[test]
    fn a_request_is_signed_as_the_documentation_signs_it() {
        let credentials = Credentials {
            id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        };
        let bucket = WebAddress::parse("backup_place", "https://examplebucket.s3.amazonaws.com/").unwrap();
        let clock = Clock::manual(Timestamp::parse("2013-05-24T00:00:00Z").unwrap());
        let s3 = S3::new(bucket, "", "us-east-1", credentials, clock);
        let headers = s3.signed(&Method::GET, "/", "max-keys=2&prefix=J", &Bytes::new());
        let shown = &headers.iter().find(|(name, _)| name == "authorization").unwrap().1;
        assert!(
            shown.ends_with("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
            "{shown}"
        );
    }

    #[test]
    fn names_are_spelled_as_the_signature_wants_them() {
        assert_eq!(encoded("a b/ü~1", true), "a%20b/%C3%BC~1");
        assert_eq!(encoded("a/b", false), "a%2Fb");
        assert_eq!(tag("<A><Key>x&amp;y</Key></A>", "Key").as_deref(), Some("x&y"));
    }
}
