//! R-5.s: 渠道, ways out for messages; and the mails of that go through them. On the other side
//! stands a small mail server that says what a test wants it to say.

use super::house::{Answer, House, house, houses};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the mail server answers to some word; to all others it says yes.
type Says = Arc<Mutex<Vec<(&'static str, &'static str)>>>;

pub struct Post {
    pub port: u16,
    letters: Arc<Mutex<Vec<String>>>,
    says: Says,
}

impl Post {
    pub async fn open() -> Post {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let post = Post { port, letters: Arc::default(), says: Arc::default() };
        let (letters, says) = (Arc::clone(&post.letters), Arc::clone(&post.says));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, Arc::clone(&letters), Arc::clone(&says)));
            }
        });
        post
    }

    pub fn says(&self, word: &'static str, answer: &'static str) {
        self.says.lock().unwrap().push((word, answer));
    }

    pub fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }
}

async fn talk(stream: TcpStream, letters: Arc<Mutex<Vec<String>>>, says: Says) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 post.example\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let own =
            says.lock().unwrap().iter().rev().find(|(known, _)| *known == word).map(|(_, answer)| *answer);
        let answer = match (own, word.as_str()) {
            (Some(answer), _) => answer.to_owned(),
            (None, "EHLO") => "250-post.example\r\n250 AUTH PLAIN LOGIN".to_owned(),
            (None, "AUTH") => "235 welcome".to_owned(),
            (None, "DATA") => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut letter = String::new();
                while let Some(line) = lines.next_line().await.ok()? {
                    if line == "." {
                        break;
                    }
                    letter.push_str(&line);
                    letter.push('\n');
                }
                letters.lock().unwrap().push(letter);
                "250 kept".to_owned()
            }
            (None, "QUIT") => "221 bye".to_owned(),
            _ => "250 yes".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}

pub fn draft(port: u16) -> Value {
    json!({"name": "公司邮箱", "enabled": true, "password": "s3cret-授权码", "smtp": {"host": "127.0.0.1", "port": port,
        "security": "none", "account": "robot", "from_name": "PileOps 充电", "from_address": "robot@example.com", "timeout_s": 2}})
}

pub async fn made(house: &House, cookie: &str, body: &Value) -> i64 {
    house.post("/channels", cookie, &body.to_string()).await.ok().json["id"].as_i64().unwrap()
}

async fn tested(house: &House, cookie: &str, id: i64) -> Value {
    let body = json!({"address": "fan@example.com"}).to_string();
    house.post(&format!("/channels/{id}/check"), cookie, &body).await.ok().json.clone()
}

async fn patch(house: &House, cookie: &str, id: i64, body: &Value) -> Answer {
    house.send("PATCH", &format!("/channels/{id}"), cookie, Some(&body.to_string()), &[]).await
}

fn changed(draft: &Value, version: i64) -> Value {
    let mut body = draft.clone();
    body["version"] = json!(version);
    body["password"] = Value::Null;
    body
}

#[tokio::test]
async fn r5_s_class_a_test_mail_arrives_and_the_password_is_never_told_again() {
    for house in houses().await {
        house.furnish().await;
        let (admin, post) = (house.sign_in("admin").await, Post::open().await);
        let id = made(&house, &admin, &draft(post.port)).await;
        let sent = tested(&house, &admin, id).await;
        assert_eq!((&sent["success"], &sent["target"]), (&json!(true), &json!("fan@example.com")), "{sent}");
        let letters = post.letters();
        assert!(letters.len() == 1 && letters[0].contains("To: fan@example.com"), "{letters:?}");
        assert!(letters[0].contains("robot@example.com") && letters[0].contains("Message-ID: <test-1-"));

        let one = house.get(&format!("/channels/{id}"), &admin).await;
        assert_eq!(
            (&one.ok().json["has_secret"], &one.json["last"]["success"]),
            (&json!(true), &json!(true))
        );
        let log = house.get("/audit?noun=channel", &admin).await;
        let kept =
            house.app.engine.store.read(move |conn| store::channels::find(conn, id)).await.unwrap().unwrap();
        for text in [&one.text, &log.text, &kept.secret.unwrap()] {
            assert!(!text.contains("s3cret"), "{text}");
        }
        let sends = house.get(&format!("/channels/{id}/sends?success=true"), &admin).await;
        assert_eq!(sends.ok().json["total"], 1);
    }
}

