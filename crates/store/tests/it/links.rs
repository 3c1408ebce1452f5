//! Links of piles and their certificates.

use crate::databases::{databases, wait};
use crate::scene::NOON;
use crate::write_path::seeded;
use model::id::PileId;
use model::site::{LinkEnd, SecurityProfile};
use model::time::{DAY_MS, HOUR_MS, Timestamp};
use store::certificates::{self, CertificateState, Signed};
use store::links::{self, LinkRow};

const PILE: PileId = PileId(1);

fn link(from: Timestamp, lasted_ms: i64, ended: LinkEnd) -> LinkRow {
    LinkRow {
        pile: PILE,
        from,
        to: from.plus_ms(lasted_ms),
        remote_address: "10.0.0.1:1".to_owned(),
        shown: Some(SecurityProfile::Tls),
        ended,
    }
}

#[test]
fn links_are_paged_counted_and_forgotten_after_their_time() {
    for db in databases() {
        let store = seeded(&db);
        wait(async {
            for n in 0..6 {
                let row = link(NOON.plus_ms(n * 60_000), 30_000, LinkEnd::Silent);
                let twice = row.clone();
                let write = move |tx: &mut store::Tx<'_>| {
                    tx.link_save(row.clone());
                    tx.link_save(twice.clone());
                    Ok(())
                };
                store.write(Some(PILE), write).await.unwrap();
            }
            let page = |before| move |conn: &mut store::Conn| links::link_list(conn, PILE, before, None, 4);
            let first = store.read(page(None)).await.unwrap();
            let offline: Vec<_> = first.items.iter().map(|link| link.offline_ms).collect();
            assert_eq!(offline, [None, Some(30_000), Some(30_000), Some(30_000)]);
            let rest = store.read(page(Some(first.items[3].from_ms))).await.unwrap();
            assert_eq!(rest.items.len(), 2);
            assert_eq!((rest.items[0].offline_ms, rest.items[0].ended), (Some(30_000), LinkEnd::Silent));

            let hour = NOON.plus_ms(30_000 + 60_000);
            let figures = move |conn: &mut store::Conn| links::link_figures(conn, PILE, NOON, hour);
            let figures = store.read(figures).await.unwrap();
            assert_eq!((figures.ended_count, figures.last_hour_count, figures.flapping), (6, 5, true));

            // What was on line when the server ended is cut at its next start, once.
            let cut = |tx: &mut store::Tx<'_>| {
                tx.execute("UPDATE pile SET online = true, connected_at_ms = 5 WHERE id = 1", &[])?;
                links::cut(tx, NOON)?;
                links::cut(tx, NOON.plus_ms(1))
            };
            assert_eq!(store.write(None, cut).await.unwrap(), 0);
            let ends = store.read(|conn| links::link_list(conn, PILE, Some(6), None, 4)).await.unwrap();
            assert_eq!((ends.items[0].from_ms, ends.items[0].to_ms), (5, NOON.as_ms()));
            assert_eq!(ends.items[0].ended, LinkEnd::Cut);

            let before = NOON.plus_ms(2 * 60_000);
            assert_eq!(store.write(None, move |tx| links::prune(tx, before)).await.unwrap(), 3);
            assert_eq!(store.write(None, move |tx| links::prune(tx, before)).await.unwrap(), 0);
        });
    }
}

#[test]
fn a_certificate_goes_from_sent_to_installed_and_one_that_was_taken_back_stays_so() {
    for db in databases() {
        let store = seeded(&db);
        wait(async {
            let signed = |n: i64| Signed {
                serial: format!("{n:032x}"),
                fingerprint: format!("{n:064x}"),
                body: "PEM".to_owned(),
                from: NOON,
                to: NOON.plus_ms(DAY_MS),
            };
            let mut ids = Vec::new();
            for n in 1..=2 {
                let signed = signed(n);
                let write = move |tx: &mut store::Tx<'_>| certificates::insert(tx, PILE, &signed, NOON);
                ids.push(store.write(None, write).await.unwrap());
            }
            let states = async || -> Vec<CertificateState> {
                let all = store.read(|conn| certificates::certificate_list(conn, PILE)).await.unwrap();
                all.into_iter().map(|one| one.state).collect()
            };
            // The pile's answer is about the one that was sent last.
            let refused =
                |tx: &mut store::Tx<'_>| certificates::answered(tx, PILE, CertificateState::Refused, NOON);
            store.write(None, refused).await.unwrap();
            assert_eq!(states().await, [CertificateState::Refused, CertificateState::Sent]);
            // It comes in with it all the same: it has it.
            let (used, later) = (ids[1], NOON.plus_ms(HOUR_MS));
            store.write(None, move |tx| certificates::used(tx, used, later)).await.unwrap();
            assert_eq!(states().await[0], CertificateState::Installed);
            let print = signed(2).fingerprint;
            let shown =
                store.read(move |conn| certificates::by_fingerprint(conn, &print)).await.unwrap().unwrap();
            assert_eq!((shown.id, shown.pile, shown.used_at), (ids[1], PILE, Some(later)));

            assert!(store.write(None, move |tx| certificates::revoke(tx, used, later)).await.unwrap());
            assert!(!store.write(None, move |tx| certificates::revoke(tx, used, later)).await.unwrap());
            store.write(None, move |tx| certificates::used(tx, used, later)).await.unwrap();
            assert_eq!(states().await[0], CertificateState::Revoked);
            let unknown = store.read(|conn| certificates::by_fingerprint(conn, "x")).await.unwrap();
            assert!(unknown.is_none());

            assert!(store.read(certificates::authority).await.unwrap().is_none());
            for body in ["first", "second"] {
                let write =
                    move |tx: &mut store::Tx<'_>| certificates::authority_insert(tx, body, "sealed", NOON);
                store.write(None, write).await.unwrap();
            }
            let kept = store.read(certificates::authority).await.unwrap();
            assert_eq!(kept, Some(("first".to_owned(), "sealed".to_owned())), "the first is the one");
        });
    }
}
