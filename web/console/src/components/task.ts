// Something that the server is asked to do: under way or not, and what was wrong with it.
import { ref } from 'vue'
import { problemText } from '@/problem'

export function useTask() {
  const busy = ref(false)
  const problem = ref('')
  async function run(what: () => Promise<void>) {
    busy.value = true
    problem.value = ''
    try {
      await what()
    } catch (error) {
      problem.value = problemText(error)
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, run }
}
