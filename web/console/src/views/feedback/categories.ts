// The categories of feedback, as staff have made them.
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, type FeedbackCategory } from '@/api'
import type { Option } from '@/components/list'
import { language } from '@/i18n'

export function useCategories() {
  const { data } = useQuery({ queryKey: ['feedback_category_list'], queryFn: () => api.feedback_category_list(), staleTime: 60_000 })
  const all = computed<FeedbackCategory[]>(() => data.value?.items ?? [])
  const named = (c: FeedbackCategory) => (language.value === 'en' ? c.name_en : c.name_zh)
  const option = (c: FeedbackCategory): Option => ({ value: c.code, label: named(c) })
  return {
    /** The name also of one that is switched off; as long as nobody knows it, its code. */
    nameOf: (code: string): string => {
      const found = all.value.find((c) => c.code === code)
      return found ? named(found) : code || '—'
    },
    /** To look for. */
    known: computed(() => all.value.map(option)),
    /** To choose for what is written now. */
    offered: computed(() => all.value.filter((c) => c.enabled).map(option)),
  }
}
