// How each state looks: a tone and a shape. The word comes from the locale; colour is never the only sign.
import type { GlyphName } from '@/components/glyphs'

export type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'calm' | 'mute'
export interface Look {
  tone: Tone
  glyph: GlyphName
}
export type StatusGroup = keyof typeof looks

const looks = {
  connector: {
    available: { tone: 'ok', glyph: 'ring' },
    preparing: { tone: 'warn', glyph: 'plug' },
    charging: { tone: 'busy', glyph: 'bolt' },
    suspended: { tone: 'calm', glyph: 'pause' },
    suspended_ev: { tone: 'calm', glyph: 'pause' },
    suspended_evse: { tone: 'calm', glyph: 'pause' },
    finishing: { tone: 'warn', glyph: 'check' },
    reserved: { tone: 'calm', glyph: 'clock' },
    unavailable: { tone: 'mute', glyph: 'ban' },
    faulted: { tone: 'bad', glyph: 'alert' },
    offline: { tone: 'mute', glyph: 'offline' },
    unknown: { tone: 'mute', glyph: 'question' },
  },
  lifecycle: {
    inactive: { tone: 'warn', glyph: 'clock' },
    enabled: { tone: 'ok', glyph: 'check' },
    disabled: { tone: 'mute', glyph: 'ban' },
    retired: { tone: 'mute', glyph: 'cross' },
  },
  link: {
    online: { tone: 'ok', glyph: 'ring' },
    offline: { tone: 'mute', glyph: 'offline' },
  },
  order: {
    starting: { tone: 'warn', glyph: 'clock' },
    charging: { tone: 'busy', glyph: 'bolt' },
    stopping: { tone: 'warn', glyph: 'stop' },
    unsettled: { tone: 'calm', glyph: 'clock' },
    completed: { tone: 'ok', glyph: 'check' },
    failed: { tone: 'mute', glyph: 'cross' },
    abnormal: { tone: 'bad', glyph: 'alert' },
  },
  command: {
    queued: { tone: 'mute', glyph: 'clock' },
    accepted: { tone: 'ok', glyph: 'check' },
    refused: { tone: 'bad', glyph: 'cross' },
    unsupported: { tone: 'warn', glyph: 'ban' },
    timed_out: { tone: 'warn', glyph: 'clock' },
    link_lost: { tone: 'bad', glyph: 'offline' },
    deferred: { tone: 'calm', glyph: 'clock' },
  },
  transfer: {
    asked: { tone: 'mute', glyph: 'clock' },
    accepted: { tone: 'calm', glyph: 'clock' },
    downloading: { tone: 'busy', glyph: 'refresh' },
    downloaded: { tone: 'busy', glyph: 'check' },
    installing: { tone: 'busy', glyph: 'refresh' },
    installed: { tone: 'warn', glyph: 'check' },
    confirmed: { tone: 'ok', glyph: 'check' },
    uploading: { tone: 'busy', glyph: 'refresh' },
    uploaded: { tone: 'ok', glyph: 'check' },
    failed: { tone: 'bad', glyph: 'cross' },
    replaced: { tone: 'mute', glyph: 'ban' },
  },
  pile_row: {
    existing: { tone: 'mute', glyph: 'copy' },
  },
  fleet_row: { new: { tone: 'ok', glyph: 'plus' }, joined: { tone: 'busy', glyph: 'check' }, existing: { tone: 'mute', glyph: 'copy' } },
  webhook_state: {
    waiting: { tone: 'calm', glyph: 'clock' },
    sent: { tone: 'ok', glyph: 'check' },
    failed: { tone: 'bad', glyph: 'cross' },
  },
  batch_state: {
    running: { tone: 'busy', glyph: 'refresh' },
    done: { tone: 'ok', glyph: 'check' },
    halted: { tone: 'mute', glyph: 'stop' },
  },
  batch_row: {
    waiting: { tone: 'mute', glyph: 'clock' },
    running: { tone: 'busy', glyph: 'refresh' },
    done: { tone: 'ok', glyph: 'check' },
    failed: { tone: 'bad', glyph: 'cross' },
    cut: { tone: 'warn', glyph: 'stop' },
  },
  tariff_plan: {
    scheduled: { tone: 'busy', glyph: 'clock' },
    effective: { tone: 'ok', glyph: 'check' },
    withdrawn: { tone: 'mute', glyph: 'cross' },
  },
  delivery: {
    not_needed: { tone: 'mute', glyph: 'flatline' },
    scheduled: { tone: 'mute', glyph: 'clock' },
    offline: { tone: 'mute', glyph: 'offline' },
    charging: { tone: 'calm', glyph: 'bolt' },
    waiting: { tone: 'warn', glyph: 'clock' },
    sent: { tone: 'busy', glyph: 'right' },
    confirmed: { tone: 'ok', glyph: 'check' },
    refused: { tone: 'bad', glyph: 'cross' },
    own: { tone: 'calm', glyph: 'tariff' },
    superseded: { tone: 'mute', glyph: 'copy' },
  },
  link_end: {
    closed: { tone: 'mute', glyph: 'offline' },
    silent: { tone: 'warn', glyph: 'clock' },
    replaced: { tone: 'warn', glyph: 'copy' },
    broken: { tone: 'bad', glyph: 'cross' },
    expelled: { tone: 'bad', glyph: 'stop' },
    unavailable: { tone: 'bad', glyph: 'alert' },
    stopped: { tone: 'mute', glyph: 'stop' },
    cut: { tone: 'mute', glyph: 'alert' },
  },
  certificate: {
    sent: { tone: 'busy', glyph: 'right' },
    installed: { tone: 'ok', glyph: 'check' },
    refused: { tone: 'bad', glyph: 'cross' },
    revoked: { tone: 'mute', glyph: 'stop' },
  },
  tariff_match: {
    same: { tone: 'ok', glyph: 'check' },
    different: { tone: 'bad', glyph: 'alert' },
    unknown: { tone: 'warn', glyph: 'question' },
    not_needed: { tone: 'mute', glyph: 'flatline' },
  },
  verdict: {
    applied: { tone: 'ok', glyph: 'check' },
    duplicate: { tone: 'mute', glyph: 'copy' },
    rejected: { tone: 'bad', glyph: 'cross' },
    quarantined: { tone: 'warn', glyph: 'alert' },
    sent: { tone: 'busy', glyph: 'right' },
  },
  card: {
    accepted: { tone: 'ok', glyph: 'check' },
    blocked: { tone: 'bad', glyph: 'ban' },
    expired: { tone: 'mute', glyph: 'clock' },
  },
  customer: {
    active: { tone: 'ok', glyph: 'check' },
    frozen: { tone: 'warn', glyph: 'pause' },
    deactivated: { tone: 'mute', glyph: 'ban' },
    cancelled: { tone: 'mute', glyph: 'cross' },
  },
  staff_state: {
    enabled: { tone: 'ok', glyph: 'check' },
    disabled: { tone: 'mute', glyph: 'ban' },
    locked: { tone: 'bad', glyph: 'lock' },
  },
  mail: {
    waiting: { tone: 'warn', glyph: 'clock' },
    sent: { tone: 'ok', glyph: 'check' },
    failed: { tone: 'bad', glyph: 'alert' },
  },
  invoice: {
    review: { tone: 'warn', glyph: 'clock' },
    waiting: { tone: 'warn', glyph: 'clock' },
    issuing: { tone: 'busy', glyph: 'right' },
    issued: { tone: 'ok', glyph: 'check' },
    sent: { tone: 'ok', glyph: 'check' },
    failed: { tone: 'bad', glyph: 'alert' },
    reversing: { tone: 'calm', glyph: 'clock' },
    reversed: { tone: 'mute', glyph: 'cross' },
    rejected: { tone: 'mute', glyph: 'ban' },
  },
  settlement_state: {
    proposed: { tone: 'warn', glyph: 'clock' },
    approved: { tone: 'ok', glyph: 'check' },
    rejected: { tone: 'mute', glyph: 'ban' },
  },
  order_import: {
    checking: { tone: 'busy', glyph: 'refresh' },
    checked: { tone: 'warn', glyph: 'clock' },
    nothing: { tone: 'mute', glyph: 'ban' },
    importing: { tone: 'busy', glyph: 'refresh' },
    imported: { tone: 'ok', glyph: 'check' },
    undoing: { tone: 'warn', glyph: 'refresh' },
    undone: { tone: 'mute', glyph: 'cross' },
    failed: { tone: 'bad', glyph: 'alert' },
  },
  export: {
    queued: { tone: 'mute', glyph: 'clock' },
    running: { tone: 'busy', glyph: 'refresh' },
    done: { tone: 'ok', glyph: 'check' },
    failed: { tone: 'bad', glyph: 'alert' },
    cancelled: { tone: 'mute', glyph: 'cross' },
    expired: { tone: 'mute', glyph: 'clock' },
  },
  operator_status: {
    enabled: { tone: 'ok', glyph: 'check' },
    disabled: { tone: 'mute', glyph: 'ban' },
  },
  map_state: {
    faulted: { tone: 'bad', glyph: 'alert' },
    offline: { tone: 'mute', glyph: 'offline' },
    full: { tone: 'busy', glyph: 'bolt' },
    available: { tone: 'ok', glyph: 'ring' },
    empty: { tone: 'mute', glyph: 'question' },
  },
  city_status: {
    open: { tone: 'ok', glyph: 'check' },
    pausing: { tone: 'warn', glyph: 'clock' },
    paused: { tone: 'bad', glyph: 'pause' },
    closed: { tone: 'mute', glyph: 'ring' },
  },
  station_status: {
    open: { tone: 'ok', glyph: 'check' },
    closing: { tone: 'warn', glyph: 'clock' },
    closed: { tone: 'bad', glyph: 'pause' },
  },
  feedback: {
    waiting: { tone: 'warn', glyph: 'clock' },
    working: { tone: 'busy', glyph: 'right' },
    answered: { tone: 'calm', glyph: 'chat' },
    closed: { tone: 'ok', glyph: 'check' },
    merged: { tone: 'mute', glyph: 'copy' },
  },
  parameter_origin: {
    default: { tone: 'mute', glyph: 'ring' },
    console: { tone: 'ok', glyph: 'check' },
    file: { tone: 'warn', glyph: 'lock' },
    environment: { tone: 'warn', glyph: 'lock' },
    command_line: { tone: 'warn', glyph: 'lock' },
  },
  job_run: {
    running: { tone: 'busy', glyph: 'refresh' },
    done: { tone: 'ok', glyph: 'check' },
    failed: { tone: 'bad', glyph: 'alert' },
    cut: { tone: 'warn', glyph: 'cross' },
  },
  job_state: {
    paused: { tone: 'warn', glyph: 'pause' },
  },
  content_state: {
    draft: { tone: 'mute', glyph: 'edit' },
    scheduled: { tone: 'warn', glyph: 'clock' },
    published: { tone: 'ok', glyph: 'check' },
    withdrawn: { tone: 'mute', glyph: 'ban' },
    ended: { tone: 'calm', glyph: 'stop' },
  },
  message_state: {
    draft: { tone: 'mute', glyph: 'edit' },
    scheduled: { tone: 'warn', glyph: 'clock' },
    published: { tone: 'ok', glyph: 'check' },
    withdrawn: { tone: 'mute', glyph: 'ban' },
    ended: { tone: 'calm', glyph: 'stop' },
  },
  price_state: {
    draft: { tone: 'mute', glyph: 'edit' },
    scheduled: { tone: 'warn', glyph: 'clock' },
    published: { tone: 'ok', glyph: 'check' },
    withdrawn: { tone: 'mute', glyph: 'ban' },
    ended: { tone: 'calm', glyph: 'stop' },
  },
  coupon_state: {
    active: { tone: 'ok', glyph: 'check' },
    stopped: { tone: 'mute', glyph: 'pause' },
    exhausted: { tone: 'calm', glyph: 'stop' },
    ended: { tone: 'mute', glyph: 'clock' },
  },
  voucher_state: {
    unused: { tone: 'ok', glyph: 'ring' },
    used: { tone: 'busy', glyph: 'check' },
    cancelled: { tone: 'mute', glyph: 'cross' },
    expired: { tone: 'mute', glyph: 'clock' },
  },
  outcome: {
    yes: { tone: 'ok', glyph: 'check' },
    no: { tone: 'bad', glyph: 'cross' },
  },
  abnormality: {},
} satisfies Record<string, Record<string, Look>>

export function lookOf(group: StatusGroup, value: string): Look {
  const found = (looks[group] as Record<string, Look>)[value]
  return found ?? (group === 'abnormality' ? { tone: 'bad', glyph: 'alert' } : { tone: 'mute', glyph: 'question' })
}
