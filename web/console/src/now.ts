// A clock that ticks every second for what is shown as "since".
import { onScopeDispose, ref, type Ref } from 'vue'

export function useNow(): Ref<number> {
  const now = ref(Date.now())
  const timer = window.setInterval(() => (now.value = Date.now()), 1000)
  onScopeDispose(() => window.clearInterval(timer))
  return now
}
