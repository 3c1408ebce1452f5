// The cards of the home page, and with which of them each role begins. One table: a person's own arrangement
// (the preference `home.cards`) replaces it.
import type { Permission } from '@/api'

/** Of twelve columns; a row that is not full is filled by its cards. */
export type CardName = 'figures' | 'states' | 'now' | 'todo' | 'pinned' | 'hours' | 'days' | 'ranking' | 'notices' | 'entries'
export const cards: Record<CardName, { span: number; needs?: Permission }> = {
  figures: { span: 12 },
  states: { span: 6 },
  now: { span: 3 },
  todo: { span: 3 },
  pinned: { span: 6, needs: 'station.read' },
  hours: { span: 4 },
  days: { span: 4 },
  ranking: { span: 4 },
  notices: { span: 6 },
  entries: { span: 12 },
}

export const homes: Record<string, CardName[]> = {
  admin: ['figures', 'states', 'now', 'todo', 'hours', 'days', 'ranking', 'notices', 'entries'],
  operations: ['figures', 'todo', 'states', 'now', 'hours', 'days', 'ranking', 'notices', 'pinned', 'entries'],
  finance: ['figures', 'days', 'ranking', 'todo', 'hours', 'notices', 'entries'],
  service: ['todo', 'states', 'now', 'notices', 'entries', 'hours'],
  technician: ['todo', 'states', 'now', 'notices', 'pinned', 'ranking', 'entries'],
  viewer: ['figures', 'states', 'now', 'hours', 'days', 'ranking', 'notices', 'entries'],
}

/** A role of the operator's own making begins as operations do. */
export const homeOf = (role: string | undefined): CardName[] => homes[role ?? ''] ?? homes.operations!

/** What was kept may name cards of another version; each is shown once. */
export function shownCards(kept: readonly string[] | null, role: string | undefined): CardName[] {
  const names = kept ?? homeOf(role)
  return [...new Set(names)].filter((name): name is CardName => name in cards)
}
export function moved(list: readonly CardName[], name: CardName, to: number): CardName[] {
  const rest = list.filter((other) => other !== name)
  const at = Math.min(rest.length, Math.max(0, to))
  return [...rest.slice(0, at), name, ...rest.slice(at)]
}
