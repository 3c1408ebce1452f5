//! The platform from which customers are asked: its one row, and whom we have of it.

use crate::databases::databases;
use crate::scene::NOON;
use model::Text;
use model::customer::CustomerSource;
use model::id::CustomerId;
use store::customer_pulls::{self, CustomerPull, PullFault, PullRound};
use store::customers::{self, Customer};

#[tokio::test]
async fn there_is_one_source_that_is_asked_and_it_is_read_as_it_was_written() {
    for db in databases() {
        let store = db.store();
        assert_eq!(store.read(customer_pulls::find).await.unwrap(), None);
        let reason = Text::of("号码不对", "no number");
        let mut one = CustomerPull {
            url: "https://people.example.com/scim/v2".to_owned(),
            enabled: true,
            secret: Some("chacha:00".to_owned()),
            page_size: 200,
            version: 1,
            changed_at_ms: NOON.as_ms(),
            changed_by: "张三".to_owned(),
            seen_ms: None,
            whole_wanted: true,
            gone_accepted: false,
            whole_at_ms: None,
            last: PullRound::default(),
        };
        for turn in 0..2 {
            let row = one.clone();
            store.write(None, move |tx| customer_pulls::save(tx, &row)).await.unwrap();
            assert_eq!(store.read(customer_pulls::find).await.unwrap().as_ref(), Some(&one), "turn {turn}");
            one.last = PullRound {
                synced_at_ms: Some(1),
                tried_at_ms: Some(2),
                error: Some(Text::of("坏了", "broken")),
                was_whole: true,
                total_count: 9,
                new_count: 1,
                changed_count: 2,
                gone_count: 3,
                gone_asked: 4,
                refused_count: 5,
                faults: vec![PullFault { key: "u1".to_owned(), reason: reason.clone() }],
            };
            (one.seen_ms, one.whole_at_ms, one.secret) = (Some(7), Some(8), None);
        }
        store.close();
    }
}

#[tokio::test]
async fn whom_we_have_of_a_source_is_read_in_pieces_and_leaves_out_who_is_gone() {
    for db in databases() {
        let store = db.store();
        let write = store.write(None, |tx| {
            for (n, source) in [
                (1, CustomerSource::Pull),
                (2, CustomerSource::Own),
                (3, CustomerSource::Pull),
                (4, CustomerSource::Pull),
            ] {
                let mut person = Customer::fresh(source, format!("人{n}"), NOON);
                if source == CustomerSource::Pull {
                    person.external_id = Some(format!("u{n}"));
                    // Whoever is gone keeps the key by which they are known again.
                    person.account = (n != 3).then(|| format!("a{n}"));
                }
                customers::insert(tx, &person)?;
            }
            Ok(())
        });
        write.await.unwrap();
        let source = CustomerSource::Pull;
        assert_eq!(store.read(move |conn| customer_pulls::source_count(conn, source)).await.unwrap(), 2);
        let piece = async |after| {
            let read = move |conn: &mut store::Conn| customer_pulls::source_keys(conn, source, after, 1);
            store.read(read).await.unwrap()
        };
        let first = piece(CustomerId(0)).await;
        let second = piece(first[0].0).await;
        assert_eq!((first[0].1.as_str(), second[0].1.as_str()), ("u1", "u4"));
        assert!(piece(second[0].0).await.is_empty());
        store.close();
    }
}
