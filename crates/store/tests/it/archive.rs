//! The archive: what was committed comes back, to the moment, and what is missing or changed is refused.

use model::time::Timestamp;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use store::archive::image::Image;
use store::archive::pack::{Key, Packer};
use store::archive::restore::{Restoring, entry_write};
use store::archive::tail::Tail;
use store::archive::{FOLDER, integrity};
use store::{Settings, Source, Store};

struct Scene {
    folder: PathBuf,
    store: Option<Store>,
    now: i64,
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.store.take();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Scene {
    fn new(name: &str) -> Scene {
        let folder = std::env::temp_dir().join(format!("pileops-archive-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join(FOLDER)).unwrap();
        let mut scene = Scene { folder, store: None, now: 1_000_000 };
        scene.start();
        scene
    }

    fn database(&self) -> PathBuf {
        self.folder.join("pileops.db")
    }

    fn start(&mut self) {
        let settings = Settings::new(Source::Sqlite(self.database()));
        self.store = Some(Store::open(settings, Timestamp::from_ms(self.now), Arc::new(|_| {})).unwrap());
    }

    fn stop(&mut self) {
        self.store.take().unwrap().close();
    }

    fn tail(&self, line: &str, key: Option<Key>) -> Tail {
        Tail::open(&self.database(), key, line, Timestamp::from_ms(self.now)).unwrap()
    }

    async fn set(&self, value: &str) {
        let value = value.to_owned();
        let write = self.store.as_ref().unwrap().write(None, move |tx| {
            let sql = "INSERT INTO setting (name, value) VALUES ('told', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            tx.execute(sql, &[(&value).into()]).map(drop)
        });
        write.await.unwrap();
    }

    /// Many pages at once.
    async fn fill(&self, rows: i64) {
        let write = self.store.as_ref().unwrap().write(None, move |tx| {
            for row in 0..rows {
                let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
                tx.execute(sql, &[format!("row {row}").into(), "x".repeat(3_000).into()])?;
            }
            Ok(())
        });
        write.await.unwrap();
    }

    fn cut(&mut self, tail: &mut Tail) -> bool {
        self.now += 1_000;
        tail.cut("new", Timestamp::from_ms(self.now)).unwrap()
    }

    fn full(&self, tail: &Tail, key: Option<&Key>) -> PathBuf {
        let path = self.folder.join(format!("{}.full", tail.mark().seq));
        let mut image = Image::of(tail).unwrap();
        let mut packer = Packer::new(File::create(&path).unwrap(), image.head.clone(), key, "salt").unwrap();
        image.write(&mut packer, || {}).unwrap();
        entry_write(&mut packer, "secret.key", b"secret").unwrap();
        packer.finish().unwrap();
        path
    }
}

/// What a restored database says.
fn told(database: &Path) -> String {
    assert_eq!(integrity(database).unwrap(), Vec::<String>::new());
    let source = Source::Sqlite(database.to_owned());
    let mut conn = store::Conn::open(&source, store::db::Purpose::Read).unwrap();
    conn.one("SELECT value FROM setting WHERE name = 'told'", &[], |row| row.text(0)).unwrap()
}

fn restored(scene: &Scene, full: &Path, segments: &[PathBuf], key: Option<&Key>) -> model::Result<PathBuf> {
    let to = scene.folder.join("restored");
    let _ = fs::remove_dir_all(&to);
    fs::create_dir_all(&to).unwrap();
    let path = to.join("pileops.db");
    let (mut restoring, entries) = Restoring::full(File::open(full).unwrap(), "full", key, &path)?;
    assert_eq!(entries, [("secret.key".to_owned(), b"secret".to_vec())]);
    for segment in segments {
        restoring.segment(File::open(segment).unwrap(), &segment.display().to_string(), key)?;
    }
    restoring.finish()?;
    Ok(path)
}

fn waiting(tail: &Tail) -> Vec<PathBuf> {
    tail.waiting().unwrap().into_iter().map(|one| one.path).collect()
}

#[tokio::test]
async fn what_was_committed_comes_back_to_the_moment() {
    for key in [None, Some([7; 32])] {
        let mut scene = Scene::new(if key.is_some() { "sealed" } else { "plain" });
        scene.set("before").await;
        let mut tail = scene.tail("a", key);
        let full = scene.full(&tail, key.as_ref());
        for value in ["one", "two", "three"] {
            scene.set(value).await;
            scene.fill(20).await;
            assert!(scene.cut(&mut tail));
        }
        assert!(!scene.cut(&mut tail), "nothing was committed since");
        let segments = waiting(&tail);
        for (count, value) in [(0, "before"), (1, "one"), (2, "two"), (3, "three")] {
            let path = restored(&scene, &full, &segments[..count], key.as_ref()).unwrap();
            assert_eq!(told(&path), value);
        }
        // One in the middle, with what the log has over the file.
        let later = scene.full(&tail, key.as_ref());
        scene.set("four").await;
        assert!(scene.cut(&mut tail));
        let path = restored(&scene, &later, &waiting(&tail)[3..], key.as_ref()).unwrap();
        assert_eq!(told(&path), "four");
        if key.is_some() {
            let whole = fs::read(&full).unwrap();
            assert!(!whole.windows(6).any(|six| six == b"secret"), "sealed");
            assert_eq!(
                restored(&scene, &full, &[], None).unwrap_err().field.as_deref(),
                Some("backup_key_file")
            );
            assert_eq!(restored(&scene, &full, &[], Some(&[8; 32])).unwrap_err().code, "archive.damaged");
        }
    }
}

#[tokio::test]
async fn the_line_goes_on_over_folds_restarts_and_offline_work() {
    let mut scene = Scene::new("line");
    let mut tail = scene.tail("a", None);
    let full = scene.full(&tail, None);
    for turn in 0..4 {
        scene.fill(50).await;
        scene.set(&format!("turn {turn}")).await;
        let shared = Arc::new(Mutex::new(tail));
        let (own, now) = (Arc::clone(&shared), Timestamp::from_ms(scene.now + 500));
        let store = scene.store.as_ref().unwrap();
        store.between(move |conn| own.lock().unwrap().fold(conn, "x", now)).await.unwrap().unwrap();
        assert!(shared.lock().unwrap().mark().folded, "nobody reads: all of it is folded");
        scene.set(&format!("behind {turn}")).await;
        tail = Arc::into_inner(shared).unwrap().into_inner().unwrap();
        scene.now += 500;
        assert!(scene.cut(&mut tail));
        // A stop, something that works without a server, and a start.
        scene.stop();
        scene.start();
        scene.set(&format!("off line {turn}")).await;
        scene.stop();
        scene.start();
        tail = scene.tail("b", None);
        assert_eq!((tail.mark().line.as_str(), tail.broken), ("a", None));
        assert!(scene.cut(&mut tail));
    }
    let path = restored(&scene, &full, &waiting(&tail), None).unwrap();
    assert_eq!(told(&path), "off line 3");
}

#[tokio::test]
async fn a_log_that_somebody_else_has_folded_begins_a_new_line() {
    let mut scene = Scene::new("broken");
    scene.set("one").await;
    let mut tail = scene.tail("a", None);
    scene.set("two").await;
    assert!(scene.cut(&mut tail));
    scene.stop();
    // Without the folder a close folds the log, as another program's would.
    let aside = scene.folder.with_extension("aside");
    fs::rename(scene.folder.join(FOLDER), &aside).unwrap();
    scene.start();
    scene.set("three").await;
    scene.stop();
    fs::rename(&aside, scene.folder.join(FOLDER)).unwrap();
    scene.start();
    let tail = scene.tail("b", None);
    assert_eq!(tail.mark().line, "b");
    assert!(tail.broken.is_some());
    let full = scene.full(&tail, None);
    assert_eq!(told(&restored(&scene, &full, &[], None).unwrap()), "three");
}

#[tokio::test]
async fn a_gap_and_a_changed_byte_are_refused() {
    let mut scene = Scene::new("refused");
    scene.set("zero").await;
    let mut tail = scene.tail("a", None);
    let full = scene.full(&tail, None);
    for value in ["one", "two", "three"] {
        scene.set(value).await;
        scene.cut(&mut tail);
    }
    let all = waiting(&tail);
    let without = [all[0].clone(), all[2].clone()];
    let why = restored(&scene, &full, &without, None).unwrap_err();
    assert!(why.text.zh.contains("衔接不上"), "{}", why.text.zh);
    for file in [&all[1], &full] {
        let good = fs::read(file).unwrap();
        for at in [0, 9, 60, good.len() / 2, good.len() - 40, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(file, &bad).unwrap();
            assert!(restored(&scene, &full, &all, None).is_err(), "byte {at} of {}", file.display());
        }
        for length in [0, 11, good.len() / 2, good.len() - 1] {
            fs::write(file, &good[..length]).unwrap();
            assert!(restored(&scene, &full, &all, None).is_err(), "cut at {length}");
        }
        fs::write(file, &good).unwrap();
    }
    assert_eq!(told(&restored(&scene, &full, &all, None).unwrap()), "three");
}

#[tokio::test]
async fn an_image_of_a_database_that_is_being_written_is_of_one_moment() {
    let mut scene = Scene::new("busy");
    scene.fill(300).await;
    scene.set("start").await;
    let mut tail = scene.tail("a", None);
    scene.cut(&mut tail);
    let mut image = Image::of(&tail).unwrap();
    let path = scene.folder.join("busy.full");
    let mut packer = Packer::new(File::create(&path).unwrap(), image.head.clone(), None, "salt").unwrap();
    // Between two parts of it somebody writes.
    for value in ["later", "latest"] {
        scene.fill(300).await;
        scene.set(value).await;
    }
    image.write(&mut packer, || {}).unwrap();
    entry_write(&mut packer, "secret.key", b"secret").unwrap();
    packer.finish().unwrap();
    assert_eq!(told(&restored(&scene, &path, &[], None).unwrap()), "start");
    assert!(scene.cut(&mut tail));
    let last = waiting(&tail).pop().unwrap();
    assert_eq!(told(&restored(&scene, &path, &[last], None).unwrap()), "latest");
}
