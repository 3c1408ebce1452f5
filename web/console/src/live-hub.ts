// One event stream for all the pages of this browser: over HTTP/1 a browser opens six connections to a
// server and no more, and six streams would leave none for anything else. The hub knows nothing of Vue;
// it lives in a shared worker, or in the page itself where there are none.
import type { CurvePoint } from '@/api'

export interface Sample extends CurvePoint {
  order_id: number | null
  pile_code: string | null
  connector_no: number
}
export type LiveState = 'connecting' | 'on' | 'lost'

/** What a page tells the hub: who looks, and at which pile or order. */
export interface Watch {
  staff: number
  pile: string | null
  order: string | null
}
export type Said = Watch | 'leave'

export type Told =
  | { kind: 'state'; state: LiveState }
  | { kind: 'changed'; noun: string; id: string }
  | { kind: 'sample'; sample: Sample }
  /** Something may have been missed: everything on screen is old. */
  | { kind: 'stale' }
  /** The session may have ended, or belong to somebody else by now. */
  | { kind: 'who' }

interface Page {
  tell: (told: Told) => void
  watch: Watch | null
  heardAt: number
  joins: number
}

export interface Outside {
  stream: (url: string) => EventSource
  /** False only when the server says that nobody is signed in. */
  signedIn: () => Promise<boolean>
  now: () => number
}

/** Pages repeat what they watch; one that is silent for so long has gone without a word. */
export const SILENT_MS = 200_000
const GATHER_MS = 60
const RETRY_MAX_MS = 15_000

export class LiveHub {
  private readonly pages = new Set<Page>()
  private source: EventSource | null = null
  /** Opened in place of `source`, which serves until this one has said hello: nothing is missed between the two. */
  private next: EventSource | null = null
  private state: LiveState = 'connecting'
  private asked = ''
  private staff: number | null = null
  private missed = false
  private losses = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly outside: Outside) {}

  /** A new page; what it says goes into the function that is given back. */
  join(tell: (told: Told) => void): (said: Said) => void {
    const page: Page = { tell, watch: null, heardAt: this.outside.now(), joins: 0 }
    return (said) => (said === 'leave' ? this.leave(page) : this.heard(page, said))
  }

  /** Forgets pages that went without a word. */
  sweep(): void {
    for (const page of this.pages) if (this.outside.now() - page.heardAt > SILENT_MS) this.leave(page)
  }

  private heard(page: Page, watch: Watch) {
    page.watch = watch
    page.heardAt = this.outside.now()
    if (!this.pages.has(page)) {
      this.pages.add(page)
      page.joins += 1
      page.tell({ kind: 'state', state: this.state })
      if (page.joins > 1) page.tell({ kind: 'stale' })
    }
    if (watch.staff !== this.staff) {
      this.staff = watch.staff
      this.asked = ''
      for (const other of this.pages) if (other.watch?.staff !== watch.staff) other.tell({ kind: 'who' })
    }
    if (this.url() !== this.asked || (!this.source && !this.next && !this.timer)) this.soon()
  }

  private leave(page: Page) {
    if (!this.pages.delete(page)) return
    if (this.pages.size === 0) this.stop()
    else if (this.url() !== this.asked) this.soon()
  }

  private stop() {
    clearTimeout(this.timer)
    this.timer = undefined
    this.source?.close()
    this.next?.close()
    this.source = this.next = null
    this.asked = ''
    this.state = 'connecting'
    this.missed = false
    this.losses = 0
  }

  private url(): string {
    const several = (of: (watch: Watch) => string | null) => [...new Set([...this.pages].map((p) => p.watch && of(p.watch)).filter((x): x is string => !!x))].sort().slice(-20)
    const query = new URLSearchParams()
    const [piles, orders] = [several((w) => w.pile), several((w) => w.order)]
    if (piles.length) query.set('pile', piles.join(','))
    if (orders.length) query.set('order', orders.join(','))
    const text = query.toString()
    return `/api/v1/live${text ? `?${text}` : ''}`
  }

  /** Turning from one page to another changes what is watched twice: one stream will do. */
  private soon() {
    if (this.losses > 0 && this.timer) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.open(), GATHER_MS)
  }

  private open() {
    this.timer = undefined
    if (this.pages.size === 0) return
    this.next?.close()
    this.asked = this.url()
    const mine = this.outside.stream(this.asked)
    this.next = mine
    mine.addEventListener('hello', () => this.replaced(mine))
    mine.addEventListener('changed', (event) => {
      const change = JSON.parse((event as MessageEvent<string>).data) as { noun: string; id: string | number | null }
      this.tellAll({ kind: 'changed', noun: change.noun, id: String(change.id ?? '') })
    })
    mine.addEventListener('sample', (event) => this.sample(JSON.parse((event as MessageEvent<string>).data) as Sample))
    mine.addEventListener('error', () => {
      if (mine === this.source || mine === this.next) this.lost()
    })
  }

  private replaced(mine: EventSource) {
    if (mine !== this.next) return
    this.source?.close()
    this.source = mine
    this.next = null
    this.losses = 0
    this.tellState('on')
    if (this.missed) this.tellAll({ kind: 'stale' })
    this.missed = false
  }

  private lost() {
    this.source?.close()
    this.next?.close()
    this.source = this.next = null
    this.missed = true
    this.losses += 1
    this.tellState('lost')
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.again(), Math.min(RETRY_MAX_MS, 500 * 2 ** Math.min(this.losses, 5)))
  }

  private async again() {
    // The stream does not tell why it ended; this does.
    const signedIn = await this.outside.signedIn()
    this.timer = undefined
    if (signedIn) return this.open()
    // Whoever signs in again says so, and the stream is opened anew.
    this.staff = null
    this.asked = ''
    this.tellAll({ kind: 'who' })
    this.pages.clear()
  }

  private sample(sample: Sample) {
    for (const page of this.pages) {
      const shown = (page.watch?.pile != null && page.watch.pile === sample.pile_code) || (page.watch?.order != null && page.watch.order === String(sample.order_id))
      if (shown) page.tell({ kind: 'sample', sample })
    }
  }

  private tellState(state: LiveState) {
    this.state = state
    this.tellAll({ kind: 'state', state })
  }

  private tellAll(told: Told) {
    for (const page of [...this.pages]) page.tell(told)
  }
}
