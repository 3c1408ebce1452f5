//! Proves that what lies at the place can be restored: restores it beside the running server, looks at it
//! as `pileops verify` does, and measures how long it took and how much would have been lost.

use super::place::apart;
use super::restore::{Restored, Scratch, restore};
use crate::app::App;
use engine::verify::{Verified, verify_source};
use model::{Result, Text};
use std::path::Path;
use std::sync::Arc;
use store::Source;
use store::archive::{Counts, DATABASE, counts, counts_of, integrity};
use store::backups::{Drill, DrillKind};

/// What a restored folder is.
pub struct Proved {
    pub verified: Verified,
    pub counts: Counts,
    pub integrity: Vec<String>,
}

impl Proved {
    pub fn passed(&self) -> bool {
        self.integrity.is_empty() && self.verified.problems.is_empty()
    }

    /// What is wrong with it.
    pub fn faults(&self) -> String {
        let mut all: Vec<String> = self.integrity.iter().take(3).cloned().collect();
        all.extend(self.verified.problems.iter().take(3).map(|one| one.what.clone()));
        all.join("; ")
    }
}

/// Looks at a restored folder.
pub fn prove(data: &Path) -> Result<Proved> {
    let database = data.join(DATABASE);
    let source = Source::Sqlite(database.clone());
    Ok(Proved {
        integrity: integrity(&database)?,
        verified: verify_source(&source)?,
        counts: counts_of(&source)?,
    })
}

/// As if the machine was lost at this moment: what can be had, how old it is, how long it takes.
pub async fn check(app: &Arc<App>, who: &str) -> Result<Drill> {
    let settings = app.backup.wanted()?.clone();
    let started = app.now();
    let lost = app.engine.store.read(counts).await?;
    let scratch = Scratch::new(&settings.data, "restore-check")?;
    let restored = restore(&settings.place, settings.key, None, &scratch.0).await;
    let mut drill = Drill {
        id: 0,
        kind: DrillKind::Restore,
        passed: false,
        started_at_ms: started.as_ms(),
        ended_at_ms: app.now().as_ms(),
        restored_to_ms: None,
        rpo_ms: None,
        rpo_event_count: None,
        rto_ms: None,
        order_count: None,
        audit_count: None,
        audit_head: None,
        staff_name: who.to_owned(),
        note: String::new(),
        message: None,
    };
    match restored {
        Ok(restored) => {
            let folder = scratch.0.clone();
            let proved = apart(move || prove(&folder)).await?;
            drill.ended_at_ms = app.now().as_ms();
            measure(&mut drill, &restored, &proved, &lost);
            app.engine.backup_checked(&restored.plan.full.name, drill.ended_at_ms, drill.passed).await?;
        }
        Err(why) => drill.message = Some(why.text),
    }
    drill.ended_at_ms = app.now().as_ms();
    drill.id = app.engine.drill_note(drill.clone()).await?;
    Ok(drill)
}

fn measure(drill: &mut Drill, restored: &Restored, proved: &Proved, lost: &Counts) {
    let at_ms = restored.plan.at_ms;
    drill.restored_to_ms = Some(at_ms);
    drill.rpo_ms = Some((drill.started_at_ms - at_ms).max(0));
    drill.rto_ms = Some(drill.ended_at_ms - drill.started_at_ms);
    let events = (lost.orders - proved.counts.orders).max(0) + (lost.audit - proved.counts.audit).max(0);
    drill.rpo_event_count = Some(events);
    drill.order_count = Some(proved.counts.orders);
    drill.audit_count = Some(proved.counts.audit);
    drill.audit_head = Some(proved.verified.audit_head.clone());
    drill.passed = proved.passed();
    drill.message = Some(if drill.passed {
        Text::new(
            format!(
                "完整性检查通过；重算 {} 张订单、核对 {} 行审计日志，全部一致",
                proved.verified.orders, proved.verified.audit
            ),
            format!(
                "The file is whole; {} orders and {} rows of the audit log agree.",
                proved.verified.orders, proved.verified.audit
            ),
        )
    } else {
        Text::new(
            format!("恢复出的数据有问题，请联系系统管理员：{}", proved.faults()),
            format!("What was restored is not right; somebody has to look at it: {}", proved.faults()),
        )
    });
}