#[tokio::test]
async fn r5_s_class_a_failed_test_says_what_the_other_side_said() {
    let house = house().await;
    house.furnish().await;
    let (admin, post) = (house.sign_in("admin").await, Post::open().await);
    let id = made(&house, &admin, &draft(post.port)).await;
    let told = async || {
        let sent = tested(&house, &admin, id).await;
        assert_eq!(sent["success"], false);
        sent["message"]["zh"].as_str().unwrap().to_owned()
    };
    post.says("AUTH", "535 5.7.8 authentication failed: wrong password");
    let said = told().await;
    assert!(said.contains("拒绝登录") && said.contains("535") && said.contains("wrong password"), "{said}");
    post.says("AUTH", "235 welcome");
    post.says("RCPT", "550 5.1.1 no such user");
    let said = told().await;
    assert!(said.contains("拒收") && said.contains("no such user"), "{said}");
    post.says("RCPT", "451 greylisted");
    assert!(told().await.contains("暂时拒收"));
    post.says("RCPT", "250 yes");
    assert_eq!(tested(&house, &admin, id).await["success"], true);

    let mut version = 1;
    let mut try_with = async |field: &str, value: Value, word: &str| {
        let mut body = changed(&draft(post.port), version);
        body["smtp"][field] = value;
        body["password"] = json!("another");
        patch(&house, &admin, id, &body).await.ok();
        version += 1;
        let said = told().await;
        assert!(said.contains(word), "{field}: {said}");
    };
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    try_with("port", json!(closed), "拒绝连接").await;
    try_with("host", json!("no-such-host.invalid"), "找不到服务器").await;
    try_with("security", json!("starttls"), "加密连接失败").await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    try_with("port", json!(silent.local_addr().unwrap().port()), "没有应答").await;
}

async fn invoice_mail(house: &House, cookie: &str) -> String {
    let new = super::r5_5::invoice("KP20261123000001", 1);
    house.app.engine.invoices_record(vec![new]).await.unwrap();
    let list = house.get("/invoices?serial_no=KP20261123000001", cookie).await;
    let row = &list.ok().json["items"][0];
    let (id, version) = (row["id"].to_string(), row["version"].clone());
    house.post(&format!("/invoices/{id}/mails"), cookie, &json!({"version": version}).to_string()).await.ok();
    id
}

