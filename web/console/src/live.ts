// One event stream per tab. `changed` says what is old: the open pages fetch it again, so that
// permissions apply in one place. `sample` brings the readings of the one pile or order on screen.
import { onScopeDispose, reactive, watch } from 'vue'
import { api, ApiError, type CurvePoint } from '@/api'
import { queries } from '@/query'
import { session } from '@/session'

export interface Sample extends CurvePoint {
  order_id: number | null
  connector_no: number
}
type Topic = { pile: string } | { order: string } | null

export const live = reactive<{ state: 'off' | 'connecting' | 'on' | 'lost'; heardAt: number }>({ state: 'off', heardAt: 0 })

let source: EventSource | null = null
let topic: Topic = null
let retry = 0
let retryTimer: number | undefined
const hearers = new Set<(sample: Sample) => void>()

// Which lists grow old with which noun.
const touches: Record<string, string[]> = {
  pile: ['pile', 'pile_list', 'command_list', 'frame_list'],
  order: ['order', 'order_list', 'order_frame_list'],
  command: ['command_list'],
  home: ['home'],
  card: ['card_list'],
  station: ['station_list', 'pile_list', 'pile'],
  tariff: ['tariff_list', 'station_list', 'pile'],
  staff: ['staff_list'],
  unknown_pile: ['unknown_pile_list', 'home'],
}
// Keyed by the thing they are about; the others are lists of many things.
const ofOne = new Set(['pile', 'order', 'frame_list', 'order_frame_list'])
// Whether the event's id is the one by which the page's data is kept.
const ownId = (noun: string, name: string) => !ofOne.has(name) || name === noun || (noun === 'pile' && name === 'frame_list') || (noun === 'order' && name === 'order_frame_list')
const ANY = '*'
const pending = new Map<string, Set<string>>()
const flushedAt = new Map<string, number>()
const LIST_MS = 2_500
const ONE_MS = 700

function noteChange(noun: string, id: string) {
  // More has changed than is worth naming.
  if (noun === 'all') {
    void queries.invalidateQueries()
    return
  }
  for (const name of touches[noun] ?? []) {
    const ids = pending.get(name) ?? new Set<string>()
    // Without an id, or with that of another thing, it may be any of them.
    ids.add(id && ownId(noun, name) ? id : ANY)
    pending.set(name, ids)
  }
}

function flush() {
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

function open() {
  source?.close()
  window.clearTimeout(retryTimer)
  const query = topic ? `?${new URLSearchParams(topic).toString()}` : ''
  live.state = live.state === 'on' ? 'on' : 'connecting'
  const mine = new EventSource(`/api/v1/live${query}`)
  source = mine
  const heard = () => {
    live.heardAt = Date.now()
    if (live.state !== 'on') {
      live.state = 'on'
      // What happened meanwhile is not known: everything on screen is fetched again.
      if (retry > 0) void queries.invalidateQueries()
      retry = 0
    }
  }
  mine.addEventListener('open', heard)
  mine.addEventListener('hello', heard)
  mine.addEventListener('changed', (event) => {
    heard()
    const change = JSON.parse((event as MessageEvent<string>).data) as { noun: string; id: string | number | null }
    noteChange(change.noun, String(change.id ?? ''))
  })
  mine.addEventListener('sample', (event) => {
    heard()
    const sample = JSON.parse((event as MessageEvent<string>).data) as Sample
    hearers.forEach((hear) => hear(sample))
  })
  mine.addEventListener('error', () => {
    if (mine !== source) return
    mine.close()
    live.state = 'lost'
    retry += 1
    retryTimer = window.setTimeout(() => void reopen(), Math.min(15_000, 500 * 2 ** Math.min(retry, 5)))
  })
}

async function reopen() {
  if (!session.current) return
  try {
    // The stream does not tell why it ended; this does, and leads to the sign-in page after a 401.
    await api.session_get()
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return
  }
  open()
}

watch(
  () => session.current?.staff.id,
  (id) => {
    if (id == null) {
      source?.close()
      source = null
      window.clearTimeout(retryTimer)
      live.state = 'off'
      queries.clear()
    } else open()
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
      if (session.current) open()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    hearers.delete(hear)
    if (hearers.size === 0 && topic) {
      topic = null
      if (session.current) open()
    }
  })
}
