import { computed, ref, watch } from 'vue'
import { preference } from '@/preference'

export type Theme = 'light' | 'dark' | 'auto'
export const theme = preference<Theme>('theme', 'auto')

const system = window.matchMedia('(prefers-color-scheme: dark)')
const systemDark = ref(system.matches)
system.addEventListener('change', (event) => (systemDark.value = event.matches))

export const dark = computed(() => theme.value === 'dark' || (theme.value === 'auto' && systemDark.value))
watch(dark, (on) => document.documentElement.classList.toggle('dark', on), { immediate: true })