pub async fn mail_job(house: &House, cookie: &str) -> Value {
    house.post("/jobs/mail_send/runs", cookie, "").await.ok();
    loop {
        let job = house.get("/jobs/mail_send", cookie).await.ok().json.clone();
        if job["last"]["state"] != "running" {
            return job["last"].clone();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn mail_of(house: &House, cookie: &str, invoice: &str) -> (String, String) {
    let one = house.get(&format!("/invoices/{invoice}"), cookie).await.ok().json.clone();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    (word(&one["state"]), word(&one["mails"][0]["state"]))
}

#[tokio::test]
async fn r5_s_class_mails_of_invoices_wait_for_a_channel_and_arrive_through_it() {
    for house in houses().await {
        house.furnish().await;
        let (admin, post) = (house.sign_in("admin").await, Post::open().await);
        let invoice = invoice_mail(&house, &admin).await;
        assert_eq!(mail_job(&house, &admin).await["done_count"], 0, "there is no channel");
        assert_eq!(mail_of(&house, &admin, &invoice).await.1, "waiting");
        let id = made(&house, &admin, &draft(post.port)).await;
        let run = mail_job(&house, &admin).await;
        assert_eq!((&run["state"], &run["done_count"]), (&json!("done"), &json!(1)), "{run}");
        assert_eq!(mail_of(&house, &admin, &invoice).await, ("sent".to_owned(), "sent".to_owned()));
        assert!(post.letters()[0].contains("Message-ID: <mail-1@example.com>"));
        assert_eq!(mail_job(&house, &admin).await["done_count"], 0, "once");
        assert_eq!(post.letters().len(), 1);
        let sends = house.get(&format!("/channels/{id}/sends?purpose=invoice"), &admin).await;
        assert_eq!(sends.json["total"], 1);
    }
}

#[tokio::test]
async fn r5_s_boundary_a_mail_is_tried_six_times_and_a_broken_channel_is_not_its_fault() {
    let house = house().await;
    house.furnish().await;
    let (mut admin, post) = (house.sign_in("admin").await, Post::open().await);
    let invoice = invoice_mail(&house, &admin).await;
    made(&house, &admin, &draft(post.port)).await;
    post.says("AUTH", "535 wrong password");
    for _ in 0..8 {
        assert_eq!(mail_job(&house, &admin).await["state"], "failed");
        house.clock.advance(Duration::from_secs(5 * 60));
        assert_eq!(mail_of(&house, &admin, &invoice).await.1, "waiting", "until somebody mends the channel");
        admin = house.sign_in("admin").await;
    }
    post.says("AUTH", "235 welcome");
    post.says("RCPT", "451 try later");
    for (turn, minutes) in [1, 5, 15, 60, 240].into_iter().enumerate() {
        mail_job(&house, &admin).await;
        assert_eq!(mail_of(&house, &admin, &invoice).await.1, "waiting", "try {turn}");
        house.clock.advance(Duration::from_millis(minutes * 60_000 - 1));
        admin = house.sign_in("admin").await;
        assert_eq!(mail_job(&house, &admin).await["done_count"], 0);
        house.clock.advance(Duration::from_millis(1));
    }
    mail_job(&house, &admin).await;
    assert_eq!(mail_of(&house, &admin, &invoice).await, ("issued".to_owned(), "failed".to_owned()));
    for (field, value) in [
        ("host", json!("")),
        ("host", json!("http://smtp.example.com")),
        ("port", json!(0)),
        ("from_address", json!("robot")),
        ("from_name", json!("长".repeat(65))),
        ("from_name", json!("a\nBcc: x@example.com")),
        ("account", json!("a\u{7}")),
        ("timeout_s", json!(0)),
        ("timeout_s", json!(121)),
    ] {
        let mut body = draft(25);
        body["name"] = json!("另一个");
        body["smtp"][field] = value.clone();
        let answer = house.post("/channels", &admin, &body.to_string()).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], format!("smtp.{field}"), "{value}");
    }
    let mut body = draft(25);
    assert_eq!(
        house.post("/channels", &admin, &body.to_string()).await.refused(409, "channel.exists").json["field"],
        "name"
    );
    body["name"] = json!("另一个");
    body["password"] = json!("长".repeat(257));
    assert_eq!(
        house.post("/channels", &admin, &body.to_string()).await.refused(400, "field.invalid").json["field"],
        "password"
    );
}

#[tokio::test]
async fn r5_s_guess_a_password_is_not_sent_to_another_server_and_strangers_see_nothing() {
    let house = house().await;
    house.furnish().await;
    let (admin, post) = (house.sign_in("admin").await, Post::open().await);
    let id = made(&house, &admin, &draft(post.port)).await;
    for (field, value) in [
        ("host", json!("evil.example")),
        ("port", json!(26)),
        ("security", json!("tls")),
        ("account", json!("other")),
    ] {
        let mut body = changed(&draft(post.port), 1);
        body["smtp"][field] = value;
        let answer = patch(&house, &admin, id, &body).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "password", "{field}");
    }
    let mut body = changed(&draft(post.port), 1);
    body["name"] = json!("改名");
    patch(&house, &admin, id, &body).await.ok();
    assert_eq!(tested(&house, &admin, id).await["success"], true, "with the password that was kept");
    patch(&house, &admin, id, &body).await.refused(409, "channel.version_differs");
    patch(&house, &admin, 99, &body).await.refused(404, "channel.not_found");
    let answer = house.post(&format!("/channels/{id}/check"), &admin, "{\"address\":\"nobody\"}").await;
    assert_eq!(answer.refused(400, "field.invalid").json["field"], "address");
    let theirs = house.sign_in("a.admin").await;
    house.get("/channels", &theirs).await.refused(403, "scope.denied");
    house.get(&format!("/channels/{id}/sends"), &theirs).await.refused(403, "scope.denied");
    // The key file was replaced: told as what it is, and nothing is sent.
    house
        .app
        .engine
        .store
        .write(None, move |tx| {
            let mut one = tx.read(|conn| store::channels::find(conn, id))?.unwrap();
            one.secret = Some("chacha:00".to_owned());
            store::channels::save(tx, &one)
        })
        .await
        .unwrap();
    assert!(tested(&house, &admin, id).await["message"]["zh"].as_str().unwrap().contains("密钥文件"));
}
