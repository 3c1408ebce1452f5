// What a page says about its list; DataList draws it.
import type { RouteLocationRaw } from 'vue-router'
import { dayStart, fromWall, monthStart, time } from '@/format'
import type { ListPage, ListQuery } from '@/api'

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
}

export interface Option {
  value: string | number
  label: string
}

export type Filter =
  | { kind: 'text'; key: string; label: string; placeholder?: string }
  | { kind: 'select'; key: string; label: string; options: Option[] }
  | { kind: 'range'; key: 'range'; label: string; initial: RangeName }

export interface ListSource<Row> {
  /** The operationId; also the first word of the cache key. */
  name: string
  load: (query: ListQuery) => Promise<ListPage<Row>>
  rowKey: (row: Row) => string | number
  link?: (row: Row) => RouteLocationRaw
  /** The server gives all rows at once. */
  whole?: boolean
}

export const rangeNames = ['today', 'yesterday', 'days7', 'this_month', 'last_month'] as const
export type RangeName = (typeof rangeNames)[number]

/** A named range on the platform's clock; the end is the first moment after it. */
export function rangeOf(name: RangeName, now: number): { from_ms: number; to_ms: number } {
  const today = dayStart(now)
  switch (name) {
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
export const rangeText = (from: string, to: string): string => `${fromWall(from)}..${fromWall(to) + 1000}`
export const rangeWall = (range: { from_ms: number; to_ms: number }): [string, string] => [time(range.from_ms), time(range.to_ms - 1000)]
