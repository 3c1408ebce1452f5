// What a page says about its list; DataList draws it.
import type { RouteLocationRaw } from 'vue-router'
import { dayStart, fromWall, monthStart, time } from '@/format'
import type { ListPage, ListQuery } from '@/api'
import type { ExportNoun } from '@/components/exports'

export interface Column<Row> {
  key: string
  label: string
  /** The cell's text; a slot `cell-<key>` may draw it otherwise. */
  text?: (row: Row) => string | number | null | undefined
  align?: 'right' | 'center'
  mono?: boolean
  /** Not shown until chosen. */
  extra?: boolean
  /** Cannot be hidden. */
  always?: boolean
  width?: string
  /** The list can be sorted by it: as the server names it or, of a list that comes whole, its value. */
  sort?: string | ((row: Row) => string | number | null)
}

/** What `sort` in the address bar says: a column, and `-` before it for the greatest first. */
export function sortParse(text: string | undefined): { key: string; descending: boolean } | null {
  if (!text) return null
  return text.startsWith('-') ? { key: text.slice(1), descending: true } : { key: text, descending: false }
}
/** What the next click on the head of a column asks for: greatest first, smallest first, as it was. */
export function sortNext(now: string | undefined, key: string): string | undefined {
  if (now === `-${key}`) return key
  return now === key ? undefined : `-${key}`
}
const collator = new Intl.Collator(['zh-CN', 'en'], { numeric: true })
/** Rows of a list that came whole; those without a value last, whichever way. */
export function sorted<Row>(rows: Row[], columns: readonly Column<Row>[], text: string | undefined): Row[] {
  const sort = sortParse(text)
  const value = columns.find((c) => c.key === sort?.key)?.sort
  if (!sort || typeof value !== 'function') return rows
  const way = sort.descending ? -1 : 1
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)]
    if (x == null || y == null) return Number(x == null) - Number(y == null)
    return way * (typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y)))
  })
}

/** What a person keeps of a list under a name. */
export interface SavedView {
  name: string
  /** Filters as they stand in the address bar. */
  values: Record<string, string>
  hidden: string[] | null
  order: string[] | null
}

export interface Option {
  value: string | number
  label: string
}

/** `rare`: folded away until somebody wants it. */
export type Filter =
  /** `names`: its value names one thing, whenever that was; the range of time is then not asked. */
  | { kind: 'text'; key: string; label: string; placeholder?: string; names?: boolean; rare?: boolean }
  /** `initial`: what holds as long as nothing is chosen. */
  | { kind: 'select'; key: string; label: string; options: Option[]; initial?: string; rare?: boolean }
  /** Set by a link from another page; shown by its name, and can only be taken away. */
  | { kind: 'chip'; key: string; label: string; told: (value: string) => string | Promise<string>; names?: boolean }
  /** A range of time that may be left open; `from` and `to` are what the server calls its ends. */
  | { kind: 'span'; key: string; label: string; from: string; to: string }
  /** From one quantity to another, either of which may be left open. `scale`: how many of the server's
   * units one of those that people type has. */
  | { kind: 'quantity'; key: string; label: string; unit: string; scale: number; from: string; to: string; rare?: boolean }
  | { kind: 'range'; key: 'range'; label: string; initial: RangeName }

export interface ListSource<Row> {
  /** The operationId; also the first word of the cache key. */
  name: string
  load: (query: ListQuery) => Promise<ListPage<Row>>
  rowKey: (row: Row) => string | number
  link?: (row: Row) => RouteLocationRaw
  /** It can be given out as a file. */
  exported?: ExportNoun
  /** The server gives all rows at once. */
  whole?: boolean
  /** Count and sums of everything that the filters select, where they are asked for by themselves: the
   * page does not wait for them. */
  totals?: (query: ListQuery) => Promise<ListTotals>
}

export interface ListTotals {
  order_count: number
  [sum: string]: number
}

