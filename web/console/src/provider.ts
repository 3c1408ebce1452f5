// What the browser keeps while somebody is at a provider of identities: in this tab alone.
interface Kept {
  id: number
  state: string
  to: string
}
const KEY = 'pileops.provider'

export function providerKeep(kept: Kept): void {
  window.sessionStorage.setItem(KEY, JSON.stringify(kept))
}
/** Taken out: it is good once. */
export function providerKept(): Kept | null {
  const text = window.sessionStorage.getItem(KEY)
  window.sessionStorage.removeItem(KEY)
  try {
    return text ? (JSON.parse(text) as Kept) : null
  } catch {
    return null
  }
}
