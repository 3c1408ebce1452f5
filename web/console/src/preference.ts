// What a person chose on this computer. Storage may be forbidden; the choice then lasts for the page.
import { ref, watch, type Ref } from 'vue'

export function preference<T>(name: string, initial: T): Ref<T> {
  const key = `pileops.${name}`
  const value = ref(initial) as Ref<T>
  try {
    const kept = localStorage.getItem(key)
    if (kept != null) value.value = JSON.parse(kept) as T
  } catch {
    /* unreadable: the default stands */
  }
  watch(
    value,
    (next) => {
      try {
        localStorage.setItem(key, JSON.stringify(next))
      } catch {
        /* not kept */
      }
    },
    { deep: true },
  )
  return value
}
