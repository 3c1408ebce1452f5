import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveHub, SILENT_MS, type Told, type Watch } from '@/live-hub'
import { Presence } from '@/presence'

// The browser's end of a stream, for the test to speak into.
class Stream extends EventTarget {
  closed = false
  constructor(readonly url: string) {
    super()
  }
  close() {
    this.closed = true
  }
  say(kind: string, data: unknown = {}) {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }))
  }
}
const streams: Stream[] = []
let signedIn = true
const last = () => streams.at(-1)!
const open = () => streams.filter((s) => !s.closed)
function house() {
  const hub = new LiveHub({ stream: (url) => (streams.push(new Stream(url)), last() as unknown as EventSource), signedIn: async () => signedIn, now: () => Date.now() })
  const page = (more: Partial<Watch> = {}) => {
    const heard: Told[] = []
    const watch: Watch = { staff: 1, pile: null, order: null, ...more }
    const say = hub.join((told) => heard.push(told))
    say(watch)
    return { heard, say, watch, kinds: () => heard.map((t) => (t.kind === 'state' ? t.state : t.kind)) }
  }
  return { hub, page }
}
beforeEach(() => {
  vi.useFakeTimers()
  streams.length = 0
  signedIn = true
})
afterEach(() => vi.useRealTimers())

describe('the hub', () => {
  it('holds one stream for all pages and tells each of the samples it shows', () => {
    const { page } = house()
    const pages = [page({ pile: 'A-1' }), page({ pile: 'B-1' }), page({ order: '7' }), page(), page(), page(), page()]
    vi.advanceTimersByTime(100)
    expect(open().map((s) => decodeURIComponent(s.url))).toEqual(['/api/v1/live?pile=A-1,B-1&order=7'])
    last().say('hello')
    last().say('changed', { noun: 'order', id: 7 })
    last().say('sample', { pile_code: 'A-1', order_id: 7, connector_no: 1 })
    for (const p of pages) expect(p.kinds().slice(0, 3)).toEqual(['connecting', 'on', 'changed'])
    expect(pages.map((p) => p.kinds().filter((k) => k === 'sample').length)).toEqual([1, 0, 1, 0, 0, 0, 0])
  })
  it('keeps the old stream until the new one has said hello, so that nothing is missed between them', () => {
    const { page } = house()
    const one = page()
    vi.advanceTimersByTime(100)
    last().say('hello')
    const old = last()
    one.say({ ...one.watch, pile: 'A-1' })
    vi.advanceTimersByTime(100)
    expect(open()).toHaveLength(2)
    old.say('changed', { noun: 'pile', id: 'A-1' })
    expect(one.kinds()).toEqual(['connecting', 'on', 'changed'])
    last().say('hello')
    expect(old.closed).toBe(true)
    expect(one.kinds()).not.toContain('stale')
  })
  it('says that everything is old after a stream was lost, even when the topic changed meanwhile', async () => {
    const { page } = house()
    const one = page()
    vi.advanceTimersByTime(100)
    last().say('hello')
    last().say('error')
    expect(one.kinds()).toEqual(['connecting', 'on', 'lost'])
    one.say({ ...one.watch, pile: 'A-1' })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(open()).toHaveLength(1)
    last().say('hello')
    expect(one.kinds()).toEqual(['connecting', 'on', 'lost', 'on', 'stale'])
  })
  it('asks who is there when the session has ended, and goes on when somebody signs in again', async () => {
    const { page } = house()
    const one = page()
    vi.advanceTimersByTime(100)
    last().say('hello')
    signedIn = false
    last().say('error')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(one.kinds().at(-1)).toBe('who')
    expect(open()).toHaveLength(0)
    signedIn = true
    one.say(one.watch)
    vi.advanceTimersByTime(100)
    last().say('hello')
    expect(one.kinds().at(-1)).toBe('stale')
  })
  it('opens a stream of the new person when another signs in', () => {
    const { page } = house()
    const one = page()
    vi.advanceTimersByTime(100)
    last().say('hello')
    page({ staff: 2 })
    vi.advanceTimersByTime(100)
    expect(streams).toHaveLength(2)
    expect(one.kinds().at(-1)).toBe('who')
  })
  it('closes when the last page has left, or gone without a word', () => {
    const { hub, page } = house()
    const [one] = [page(), page()]
    vi.advanceTimersByTime(100)
    last().say('hello')
    one.say('leave')
    expect(open()).toHaveLength(1)
    vi.advanceTimersByTime(SILENT_MS + 1)
    hub.sweep()
    expect(open()).toHaveLength(0)
  })
})

describe('presence', () => {
  it('holds for the first request after something was done, and for a moment', () => {
    const someone = new Presence(0)
    expect(someone.isBackground(20_000)).toBe(false)
    expect(someone.isBackground(20_001)).toBe(true)
    someone.acted(60_000)
    expect(someone.isBackground(62_000)).toBe(false)
    expect(someone.isBackground(64_000)).toBe(false)
    expect(someone.isBackground(80_000)).toBe(true)
    someone.acted(100_000)
    expect(someone.isBackground(140_000)).toBe(false)
    expect(someone.isBackground(140_500)).toBe(true)
  })
})
