// What happens at the piles, as it happens. `changed` says what is old: the open pages fetch it again, so
// that permissions apply in one place. `sample` brings the readings of the one pile or order on screen.
import { onScopeDispose, reactive, watch } from 'vue'
import { api } from '@/api'
import { LiveHub, type LiveState, type Said, type Sample, type Told } from '@/live-hub'
import { signedIn } from '@/live-outside'
import { queries } from '@/query'
import { session } from '@/session'

export type { Sample } from '@/live-hub'
type Topic = { pile: string } | { order: string } | null

export const live = reactive<{ state: 'off' | LiveState; heardAt: number }>({ state: 'off', heardAt: 0 })

let topic: Topic = null
const hearers = new Set<(sample: Sample) => void>()

// Which lists grow old with which noun.
const touches: Record<string, string[]> = {
  pile: ['board', 'pile', 'pile_list', 'command_list', 'frame_list', 'pile_variable_list', 'pile_monitor_list', 'pile_display_list', 'customer_inquiry_list', 'vendor_message_list', 'first_run'],
  vendor_word: ['vendor_word_list'],
  order: ['order', 'order_list', 'order_frame_list', 'first_run'],
  command: ['command_list'],
  home: ['home', 'overview'],
  card: ['card_list'],
  customer: ['customer_list', 'customer', 'customer_changes', 'fleet_list', 'customer_segment'],
  customer_segment: ['customer_segment_list', 'customer_segment'],
  fleet: ['fleet_list', 'fleet', 'fleet_car_list'],
  station: ['station_list', 'station', 'pile_list', 'pile', 'map', 'first_run'],
  operator: ['operator_list', 'station_list', 'first_run'],
  city: ['city_list', 'first_run'],
  tariff: ['tariff_list', 'tariff_year', 'tariff_pile_list', 'tariff_station_list', 'station_list', 'pile', 'first_run'],
  pile_batch: ['pile_batch_list', 'pile_batch', 'pile_batch_row_list'],
  pile_desired: ['pile_desired_list', 'pile_local_list', 'configuration_profile_list'],
  reservation: ['reservation_list'],
  configuration_profile: ['configuration_profile_list'],
  firmware: ['firmware_list', 'firmware'],
  transfer: ['transfer_list', 'firmware_list', 'firmware'],
  security_event: ['security_event_list'],
  pile_event: ['pile_event_list'],
  dialect: ['dialect_list', 'dialect', 'dialect_change_list', 'pile_dialect'],
  tariff_plan: ['tariff_plan_list', 'tariff_plan', 'tariff_plan_pile_list', 'station_tariff_list'],
  staff: ['staff_list', 'role_list'],
  content: ['content', 'content_list', 'content_shown_list', 'home_notice_list'],
  coupon: ['coupon', 'coupon_list'],
  voucher: ['voucher_list', 'coupon', 'coupon_list'],
  driver_price: ['driver_price', 'driver_price_list'],
  invoice: ['invoice', 'invoice_list', 'invoice_order_list'],
  seller: ['seller_list'],
  invoice_title: ['invoice_title_list'],
  payment: ['payment', 'payment_list', 'wallet'],
  refund: ['refund', 'refund_list', 'payment', 'payment_list', 'wallet'],
  pay_channel: ['pay_channel_list'],
  feedback: ['feedback', 'feedback_list', 'feedback_statistics', 'feedback_caller', 'home'],
  member_level: ['member_level_list', 'customer_list', 'customer'],
  alarm: ['alarm', 'alarm_list', 'home'],
  work_order: ['work_order', 'work_order_list', 'work_order_limit_list', 'danger_report', 'home'],
  inspection_plan: ['inspection_plan_list'],
  safety_rule: ['safety_rule_list', 'safety_rule_change_list'],
  safety_trial: ['safety_trial_list', 'safety_trial'],
  safety_pause: ['safety_pause_list'],
  safety_act: ['safety_act', 'safety_act_list'],
  emergency: ['emergency', 'emergency_list', 'home'],
  battery_safety: ['battery_safety_list'],
  device_check: ['device_check_list', 'home'],
  alarm_rule: ['alarm_rule_list', 'alarm_rule_change_list'],
  advice: ['advice', 'advice_list', 'home'],
  holiday: ['holiday_list', 'holiday_change_list'],
  healing_playbook: ['healing_playbook_list', 'healing_playbook_change_list'],
  healing_run: ['healing_run', 'healing_run_list', 'healing_playbook_list'],
  alarm_notice: ['alarm_notice_list'],
  feedback_template: ['feedback_template_list'],
  role: ['role_list', 'staff_list'],
  export: ['export_list'],
  order_import: ['order_import_list'],
  feedback_category: ['feedback_category_list', 'dictionary', 'dictionary_entries', 'dictionary_list'],
  backup: ['backup_list', 'backup'],
  drill: ['drill_list', 'backup'],
  job: ['job_list', 'job', 'job_run_list'],
  customer_source: ['customer_pull', 'customer_list'],
  channel: ['channel_list', 'channel', 'channel_send_list', 'delivery_list'],
  parameter: ['parameter_list', 'parameter', 'parameter_change_list'],
  unknown_pile: ['unknown_pile_list', 'home', 'first_run'],
}
// Keyed by the thing they are about; the others are lists of many things.
const ofOne = new Set(['pile', 'order', 'frame_list', 'order_frame_list'])
// Whether the event's id is the one by which the page's data is kept.
const ownId = (noun: string, name: string) => !ofOne.has(name) || name === noun || (noun === 'pile' && name === 'frame_list') || (noun === 'order' && name === 'order_frame_list')
const ANY = '*'
const pending = new Map<string, Set<string>>()
const flushedAt = new Map<string, number>()
let allStale = false
const LIST_MS = 2_500
const ONE_MS = 700

