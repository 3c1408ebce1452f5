// A timeline of frames, read page by page. An event of the pile brings only what is new: the pages that
// were read before are not asked for again.
import type { Frame, ListPage, ListQuery } from '@/api'

type Load = (query: ListQuery) => Promise<ListPage<Frame>>
export interface Timeline {
  items: Frame[]
  /** Where the frames go on that were not read yet. */
  cursor: string | null
  /** Where the last page began that was read. */
  last: string | undefined
}
const PAGE = 50
/** As much as a browser shows without becoming slow. */
export const TIMELINE_MAX = 2_000
/** With more news than these pages hold, it is quicker to begin anew. */
const NEWS_PAGES = 4

const without = (items: Frame[], known: Frame[]) => {
  const ids = new Set(known.map((f) => f.id))
  return items.filter((f) => !ids.has(f.id))
}

/** The first page, or what has come since `known` was read. */
export async function timelineRead(load: Load, known: Timeline | undefined, oldestFirst: boolean): Promise<Timeline> {
  if (!known?.items.length) {
    const page = await load({ limit: PAGE })
    return { items: page.items, cursor: page.next_cursor, last: undefined }
  }
  return oldestFirst ? atTheEnd(load, known) : atTheStart(load, known)
}

async function atTheStart(load: Load, known: Timeline): Promise<Timeline> {
  const newer: Frame[] = []
  let first: Timeline | undefined
  let cursor: string | undefined
  for (let n = 0; n < NEWS_PAGES; n += 1) {
    const page = await load({ limit: PAGE, cursor })
    first ??= { items: page.items, cursor: page.next_cursor, last: undefined }
    const news = without(page.items, known.items)
    newer.push(...news)
    if (news.length < page.items.length) return { ...known, items: [...newer, ...known.items] }
    if (!page.next_cursor) break
    cursor = page.next_cursor
  }
  return first!
}

async function atTheEnd(load: Load, known: Timeline): Promise<Timeline> {
  // What comes is behind pages that nobody has asked for yet.
  if (known.cursor) return known
  let now: Timeline = known
  let cursor = known.last
  for (let n = 0; n < NEWS_PAGES; n += 1) {
    const page = await load({ limit: PAGE, cursor })
    now = { items: [...now.items, ...without(page.items, now.items)], cursor: page.next_cursor, last: cursor }
    if (!page.next_cursor) break
    cursor = page.next_cursor
  }
  return now
}

/** One page more in the direction of reading. */
export async function timelineMore(load: Load, known: Timeline): Promise<Timeline> {
  if (!known.cursor) return known
  const page = await load({ limit: PAGE, cursor: known.cursor })
  return { items: [...known.items, ...without(page.items, known.items)], cursor: page.next_cursor, last: known.cursor }
}
