import { computed, watch } from 'vue'
import { createI18n } from 'vue-i18n'
import { hooks } from '@/api'
import { preference } from '@/preference'
import en from '@/locales/en'
import zh from '@/locales/zh-CN'

export type Language = 'zh-CN' | 'en'
export const language = preference<Language>('language', 'zh-CN')

export const i18n = createI18n({
  legacy: false,
  locale: language.value,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
})
export const t = i18n.global.t

watch(
  language,
  (now) => {
    i18n.global.locale.value = now
    document.documentElement.lang = now
  },
  { immediate: true },
)
hooks.language = () => language.value

/** A text that the server gives in both languages. */
export const spoken = computed(() => (text: { zh: string; en: string }) => (language.value === 'en' ? text.en : text.zh))

/** The word for an enum value; an unknown value is shown as it is, not hidden. */
export function word(group: string, value: string | null | undefined): string {
  if (value == null || value === '') return '—'
  const key = `${group}.${value.replace(/\./g, '_')}`
  return i18n.global.te(key) ? t(key) : value
}
