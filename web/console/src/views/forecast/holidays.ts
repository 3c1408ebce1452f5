// A year's holidays as lines of text, as people copy them from the notice.
export interface Span { name_zh: string; name_en: string; from: number; to: number }
export interface Parsed { holidays: Span[]; workdays: number[] }

const dash = (day: number) => `${Math.floor(day / 10_000)}-${String(Math.floor(day / 100) % 100).padStart(2, '0')}-${String(day % 100).padStart(2, '0')}`
const number = (text: string) => Number(text.replaceAll('-', ''))
const DAY = String.raw`(\d{4}-\d{2}-\d{2})`
const HOLIDAY = new RegExp(`^${DAY}(?:\\s*[~\uff5e]\\s*${DAY})?\\s+([^/]+?)(?:\\s*/\\s*(.+))?$`)
const WORKED = new RegExp(`^\\+\\s*${DAY}$`)

/** Days, the name and, behind a stroke, the English one; `+` before a day that is worked. `names`: what is usual in English;
 * `line` where one cannot be read. */
export function holidayParse(text: string, names: Record<string, string> = {}): Parsed | { line: number } {
  const read: Parsed = { holidays: [], workdays: [] }
  const lines = text.split('\n')
  for (const [n, raw] of lines.entries()) {
    const line = raw.trim()
    if (!line) continue
    const worked = WORKED.exec(line)
    const holiday = HOLIDAY.exec(line)
    if (worked) read.workdays.push(number(worked[1]!))
    else if (holiday) {
      const name = holiday[3]!.trim()
      read.holidays.push({ name_zh: name, name_en: holiday[4]?.trim() || names[name] || name, from: number(holiday[1]!), to: number(holiday[2] ?? holiday[1]!) })
    } else return { line: n + 1 }
  }
  return read
}

export function holidayLines(year: { holidays: { name: { zh: string; en: string }; days: number[] }[]; workdays: number[] }): string {
  const off = year.holidays.map((h) => `${dash(h.days[0]!)}~${dash(h.days[h.days.length - 1]!)} ${h.name.zh} / ${h.name.en}`)
  return [...off, ...year.workdays.map((day) => `+ ${dash(day)}`)].join('\n')
}
