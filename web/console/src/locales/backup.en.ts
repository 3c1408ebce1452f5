// The words of backup and recovery, part of en.ts.
export default {
  backup_state: { done: 'Done', failed: 'Failed', gone: 'Deleted' },
  backup_health: { safe: 'Safe', late: 'Needs attention', starting: 'Being set up', off: 'Off' },
  drill_kind: { restore: 'Check of the backup', disaster: 'Disaster recovery', moment: 'Back to a moment', fallback: 'Fall-back' },
  backups: {
    now: 'Now', place: 'Backup place', lag: 'Lag', safe: 'Safe up to', waiting: 'Waiting changes', waiting_n: '{n} segments, {size}', stored: 'Space used', sealed: 'Sealed', last: 'Last full backup', last_check: 'Last check', never: 'Not checked yet', passed: 'Passed', not_passed: 'Failed', plan: 'Plan', plan_said: 'Changes every {cut} s; a full backup every {full} d, a check every {check} d, kept {kept} d and never fewer than {count} (set under Parameters)',
    run: 'Back up now', run_told: 'The full backup has begun', check: 'Check now', check_told: 'The check has begun: the backup is restored into a temporary folder', why_off: 'No backup place is set', off: 'No backup place is set: if this machine is lost, so is its data. Have backup_place set (a folder on another disk or machine, or a bucket) and the server restarted.', postgres: 'The database is PostgreSQL: its own tools back it up, see the operations guide. Only drills are kept here.', since: 'Since {at}; what waits is brought there afterwards', broken: 'The line of changes was broken at {at}; a full backup was made anew. Both sides of it can be restored',
    ranges: 'What can be restored', range: '{from} to {to}', restore_hint: 'A restore goes to an empty folder: pileops restore --from PLACE --to TIME --data DIR', none: 'No full backup yet',
    at: 'State of', state: 'State', plain: 'Plain size', size: 'Compressed', checked: 'Checked', name: 'File', started: 'Started', kind: 'Kind', outcome: 'Result', events: 'Events lost', restored_to: 'Restored to', orders: 'Orders', audit: 'Audit rows', audit_head: 'Head of the audit log', who: 'By', system: 'System', note: 'Note', drills_none: 'No drills yet', drill_add: 'Record a drill', drill_told: 'The drill was recorded', minutes: 'Length (minutes)', minutes_help: 'All of the drill, until now; 7 days at most', rto_s: 'RTO (seconds)', rpo_s: 'RPO (seconds)', note_help: 'What was done, by whom, and what was found',
  },
}