function noteChange(noun: string, id: string) {
  // More has changed than is worth naming.
  if (noun === 'all') allStale = true
  for (const name of touches[noun] ?? []) {
    const ids = pending.get(name) ?? new Set<string>()
    // Without an id, or with that of another thing, it may be any of them.
    ids.add(id && ownId(noun, name) ? id : ANY)
    pending.set(name, ids)
  }
}

function flush() {
  // A page that nobody sees fetches when it is looked at again.
  if (document.hidden) return
  if (allStale) {
    allStale = false
    pending.clear()
    void queries.invalidateQueries()
    return
  }
  const now = Date.now()
  for (const [name, ids] of pending) {
    const wide = !ofOne.has(name)
    if (now - (flushedAt.get(name) ?? 0) < (wide ? LIST_MS : ONE_MS)) continue
    pending.delete(name)
    flushedAt.set(name, now)
    void queries.invalidateQueries({
      queryKey: [name],
      // A page about one thing is left alone when another thing changed.
      predicate: (query) => wide || ids.has(ANY) || query.queryKey[1] == null || ids.has(String(query.queryKey[1])),
    })
  }
}
window.setInterval(flush, 350)

function hear(told: Told) {
  live.heardAt = Date.now()
  if (told.kind === 'state') live.state = told.state
  else if (told.kind === 'changed') noteChange(told.noun, told.id)
  else if (told.kind === 'sample') hearers.forEach((heard) => heard(told.sample))
  else if (told.kind === 'stale') allStale = true
  else void whoIsThere()
}

/** A 401 leads to the sign-in dialog; another person's session must not be used with this one's pages. */
async function whoIsThere() {
  try {
    const now = await api.session_get()
    if (session.current && now.staff.id !== session.current.staff.id) window.location.reload()
    else watching()
  } catch {
    /* told by the door to the server, or asked again with the next sign of life */
  }
}

/** The browser's shared worker where there is one; a page of its own otherwise, as long as it is seen. */
function connect(): (said: Said) => void {
  if (typeof SharedWorker === 'function') {
    try {
      const worker = new SharedWorker(new URL('./live-worker.ts', import.meta.url), { type: 'module', name: 'pileops.live' })
      worker.onerror = () => (say = alone())
      worker.port.onmessage = (event: MessageEvent<Told>) => hear(event.data)
      return (said) => worker.port.postMessage(said)
    } catch {
      /* forbidden: alone */
    }
  }
  return alone()
}
function alone(): (said: Said) => void {
  const hub = new LiveHub({ stream: (url) => new EventSource(url), signedIn, now: () => Date.now() })
  const own = hub.join(hear)
  document.addEventListener('visibilitychange', () => (document.hidden ? own('leave') : watching()))
  window.setTimeout(watching)
  return own
}
let say = connect()

function watching() {
  const staff = session.current?.staff.id
  if (staff == null || session.ended) return
  say({ staff, pile: topic && 'pile' in topic ? topic.pile : null, order: topic && 'order' in topic ? topic.order : null })
}
// Repeated, for the hub to know that the page is still there.
window.setInterval(watching, 20_000)
window.addEventListener('pagehide', () => say('leave'))
window.addEventListener('pageshow', (event) => {
  if (event.persisted) watching()
})
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return
  flush()
  // Signed in again, or out, on another page meanwhile.
  if (session.ended) void whoReturned()
})

async function whoReturned() {
  try {
    const now = await api.session_get()
    if (now.staff.id !== session.current?.staff.id) window.location.reload()
    else session.ended = false
  } catch {
    /* still nobody */
  }
}

watch(
  () => ({ id: session.current?.staff.id, ended: session.ended }),
  ({ id, ended }, before) => {
    if (id == null) {
      say('leave')
      live.state = 'off'
      queries.clear()
    } else if (ended) {
      say('leave')
      live.state = 'lost'
    } else {
      watching()
      if (before?.ended) allStale = true
    }
  },
  { immediate: true },
)

/** Hears the samples of one pile or order for as long as the page is open. */
export function useSamples(of: () => Topic, hear: (sample: Sample) => void): void {
  hearers.add(hear)
  watch(
    of,
    (now) => {
      if (JSON.stringify(now) === JSON.stringify(topic)) return
      topic = now
      watching()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    hearers.delete(hear)
    if (hearers.size === 0 && topic) {
      topic = null
      watching()
    }
  })
}
