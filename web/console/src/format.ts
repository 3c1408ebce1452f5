// One way to write every figure. All numbers come as integers with the unit in their name.
const DASH = '—'
type Maybe = number | null | undefined

/** The platform's clock: fixed, so that a link shows the same times to everyone. */
export const ZONE = 'Asia/Shanghai'
const ZONE_MS = 8 * 3_600_000
export const DAY_MS = 86_400_000

function grouped(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits)
  const [whole = '0', fraction] = text.split('.')
  const sign = value < 0 && Number(text) !== 0 ? '-' : ''
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction ? `.${fraction}` : '')
}

export const count = (value: Maybe): string => (value == null ? DASH : grouped(value, 0))

/** Fen as yuan: 123456 → ¥1,234.56. */
export const money = (fen: Maybe): string => {
  if (fen == null) return DASH
  const text = grouped(fen / 100, 2)
  return text.startsWith('-') ? `-¥${text.slice(1)}` : `¥${text}`
}
/** 0.0001 yuan with all four places: the exact amount of a segment. */
export const amount = (e4: Maybe): string => {
  if (e4 == null) return DASH
  const text = grouped(e4 / 10_000, 4)
  return text.startsWith('-') ? `-¥${text.slice(1)}` : `¥${text}`
}
/** 0.00001 yuan per kWh, at least four places: prices are published so. */
export const price = (e5: Maybe): string => (e5 == null ? DASH : (e5 / 100_000).toFixed(e5 % 10 === 0 ? 4 : 5))

/** 0.1 Wh as kWh. */
export const energy = (dwh: Maybe, digits = 2): string => (dwh == null ? DASH : `${grouped(dwh / 10_000, digits)} kWh`)
export const energyNumber = (dwh: Maybe, digits = 2): string => (dwh == null ? DASH : grouped(dwh / 10_000, digits))

/** W as kW. */
export const power = (w: Maybe, digits = 1): string => (w == null ? DASH : `${grouped(w / 1000, digits)} kW`)
/** Rated powers are round: 120 kW, not 120.0 kW. */
export const ratedPower = (w: Maybe): string => power(w, w != null && w % 1000 === 0 ? 0 : 1)
export const voltage = (dv: Maybe): string => (dv == null ? DASH : `${grouped(dv / 10, 1)} V`)
export const current = (da: Maybe): string => (da == null ? DASH : `${grouped(da / 10, 1)} A`)
export const soc = (percent: Maybe): string => (percent == null ? DASH : `${percent}%`)
export const temperature = (c: Maybe): string => (c == null ? DASH : `${c} ℃`)
export const permille = (value: Maybe): string => (value == null ? DASH : `${(value / 10).toFixed(1)}%`)

const two = (n: number) => String(n).padStart(2, '0')
const formats = new Map<string, Intl.DateTimeFormat | null>()
function formatOf(zone: string): Intl.DateTimeFormat | null {
  if (!formats.has(zone)) {
    try {
      formats.set(zone, new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }))
    } catch {
      formats.set(zone, null)
    }
  }
  return formats.get(zone) ?? null
}
/** What the clock of a zone is ahead of UTC at a moment; a zone that the browser does not know counts as the platform's. */
function aheadMs(zone: string, ms: number): number {
  const format = zone === ZONE || !Number.isFinite(ms) ? null : formatOf(zone)
  if (!format) return ZONE_MS
  const of = Object.fromEntries(format.formatToParts(ms).map((p) => [p.type, Number(p.value)]))
  return Date.UTC(of.year ?? 0, (of.month ?? 1) - 1, of.day, of.hour, of.minute, of.second) - Math.floor(ms / 1000) * 1000
}

function parts(ms: number, zone = ZONE) {
  const t = new Date(ms + aheadMs(zone, ms))
  return {
    day: `${t.getUTCFullYear()}-${two(t.getUTCMonth() + 1)}-${two(t.getUTCDate())}`,
    minute: `${two(t.getUTCHours())}:${two(t.getUTCMinutes())}`,
    second: two(t.getUTCSeconds()),
    milli: String(t.getUTCMilliseconds()).padStart(3, '0'),
  }
}
const valid = (ms: Maybe): ms is number => ms != null && Math.abs(ms) < 8.64e15 - ZONE_MS

