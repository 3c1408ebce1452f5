// Filters, page and tab live in the address bar: a link shows the same list.
import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'

export type UrlValues = Record<string, string>

/** The known keys of a query, trimmed; empty ones are absent. */
export function readQuery(query: LocationQuery, keys: readonly string[]): UrlValues {
  const values: UrlValues = {}
  for (const key of keys) {
    const raw = query[key]
    const value = (Array.isArray(raw) ? raw[0] : raw)?.trim()
    if (value) values[key] = value
  }
  return values
}

/** The query with some keys changed; `undefined` and '' take a key away, unknown keys stay. */
export function writeQuery(query: LocationQuery, changes: Record<string, string | undefined>): LocationQuery {
  const next: LocationQuery = { ...query }
  for (const [key, value] of Object.entries(changes)) {
    const trimmed = value?.trim()
    if (trimmed) next[key] = trimmed
    else delete next[key]
  }
  return next
}

export function useUrlState(keys: readonly string[]): {
  values: ComputedRef<UrlValues>
  /** `push` makes a step that the back button undoes; typing replaces. */
  set: (changes: Record<string, string | undefined>, push?: boolean) => void
} {
  const route = useRoute()
  const router = useRouter()
  return {
    values: computed(() => readQuery(route.query, keys)),
    set(changes, push = false) {
      const to = { query: writeQuery(route.query, changes), hash: route.hash }
      void (push ? router.push(to) : router.replace(to))
    },
  }
}
