// What a button does, one at a time.
import { ref } from 'vue'
import { ApiError } from '@/api'
import { problemShow } from '@/problem'

/** `busy` while it is done; a fault is shown, and what somebody else has changed meanwhile is fetched, where the page shows it. */
export function useDuring(refetch?: () => Promise<unknown>) {
  const busy = ref(false)
  async function during(work: () => Promise<unknown>) {
    busy.value = true
    try {
      await work()
    } catch (failure) {
      if (failure instanceof ApiError && failure.status === 409) await refetch?.()
      problemShow(failure)
    } finally {
      busy.value = false
    }
  }
  return { busy, during }
}
