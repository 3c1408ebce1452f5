// Reply templates: which fit a category, and what they become for one feedback.
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, type FeedbackTemplate } from '@/api'

/** What the person is told in place of what is not known. */
export interface Known {
  no: string
  name: string
  order_no: string
  station: string
}

export function templateFilled(text: string, known: Known): string {
  return text.replace(/\{(no|name|order_no|station)\}/g, (_, place: keyof Known) => known[place])
}

/** Those for the category come first, then those for all; the others are kept apart. */
export function templatesFor(all: FeedbackTemplate[], category: string): { fit: FeedbackTemplate[]; other: FeedbackTemplate[] } {
  const own = all.filter((one) => one.category === category)
  return { fit: [...own, ...all.filter((one) => one.category == null)], other: all.filter((one) => one.category != null && one.category !== category) }
}

export function useTemplates() {
  const { data } = useQuery({ queryKey: ['feedback_template_list'], queryFn: () => api.feedback_template_list(), staleTime: 60_000 })
  return computed<FeedbackTemplate[]>(() => data.value?.items ?? [])
}