/** As short as it can be: the clock for today, without the year in this one. */
export const timeNear = (ms: Maybe, now: number): string => {
  if (!valid(ms)) return DASH
  const [p, today] = [parts(ms), parts(now).day]
  if (p.day === today) return `${p.minute}:${p.second}`
  return p.day.slice(0, 4) === today.slice(0, 4) ? `${p.day.slice(5)} ${p.minute}` : `${p.day} ${p.minute}`
}
/** The clock on the wall of a station: its tariff was cut by it. */
export function wallClock(zone: string = ZONE) {
  const at = (write: (p: ReturnType<typeof parts>) => string) => (ms: Maybe) => (valid(ms) ? write(parts(ms, zone)) : DASH)
  return {
    zone,
    time: at((p) => `${p.day} ${p.minute}:${p.second}`),
    date: at((p) => p.day),
    clock: at((p) => `${p.minute}:${p.second}`),
    clockMinute: at((p) => p.minute),
    clockMilli: at((p) => `${p.minute}:${p.second}.${p.milli}`),
    minuteOfDay: (ms: number) => Math.floor(((((ms + aheadMs(zone, ms)) % DAY_MS) + DAY_MS) % DAY_MS) / 60_000),
    /** Whether it shows another time than the platform's. */
    differs: (ms: number) => aheadMs(zone, ms) !== ZONE_MS,
  }
}
export const { time, date, clock, clockMinute, clockMilli, minuteOfDay } = wallClock()
/** 20261123 → 2026-11-23 */
export const dayLong = (day: number): string => `${Math.floor(day / 10_000)}-${two(Math.floor(day / 100) % 100)}-${two(day % 100)}`
/** 20261123 → 11-23 */
export const dayShort = (day: number): string => `${two(Math.floor(day / 100) % 100)}-${two(day % 100)}`

/** Seconds as 1:02:03 or 02:03; the same in both languages. */
export const duration = (seconds: Maybe): string => {
  if (seconds == null) return DASH
  const s = Math.abs(Math.round(seconds))
  const h = Math.floor(s / 3600)
  const tail = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
  return (seconds < 0 ? '-' : '') + (h > 0 ? `${h}:${tail}` : tail)
}

/** Change against a base; nothing to compare with gives null. */
export const change = (now: Maybe, base: Maybe): number | null =>
  now == null || base == null || base === 0 ? null : (now - base) / Math.abs(base)
export const percentChange = (ratio: number | null): string =>
  ratio == null ? DASH : `${ratio > 0 ? '+' : ''}${(ratio * 100).toFixed(Math.abs(ratio) >= 10 ? 0 : 1)}%`

/** Start of the platform's day that holds the moment, moved by whole days. */
export const dayStart = (ms: number, shiftDays = 0): number =>
  Math.floor((ms + ZONE_MS) / DAY_MS) * DAY_MS - ZONE_MS + shiftDays * DAY_MS
export const monthStart = (ms: number, shiftMonths = 0): number => {
  const t = new Date(ms + ZONE_MS)
  return Date.UTC(t.getUTCFullYear(), t.getUTCMonth() + shiftMonths, 1) - ZONE_MS
}
/** "2026-11-23 08:00:00" on the clock of a zone, the platform's when not said, as a date field gives it. */
export const fromWall = (text: string, zone: string = ZONE): number => {
  const shown = Date.parse(`${text.replace(' ', 'T')}Z`)
  // What the clock is ahead by is asked at the moment itself, which the first guess comes near to.
  return shown - aheadMs(zone, shown - aheadMs(zone, shown))
}

/** Minutes of the day as a label: 90 → 01:30, 1440 → 24:00. */
export const minuteLabel = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`

/** Hex in pairs and in rows of sixteen bytes, as people read it. */
export const hexGrouped = (hex: string): string => {
  const pairs = hex.replace(/\s+/g, '').match(/.{1,2}/g) ?? []
  const rows: string[] = []
  for (let i = 0; i < pairs.length; i += 16) rows.push(pairs.slice(i, i + 16).join(' '))
  return rows.join('\n')
}
export const jsonPretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
