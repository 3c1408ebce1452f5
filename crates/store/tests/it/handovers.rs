//! What is open under somebody's name, and giving it another.

use crate::databases::databases;
use crate::seed::seed;
use model::handover::HandoverKind;
use model::id::StaffId;
use store::handovers;

/// One of everything that is open under 7, and one of everything that is over or another's.
const ROWS: &[&str] = &[
    "INSERT INTO feedback (id, no, request_id, upload_token, source, kind, category, content, state, handler_id, \
     answer_due_ms, close_due_ms, created_at_ms, version) VALUES \
     (1, 'F1', 'r1', '', 'app', 'complaint', 'bill', '', 'working', 7, 0, 0, 5, 1), \
     (2, 'F2', 'r2', '', 'app', 'complaint', 'bill', '', 'closed', 7, 0, 0, 5, 1), \
     (3, 'F3', 'r3', '', 'app', 'complaint', 'bill', '', 'waiting', NULL, 0, 0, 5, 1)",
    "INSERT INTO settlement (id, order_id, basis, energy_dwh, electricity_fen, service_fen, total_fen, reason, state, \
     staff_id, staff_name, created_at_ms) VALUES (1, 1000, 'free', 0, 0, 0, 0, '', 'proposed', 7, '王', 5), \
     (2, 1001, 'free', 0, 0, 0, 0, '', 'approved', 7, '王', 5)",
    "INSERT INTO wallet_change (id, customer_id, fleet_id, kind, amount_fen, reason, request_id, state, staff_id, \
     staff_name, created_at_ms) VALUES (1, 4, NULL, 'top_up', 5, '', 'a', 'proposed', 7, '王', 5), \
     (2, NULL, 3, 'top_up', 5, '', 'b', 'proposed', 8, '李', 5)",
    "INSERT INTO sharing_proposal (id, operator_id, kind, period_id, amount_fen, state, staff_id, staff_name, created_at_ms) \
     VALUES (1, 1, 'close', 5, 5, 'proposed', 7, '王', 5), (2, 1, 'close', 6, 5, 'rejected', 7, '王', 5)",
    "INSERT INTO tariff_plan (id, tariff_id, effective_ms, reason, state, staff_id, created_at_ms) VALUES \
     (1, 1, 9, '', 'scheduled', 7, 5), (2, 1, 9, '', 'effective', 7, 5)",
    "INSERT INTO pile_batch (id, staff_id, deed, state, created_at_ms) VALUES (1, 7, 'enable', 'running', 5), \
     (2, 7, 'enable', 'done', 5)",
    "INSERT INTO order_import (id, staff_id, file_name, state, row_count, good_count, bad_count, existing_count, \
     energy_dwh, total_fen, faults, created_at_ms) VALUES (1, 7, 'a.csv', 'checked', 0, 0, 0, 0, 0, 0, '[]', 5), \
     (2, 7, 'b.csv', 'imported', 0, 0, 0, 0, 0, 0, '[]', 5)",
    "INSERT INTO export (id, staff_id, noun, query, columns, format, file_name, state, rows_done, created_at_ms) VALUES \
     (1, 7, 'order', '{}', '[]', 'csv', 'o.csv', 'running', 0, 5), \
     (2, 7, 'order', '{}', '[]', 'csv', 'p.csv', 'expired', 0, 5)",
];

#[tokio::test]
async fn all_that_is_open_is_named_and_given_away() {
    for db in databases() {
        let store = db.store();
        seed(&store).await;
        store
            .write(None, |tx| {
                tx.execute(
                    "INSERT INTO tariff (id, name, version_no, model_no, body, created_at_ms) SELECT 1, '一号', 1, 1, '{}', 0 \
                     WHERE NOT EXISTS (SELECT 1 FROM tariff WHERE id = 1)",
                    &[],
                )?;
                ROWS.iter().try_for_each(|sql| tx.execute(sql, &[]).map(drop))
            })
            .await
            .unwrap();
        let open = |staff| store.read(move |conn| handovers::open(conn, StaffId(staff)));
        let groups = open(7).await.unwrap();
        assert_eq!(groups.iter().map(|one| one.kind).collect::<Vec<_>>(), HandoverKind::ALL);
        assert!(groups.iter().all(|one| one.count == 1 && one.items.len() == 1), "{groups:?}");
        assert_eq!((groups[0].items[0].label.as_str(), groups[0].items[0].id), ("F1", 1));
        assert_eq!(groups[1].items[0].about_id, Some(1000));
        assert_eq!(groups[1].items[0].label.len(), 18, "an order is called by its number");
        assert_eq!((groups[2].items[0].about_id, groups[2].items[0].of_fleet), (Some(4), false));
        let given = store.write(None, |tx| {
            for kind in HandoverKind::ALL.iter().copied() {
                let ids = tx.read(|conn| handovers::ids(conn, kind, StaffId(7)))?;
                assert_eq!(ids, [1], "{kind:?}");
                handovers::give(tx, kind, 1, (StaffId(8), "李"))?;
            }
            Ok(())
        });
        given.await.unwrap();
        assert!(open(7).await.unwrap().is_empty());
        let theirs = open(8).await.unwrap();
        assert_eq!(theirs.iter().map(|one| one.count).collect::<Vec<_>>(), [1, 1, 2, 1, 1, 1, 1, 1]);
        assert!(theirs[2].items[1].of_fleet);
        let name = store
            .read(|conn| conn.one("SELECT staff_name FROM settlement WHERE id = 1", &[], |row| row.text(0)));
        assert_eq!(name.await.unwrap(), "李");
        store.close();
    }
}
