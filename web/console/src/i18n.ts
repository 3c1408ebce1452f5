import { computed, watch } from 'vue'
import { createI18n } from 'vue-i18n'
import { hooks } from '@/api'
import { preference } from '@/preference'
import zh from '@/locales/zh-CN'

export type Language = 'zh-CN' | 'en'
export const language = preference<Language>('language', 'zh-CN')

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN' as Language,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh } as Record<Language, typeof zh>,
})
export const t = i18n.global.t

/** English is fetched when it is wanted: whoever reads Chinese does not wait for it. */
async function speak(wanted: Language) {
  if (wanted === 'en' && !i18n.global.availableLocales.includes('en')) {
    i18n.global.setLocaleMessage('en', (await import('@/locales/en')).default)
  }
  i18n.global.locale.value = language.value
  document.documentElement.lang = language.value
}
/** Without its words a language is not spoken. */
const orChinese = () => { language.value = 'zh-CN' }
/** Settled when the pages have their words. */
export const words = speak(language.value).catch(orChinese)
watch(language, (wanted) => speak(wanted).catch(orChinese))
hooks.language = () => language.value

/** A text that the server gives in both languages. */
export const spoken = computed(() => (text: { zh: string; en: string }) => (language.value === 'en' ? text.en : text.zh))

/** The word for an enum value; an unknown value is shown as it is, not hidden. */
export function word(group: string, value: string | null | undefined): string {
  if (value == null || value === '') return '—'
  const key = `${group}.${value.replace(/\./g, '_')}`
  return i18n.global.te(key) ? t(key) : value
}