export const quickRanges = ['today', 'yesterday', 'days7', 'this_month', 'last_month'] as const
/** `all` is for links to what waits for a person, however old it is. */
export const rangeNames = [...quickRanges, 'all'] as const
export type RangeName = (typeof rangeNames)[number]
const FAR_MS = 253_402_214_400_000

/** A named range on the platform's clock; the end is the first moment after it. */
export function rangeOf(name: RangeName, now: number): { from_ms: number; to_ms: number } {
  const today = dayStart(now)
  switch (name) {
    case 'all':
      return { from_ms: 0, to_ms: FAR_MS }
    case 'today':
      return { from_ms: today, to_ms: dayStart(now, 1) }
    case 'yesterday':
      return { from_ms: dayStart(now, -1), to_ms: today }
    case 'days7':
      return { from_ms: dayStart(now, -6), to_ms: dayStart(now, 1) }
    case 'this_month':
      return { from_ms: monthStart(now), to_ms: monthStart(now, 1) }
    case 'last_month':
      return { from_ms: monthStart(now, -1), to_ms: monthStart(now) }
  }
}

/** `range=today`, or `range=FROM..TO` in milliseconds for a range chosen by hand. */
export function rangeParse(text: string | undefined, initial: RangeName, now: number): { from_ms: number; to_ms: number; name: RangeName | null } {
  const own = /^(\d{1,15})\.\.(\d{1,15})$/.exec(text ?? '')
  if (own) return { from_ms: Number(own[1]), to_ms: Number(own[2]), name: null }
  const name = rangeNames.find((n) => n === text) ?? initial
  return { ...rangeOf(name, now), name }
}
/** `FROM..TO` in milliseconds. */
export function spanParse(text: string | undefined): { from_ms: number; to_ms: number } | null {
  const own = /^(\d{1,15})\.\.(\d{1,15})$/.exec(text ?? '')
  return own ? { from_ms: Number(own[1]), to_ms: Number(own[2]) } : null
}
/** `10..20`, `10..` or `..20` as people type them. */
export function quantityParse(text: string | undefined): [number | undefined, number | undefined] {
  const own = /^(\d{0,9}(?:\.\d{1,4})?)\.\.(\d{0,9}(?:\.\d{1,4})?)$/.exec(text ?? '')
  const number = (part: string | undefined) => (part ? Number(part) : undefined)
  return [number(own?.[1]), number(own?.[2])]
}
export const quantityText = (from: number | undefined, to: number | undefined): string | undefined => (from == null && to == null ? undefined : `${from ?? ''}..${to ?? ''}`)
/** Whether a filter names one thing, so that the range of time has no say. */
export const isNamed = (filters: readonly Filter[], values: Record<string, string>): boolean => filters.some((f) => (f.kind === 'text' || f.kind === 'chip') && f.names && values[f.key])
/** What is asked of the server for the filters as they stand in the address bar. */
export function filterQuery(filters: readonly Filter[], values: Record<string, string>, now: number): ListQuery {
  const asked: ListQuery = {}
  for (const filter of filters) {
    if (filter.kind === 'span') {
      const own = spanParse(values[filter.key])
      if (own) Object.assign(asked, { [filter.from]: own.from_ms, [filter.to]: own.to_ms })
    } else if (filter.kind === 'quantity') {
      const [from, to] = quantityParse(values[filter.key])
      if (from != null) asked[filter.from] = Math.round(from * filter.scale)
      if (to != null) asked[filter.to] = Math.round(to * filter.scale)
    } else if (filter.kind !== 'range') {
      if (values[filter.key]) asked[filter.key] = values[filter.key]
    } else if (!isNamed(filters, values)) {
      const { from_ms, to_ms } = rangeParse(values.range, filter.initial, now)
      Object.assign(asked, { from_ms, to_ms })
    }
  }
  return asked
}
export const rangeText = (from: string, to: string): string => `${fromWall(from)}..${fromWall(to) + 1000}`
export const rangeWall = (range: { from_ms: number; to_ms: number }): [string, string] => [time(range.from_ms), time(range.to_ms - 1000)]
