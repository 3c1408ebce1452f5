//! 导入充电桩 from XLSX and CSV: classes, boundaries and guesses.

use super::house::{Answer, House, houses, sheet as file};
use serde_json::json;
use store::exports::ExportFormat;

const HEAD: [&str; 5] = ["电桩编号*", "站内名称", "所属充电站", "通信协议*", "额定功率W"];

async fn send(house: &House, cookie: &str, query: &str, bytes: &[u8]) -> Answer {
    let path = format!("/imports/piles?{query}");
    house
        .send_bytes("POST", &path, bytes, &[("content-type", "application/octet-stream"), ("cookie", cookie)])
        .await
}

async fn total(house: &House, cookie: &str) -> i64 {
    house.get("/piles", cookie).await.ok().json["total"].as_i64().unwrap()
}

#[tokio::test]
async fn r5_2_1_class_a_sheet_is_checked_looked_at_and_taken_once() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        for (format, number) in [(ExportFormat::Xlsx, 1), (ExportFormat::Csv, 2)] {
            let (ykc, ocpp) = (format!("3201060001900{number}"), format!("N-{number}"));
            let bytes = file(
                format,
                &[HEAD, [&ykc, "快充", "甲站", "云快充1.6", "160000"], [&ocpp, "", "乙站", "OCPP 1.6", ""]],
            );
            let name = format!("name=piles.{}", format.as_str());
            let before = total(&house, &cookie).await;
            let checked =
                send(&house, &cookie, &format!("{name}&check=true"), &bytes).await.ok().json.clone();
            assert_eq!((&checked["created"], &checked["wrong"]), (&json!(2), &json!(0)), "{checked}");
            let first = &checked["piles"][0];
            assert_eq!(
                (&first["code"], &first["protocol"], &first["rated_power_w"]),
                (&json!(ykc), &json!("ykc1.6"), &json!(160_000))
            );
            assert_eq!(total(&house, &cookie).await, before, "a check takes nothing");
            let taken = send(&house, &cookie, &name, &bytes).await.ok().json.clone();
            assert_eq!((&taken["created"], taken["passwords"].as_array().unwrap().len()), (&json!(2), 1));
            let again = send(&house, &cookie, &name, &bytes).await.ok().json.clone();
            assert_eq!((&again["created"], &again["existing"]), (&json!(0), &json!(2)), "twice adds nothing");
            assert_eq!(total(&house, &cookie).await, before + 2);
            let template =
                house.get(&format!("/imports/piles/template?format={}", format.as_str()), &cookie).await;
            assert_eq!(template.status, 200);
        }
    }
}

#[tokio::test]
async fn r5_2_1_boundary_of_rows_names_and_numbers() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let csv = |rows: &[[&str; 5]]| file(ExportFormat::Csv, rows);
        let good = ["B-9", "", "甲站", "ocpp1.6", "60000"];
        for (bytes, field) in [
            (csv(&[HEAD]), "file"),
            (csv(&[["电桩编号", "备注", "", "", ""], good]), "protocol"),
            (csv(&[["电桩编号", "备注", "所属充电站", "通信协议", ""], good]), "file"),
            (Vec::new(), "file"),
        ] {
            let answer = send(&house, &cookie, "name=a.csv", &bytes).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json["field"]),
                (400, &json!(field)),
                "{}",
                answer.text
            );
        }
        let before = total(&house, &cookie).await;
        for (row, field) in [
            (["", "", "甲站", "ocpp1.6", ""], "code"),
            (["A B", "", "甲站", "ocpp1.6", ""], "code"),
            (["3201060001900", "", "甲站", "云快充1.6", ""], "code"),
            (["B-8", "", "没有这座站", "ocpp1.6", ""], "station"),
            (["B-8", "", "甲站", "ocpp2.9", ""], "protocol"),
            (["B-8", "", "甲站", "ocpp1.6", "六十"], "rated_power_w"),
            (["B-8", "", "甲站", "ocpp1.6", "0"], "rated_power_w"),
            (["B-9", "", "甲站", "ocpp1.6", ""], "code"),
        ] {
            let report =
                send(&house, &cookie, "name=a.csv", &csv(&[HEAD, good, row])).await.ok().json.clone();
            assert_eq!((&report["created"], &report["wrong"]), (&json!(0), &json!(1)), "{report}");
            assert_eq!(
                (&report["errors"][0]["field"], &report["errors"][0]["line"]),
                (&json!(field), &json!(3)),
                "{report}"
            );
        }
        assert_eq!(total(&house, &cookie).await, before, "not even the good rows");
    }
}

#[tokio::test]
async fn r5_2_1_guess_wrong_kinds_of_files_and_stations_of_others() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let bytes = file(
            ExportFormat::Csv,
            &[HEAD, ["C-1", "", "乙站", "ocpp1.6", ""], ["C-2", "", "甲站", "ocpp1.6", ""]],
        );
        let answer = send(&house, &cookie, "name=piles.docx", &bytes).await;
        assert_eq!((answer.status.as_u16(), &answer.json["field"]), (400, &json!("name")));
        let answer = send(&house, &cookie, "name=piles.xlsx", &bytes).await;
        assert_eq!((answer.status.as_u16(), &answer.json["field"]), (400, &json!("file")), "CSV called XLSX");
        let answer = send(&house, &cookie, "name=a.csv", &vec![b'x'; 4 * 1024 * 1024 + 1]).await;
        assert_eq!(answer.status, 400);
        // A station of another operator is like none, and nothing of the file is taken.
        house.staff("a.operations", model::access::Role::Operations, Some(1)).await;
        let own = house.sign_in("a.operations").await;
        let report = send(&house, &own, "name=a.csv", &bytes).await.ok().json.clone();
        assert_eq!(
            (&report["created"], &report["errors"][0]["field"]),
            (&json!(0), &json!("station")),
            "{report}"
        );
        assert_eq!(report["errors"][0]["line"], 2);
        assert_eq!(house.get("/piles?code=C-", &cookie).await.json["total"], 0);
    }
}
