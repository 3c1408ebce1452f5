//! R-5.s: 固件服务器, a channel of the kind FTP from which 云快充 piles fetch their firmware.

use super::house::{House, houses};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// A server that lets `fw` in with `s3cret` and has the folder `dc`.
async fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220-hello\r\n220 ready\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    let answer = match line.as_str() {
                        "USER fw" => "331 password",
                        "PASS s3cret" => "230 in",
                        "CWD dc" => "250 there",
                        "QUIT" => "221 bye",
                        _ => "530 no",
                    };
                    write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                }
            });
        }
    });
    port
}

fn draft(port: u16, folder: &str, password: &str) -> Value {
    json!({"name": format!("固件 {folder} {}", password.len()), "enabled": true, "password": password,
        "ftp": {"host": "127.0.0.1", "port": port, "account": "fw", "folder": folder, "timeout_min": 60}})
}

async fn made(house: &House, cookie: &str, body: &Value) -> i64 {
    house.post("/channels", cookie, &body.to_string()).await.ok().json["id"].as_i64().unwrap()
}

async fn tested(house: &House, cookie: &str, id: i64) -> Value {
    house.post(&format!("/channels/{id}/check"), cookie, "{}").await.ok().json.clone()
}

#[tokio::test]
async fn r5_s_class_a_firmware_server_is_kept_tested_and_its_password_never_told() {
    for house in houses().await {
        house.furnish().await;
        let (admin, port) = (house.sign_in("admin").await, server().await);
        let id = made(&house, &admin, &draft(port, "dc", "s3cret")).await;
        let one = house.get(&format!("/channels/{id}"), &admin).await;
        assert_eq!(one.ok().json["kind"], "ftp");
        assert_eq!((&one.json["ftp"]["folder"], &one.json["has_secret"]), (&json!("dc"), &json!(true)));
        assert!(!one.text.contains("s3cret"));
        assert_eq!(tested(&house, &admin, id).await["success"], true);
        for (folder, password, why) in [("dc", "wrong", "登录失败"), ("ac", "s3cret", "没有这个目录")]
        {
            let id = made(&house, &admin, &draft(port, folder, password)).await;
            let told = tested(&house, &admin, id).await;
            assert_eq!(told["success"], false);
            assert!(told["message"].to_string().contains(why), "{told}");
        }
        let log = house.get("/audit?noun=channel", &admin).await;
        assert!(!log.ok().text.contains("s3cret"));
    }
}

#[tokio::test]
async fn r5_s_boundary_what_the_frame_has_room_for() {
    let house = houses().await.remove(0);
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let with = |field: &str, value: Value| {
        let mut body = draft(21, "dc", "s3cret");
        match field {
            "password" => body["password"] = value,
            name => body["ftp"][name] = value,
        }
        body
    };
    for (field, value, refused) in [
        ("host", json!("a".repeat(17)), "ftp.host"),
        ("account", json!("a".repeat(17)), "ftp.account"),
        ("folder", json!("a".repeat(31)), "ftp.folder"),
        ("timeout_min", json!(256), "ftp.timeout_min"),
        ("port", json!(0), "ftp.port"),
        ("password", json!("a".repeat(17)), "password"),
        ("password", Value::Null, "password"),
    ] {
        let answer = house.post("/channels", &admin, &with(field, value).to_string()).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], refused);
    }
    for (name, field, value) in [
        ("一", "account", json!("a".repeat(16))),
        ("二", "folder", json!("a".repeat(30))),
        ("三", "timeout_min", json!(255)),
        ("四", "password", json!("a".repeat(16))),
    ] {
        let mut body = with(field, value);
        body["name"] = json!(name);
        made(&house, &admin, &body).await;
    }
}

#[tokio::test]
async fn r5_s_guess_another_server_is_not_shown_the_old_one_s_password() {
    let house = houses().await.remove(0);
    house.furnish().await;
    let (admin, port) = (house.sign_in("admin").await, server().await);
    let id = made(&house, &admin, &draft(port, "dc", "s3cret")).await;
    let mut body = draft(port, "dc", "s3cret");
    (body["version"], body["password"]) = (json!(1), Value::Null);
    body["ftp"]["host"] = json!("10.9.9.9");
    let path = format!("/channels/{id}");
    let patch = async |body: &Value| house.send("PATCH", &path, &admin, Some(&body.to_string()), &[]).await;
    assert_eq!(patch(&body).await.refused(400, "field.invalid").json["field"], "password");
    body["ftp"]["host"] = json!("127.0.0.1");
    body["ftp"]["folder"] = json!("");
    assert_eq!(patch(&body).await.status, 204, "the same door");
    body["version"] = json!(2);
    body["smtp"] = json!({"host": "smtp.example.com", "port": 465, "security": "tls", "account": null,
        "from_name": "", "from_address": "a@example.com", "timeout_s": 5});
    patch(&body).await.refused(400, "field.invalid");
}
