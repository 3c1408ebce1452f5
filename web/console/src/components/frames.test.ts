import { expect, it } from 'vitest'
import type { Frame, ListQuery } from '@/api'
import { timelineMore, timelineRead } from '@/components/frames'

/** A server with that many frames, counting what it is asked. */
function server(oldestFirst: boolean) {
  const here = { n: 0, asked: 0 }
  const load = async (query: ListQuery) => {
    here.asked += 1
    const all = Array.from({ length: here.n }, (_, i) => ({ id: i + 1 }) as Frame)
    if (!oldestFirst) all.reverse()
    const from = query.cursor ? all.findIndex((f) => f.id === Number(query.cursor)) + 1 : 0
    const items = all.slice(from, from + Number(query.limit))
    return { items, next_cursor: from + items.length < all.length ? String(items.at(-1)!.id) : null, total: null }
  }
  return { here, load }
}
const ids = (items: Frame[]) => items.map((f) => f.id)

it('newest first: an event costs one request, however many pages were read', async () => {
  const { here, load } = server(false)
  here.n = 500
  let t = await timelineRead(load, undefined, false)
  for (let i = 0; i < 5; i += 1) t = await timelineMore(load, t)
  expect(t.items).toHaveLength(300)
  here.n = 503
  here.asked = 0
  t = await timelineRead(load, t, false)
  expect(here.asked).toBe(1)
  expect(ids(t.items).slice(0, 5)).toEqual([503, 502, 501, 500, 499])
  expect(new Set(ids(t.items)).size).toBe(303)
  expect(t.cursor).toBe('201')
})
it('newest first: with a gap that is too wide it begins anew instead of hiding it', async () => {
  const { here, load } = server(false)
  here.n = 10
  const t = await timelineRead(load, undefined, false)
  here.n = 90
  expect(ids((await timelineRead(load, t, false)).items)).toEqual(Array.from({ length: 90 }, (_, i) => 90 - i))
  here.n = 5_000
  const anew = await timelineRead(load, t, false)
  expect([anew.items.length, anew.cursor]).toEqual([50, '4951'])
})
it('oldest first: follows the end only when the end is on screen', async () => {
  const { here, load } = server(true)
  here.n = 120
  let t = await timelineRead(load, undefined, true)
  here.asked = 0
  expect(await timelineRead(load, t, true)).toBe(t)
  expect(here.asked).toBe(0)
  t = await timelineMore(load, await timelineMore(load, t))
  here.n = 180
  here.asked = 0
  t = await timelineRead(load, t, true)
  expect(here.asked).toBe(2)
  expect(ids(t.items)).toEqual(Array.from({ length: 180 }, (_, i) => i + 1))
})
