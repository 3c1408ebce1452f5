// A fleet's usable hours while they are edited.
import type { FleetHours } from '@/api'

/** A window as somebody types it. */
export interface Window {
  weekdays: number[]
  from: string
  to: string
}

export const DAY = 1440
const two = (n: number) => String(n).padStart(2, '0')
const clock = (minutes: number) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`

/** 22:30 as minutes of the day; NaN when it is none. */
export function minutesOf(text: string): number {
  const parts = /^(\d{1,2}):(\d{2})$/.exec(text.trim())
  const all = parts ? Number(parts[1]) * 60 + Number(parts[2]) : NaN
  return parts && Number(parts[2]) < 60 && all <= DAY ? all : NaN
}

export const windowsOf = (hours: FleetHours[]): Window[] => hours.map((h) => ({ weekdays: [...h.weekdays], from: clock(h.from_minute), to: clock(h.to_minute) }))
export const hoursOf = (windows: Window[]): FleetHours[] => windows.map((w) => ({ weekdays: [...w.weekdays].sort(), from_minute: minutesOf(w.from), to_minute: minutesOf(w.to) }))

/** Which rule the windows break, or null. */
export function windowsFault(windows: Window[]): 'hours_none' | 'days_none' | 'hour_bad' | null {
  if (!windows.length) return 'hours_none'
  if (windows.some((w) => !w.weekdays.length)) return 'days_none'
  const bad = ({ from_minute: from, to_minute: to }: FleetHours) => Number.isNaN(from) || Number.isNaN(to) || from === DAY || to === 0 || from === to
  return hoursOf(windows).some(bad) ? 'hour_bad' : null
}
