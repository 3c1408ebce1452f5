// What a person chose. The server keeps it, so that it is there on every computer; this browser keeps a
// copy, so that the first picture is right and a choice without a link is not lost but sent later.
import { effectScope, ref, watch, type Ref } from 'vue'
import { api } from '@/api'

interface Kept {
  value: Ref<unknown>
  initial: string
  /** As it was last read or written: what is equal to it is no choice. */
  known: string
}

/** Chosen before anybody is signed in, so that they outlast a change of person. */
const SHARED = ['language', 'theme']
const SEND_AFTER_MS = 600
const PREFIX = 'pileops.'
const OWNER = 'pileops:owner'
const UNSENT = 'pileops:unsent'

const all = new Map<string, Kept>()
const scope = effectScope(true)
let person: number | null = null
let timer: ReturnType<typeof setTimeout> | undefined

// Storage may be forbidden; the choice then lasts for the page and on the server.
function local<T>(work: (storage: Storage) => T, otherwise: T): T {
  try {
    return work(localStorage)
  } catch {
    return otherwise
  }
}
const parsed = (text: string | null): unknown => {
  try {
    return text == null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
const unsent = new Set<string>((parsed(local((s) => s.getItem(UNSENT), null)) as string[] | undefined) ?? [])
const unsentKeep = () => local((s) => s.setItem(UNSENT, JSON.stringify([...unsent])), undefined)

function take(name: string, kept: Kept, text: string): void {
  kept.known = text
  if (JSON.stringify(kept.value.value) !== text) kept.value.value = JSON.parse(text)
  local((s) => (text === kept.initial ? s.removeItem(PREFIX + name) : s.setItem(PREFIX + name, text)), undefined)
}

/** A choice by its name (a-z, 0-9, dot, hyphen, underscore); everybody who asks gets the same one. */
export function preference<T>(name: string, initial: T): Ref<T> {
  const there = all.get(name)
  if (there) return there.value as Ref<T>
  const stored = parsed(local((s) => s.getItem(PREFIX + name), null))
  const value = ref(stored === undefined ? initial : stored) as Ref<unknown>
  const kept: Kept = { value, initial: JSON.stringify(initial), known: JSON.stringify(value.value) }
  all.set(name, kept)
  scope.run(() =>
    watch(
      value,
      (next) => {
        const text = JSON.stringify(next)
        if (text === kept.known) return
        take(name, kept, text)
        unsent.add(name)
        unsentKeep()
        clearTimeout(timer)
        timer = setTimeout(() => void send(), SEND_AFTER_MS)
      },
      { deep: true },
    ),
  )
  return value as Ref<T>
}

async function send(): Promise<void> {
  for (const name of [...unsent]) {
    if (person == null) return
    const kept = all.get(name)
    const text = kept?.known ?? local((s) => s.getItem(PREFIX + name), null)
    try {
      if (text == null || text === kept?.initial) await api.preference_delete(name)
      else await api.preference_set(name, JSON.parse(text) as unknown)
    } catch {
      // Without a link, or refused: this browser's copy stands and is offered again.
      continue
    }
    if ((kept?.known ?? text) === text) unsent.delete(name)
    unsentKeep()
  }
}

/** Somebody is signed in: what the server keeps for this person is what holds. */
export async function preferencesLoad(staff: number): Promise<void> {
  person = staff
  const owner = local((s) => s.getItem(OWNER), null)
  local((s) => s.setItem(OWNER, String(staff)), undefined)
  if (owner != null && owner !== String(staff)) forgetOthers()
  let rows
  try {
    rows = (await api.preference_list()).items
  } catch {
    return
  }
  if (person !== staff) return
  const served = new Map(rows.map((row) => [row.key, JSON.stringify(row.value)]))
  for (const [name, text] of served) {
    if (unsent.has(name)) continue
    const kept = all.get(name)
    if (kept) take(name, kept, text)
    else local((s) => s.setItem(PREFIX + name, text), undefined)
  }
  for (const [name, kept] of all) {
    if (served.has(name) || unsent.has(name) || kept.known === kept.initial) continue
    // Never sent by a browser that knew no server's copy: it is offered. Else it was reset elsewhere.
    if (owner == null) unsent.add(name)
    else if (!SHARED.includes(name)) take(name, kept, kept.initial)
  }
  await send()
}

/** A computer that several people use shows nobody the arrangement of another. */
function forgetOthers(): void {
  for (const name of [...unsent].filter((name) => !SHARED.includes(name))) unsent.delete(name)
  unsentKeep()
  for (const [name, kept] of all) if (!SHARED.includes(name)) take(name, kept, kept.initial)
  local((s) => {
    const names = Object.keys(s).filter((name) => name.startsWith(PREFIX) && !SHARED.includes(name.slice(PREFIX.length)))
    names.forEach((name) => s.removeItem(name))
  }, undefined)
}

export function preferencesPause(): void {
  person = null
}

if (typeof window !== 'undefined') {
  window.addEventListener('online', () => void send())
  // Another tab of this browser chose.
  window.addEventListener('storage', (event) => {
    const kept = event.key?.startsWith(PREFIX) ? all.get(event.key.slice(PREFIX.length)) : undefined
    if (kept) take(event.key!.slice(PREFIX.length), kept, event.newValue ?? kept.initial)
  })
}
