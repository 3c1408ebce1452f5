//! Firmware, what became of it at the piles, and what piles say of their security.

use crate::databases::databases;
use crate::scene::NOON;
use model::access::Scope;
use model::id::{FirmwareId, PileId, TransferId};
use model::transfer::{TransferKind, TransferState};
use store::firmware::{self, FirmwareFilter, NewFirmware};
use store::transfers::{self, Transfer, TransferFilter};

fn transfer(id: i64, firmware: Option<i64>, state: TransferState) -> Transfer {
    let mut one = Transfer {
        id: TransferId(id),
        pile: PileId(1),
        kind: if firmware.is_some() { TransferKind::Firmware } else { TransferKind::SecurityLog },
        firmware: firmware.map(FirmwareId),
        version: firmware.map(|_| "2.0".to_owned()),
        state,
        message: None,
        steps: Vec::new(),
        token: format!("token {id}"),
        expires_at: NOON.plus_ms(1_000),
        command: None,
        staff: None,
        file_name: None,
        size_bytes: None,
        digest: None,
        created_at: NOON,
        ended_at: state.is_over().then_some(NOON),
    };
    one.step(NOON, "accepted");
    one
}

#[tokio::test]
async fn transfers_are_kept_counted_and_found_by_their_secret() {
    for db in databases() {
        let store = db.store();
        std::thread::scope(|scope| scope.spawn(|| crate::scene::seed(&mut db.conn())).join().unwrap());
        let new = NewFirmware {
            operator: None,
            name: "主控".to_owned(),
            vendor: "甲厂".to_owned(),
            model: String::new(),
            version: "2.0".to_owned(),
            note: String::new(),
            signature: Some("c2ln".to_owned()),
            certificate: Some("PEM".to_owned()),
            staff: None,
        };
        let id = store.write(None, move |tx| firmware::insert(tx, &new, NOON)).await.unwrap();
        store.write(None, move |tx| firmware::file_set(tx, id, "f.bin", 3, "ab")).await.unwrap();
        let states = [TransferState::Confirmed, TransferState::Failed, TransferState::Downloading];
        for (n, state) in (1..).zip(states) {
            store.write(None, move |tx| transfers::save(tx, &transfer(n, Some(id.0), state))).await.unwrap();
        }
        let log = transfer(9, None, TransferState::Asked);
        store.write(None, move |tx| transfers::save(tx, &log)).await.unwrap();

        let wanted = FirmwareFilter { name: Some("主".to_owned()), limit: 9, ..FirmwareFilter::default() };
        let page = store.read(move |conn| firmware::firmware_list(conn, &Scope::ALL, &wanted)).await.unwrap();
        let one = &page.items[0];
        assert_eq!((one.update_count, one.done_count, one.failed_count), (3, 1, 1));
        assert_eq!((one.size_bytes, one.digest.as_deref()), (Some(3), Some("ab")));
        assert_eq!(store.read(move |conn| firmware::running(conn, id)).await.unwrap(), 1);

        let found = store.read(|conn| transfers::by_token(conn, "token 3")).await.unwrap().unwrap();
        assert_eq!(found, transfer(3, Some(id.0), TransferState::Downloading));
        // The newest of its kind, or the one that is named.
        let newest = |firmware, id| store.read(move |conn| transfers::newest(conn, PileId(1), firmware, id));
        assert_eq!(newest(true, None).await.unwrap().unwrap().id, TransferId(3));
        assert_eq!(newest(true, Some(1)).await.unwrap().unwrap().id, TransferId(1));
        assert_eq!(newest(false, None).await.unwrap().unwrap().id, TransferId(9));
        assert!(newest(false, Some(3)).await.unwrap().is_none(), "a log is no firmware");
        let open = store.read(|conn| transfers::open_of(conn, PileId(1))).await.unwrap();
        assert_eq!(open.len(), 2);
        let due = |at| store.read(move |conn| transfers::overdue(conn, NOON.plus_ms(at)));
        assert_eq!((due(999).await.unwrap().len(), due(1_000).await.unwrap().len()), (0, 2));

        let wanted = TransferFilter { firmware_id: Some(id.0), limit: 2, ..TransferFilter::default() };
        let page =
            store.read(move |conn| transfers::transfer_list(conn, &Scope::ALL, &wanted)).await.unwrap();
        assert_eq!((page.total, page.items.len(), page.next_cursor.as_deref()), (Some(3), 2, Some("2")));
        store.write(None, move |tx| firmware::delete(tx, id)).await.unwrap();
        let wanted = TransferFilter { id: Some(1), limit: 1, ..TransferFilter::default() };
        let left =
            store.read(move |conn| transfers::transfer_list(conn, &Scope::ALL, &wanted)).await.unwrap();
        assert_eq!(left.items[0].version.as_deref(), Some("2.0"), "its story outlives the file");
    }
}

#[tokio::test]
async fn security_events_page_from_the_newest() {
    for db in databases() {
        let store = db.store();
        for n in 1..=3 {
            let insert = store.write(None, move |tx| {
                transfers::security_event_insert(
                    tx,
                    PileId(1),
                    "StartupOfTheDevice",
                    None,
                    NOON.plus_ms(n),
                    NOON,
                )
            });
            insert.await.unwrap();
        }
        let first =
            store.read(|conn| transfers::security_event_list(conn, PileId(1), None, 2)).await.unwrap();
        assert_eq!(first.items.iter().map(|one| one.at_ms - NOON.as_ms()).collect::<Vec<_>>(), [3, 2]);
        let before = first.next_cursor.unwrap().parse().ok();
        let last =
            store.read(move |conn| transfers::security_event_list(conn, PileId(1), before, 2)).await.unwrap();
        assert_eq!((last.items.len(), last.next_cursor), (1, None));
    }
}

#[tokio::test]
async fn firmware_under_way_is_known_after_a_restart() {
    for db in databases() {
        let under_way = async |store: &store::Store, pile| {
            let found =
                store.write(Some(PileId(pile)), move |tx| transfers::under_way(tx, PileId(pile))).await;
            found.unwrap().map(|one| one.id.0)
        };
        let save = async |store: &store::Store, one: Transfer| {
            store.write(Some(one.pile), move |tx| transfers::save(tx, &one)).await.unwrap();
        };
        {
            let store = db.store();
            std::thread::scope(|scope| scope.spawn(|| crate::scene::seed(&mut db.conn())).join().unwrap());
            assert_eq!(under_way(&store, 1).await, None);
            save(&store, transfer(1, Some(1), TransferState::Downloading)).await;
            assert_eq!(under_way(&store, 1).await, None, "the file is not there yet");
            save(&store, transfer(2, Some(1), TransferState::Installed)).await;
            assert_eq!(under_way(&store, 1).await, Some(2));
        }
        let store = db.store();
        assert_eq!(under_way(&store, 1).await, Some(2), "the pile starts after we did");
        save(&store, transfer(3, Some(1), TransferState::Failed)).await;
        assert_eq!(under_way(&store, 1).await, None, "only the newest counts");
    }
}
