// How the console looks for whoever is signed in: the name, logo and colour of their operator or of the platform. This
// browser keeps the last one, so that the first picture is right and the sign-in page is the one that people know.
import { computed, ref, watch } from 'vue'
import { api, type Brand } from '@/api'
import { tonesStyle, type Tones } from '@/tones'

interface Kept {
  /** The operator; null: the platform. */
  owner: number | null
  brand: Brand
}

const KEY = 'pileops:brand'
/** A first picture waits no longer than this for the right colour. */
const WAIT_MS = 1_500

const hex = (text: unknown) => typeof text === 'string' && /^#[0-9a-f]{6}$/.test(text)
const isTones = (t?: Tones) => !!t && [t.accent, t.strong, t.soft, t.fill].every(hex)
function stored(): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Kept | null
    const colours = kept?.brand.colours
    return kept && (!colours || (isTones(colours.light) && isTones(colours.dark))) ? kept : null
  } catch {
    return null
  }
}
const kept = ref<Kept | null>(stored())
export const brand = computed(() => kept.value?.brand ?? null)

function dress(now: Brand | null) {
  const root = document.documentElement
  let style = document.getElementById('brand')
  if (!style) {
    style = document.createElement('style')
    style.id = 'brand'
    document.head.append(style)
  }
  const colours = now?.colours
  root.toggleAttribute('data-brand', !!colours)
  style.textContent = colours ? `html[data-brand]{${tonesStyle(colours.light, 'light')}}html.dark[data-brand]{${tonesStyle(colours.dark, 'dark')}}` : ''
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  if (icon) {
    icon.type = now?.logo ? 'image/png' : 'image/svg+xml'
    icon.href = now?.logo ?? '/favicon.svg'
  }
}
watch(brand, dress, { immediate: true })

function keep(owner: number | null, next: Brand) {
  const same = kept.value?.owner === owner && JSON.stringify(kept.value.brand) === JSON.stringify(next)
  if (same) return
  kept.value = { owner, brand: next }
  try {
    localStorage.setItem(KEY, JSON.stringify(kept.value))
  } catch {
    // Storage may be forbidden: the brand then comes with each page anew.
  }
}

/** Reads what this person's console looks like; waits for it only where another one is shown. */
export async function brandLoad(owner: number | null): Promise<void> {
  const asked = api.session_brand_get().then((next) => keep(owner, next), () => undefined)
  if (kept.value?.owner !== owner) await Promise.race([asked, new Promise((done) => setTimeout(done, WAIT_MS))])
}

/** Nobody is signed in: the last one stays; a browser that knows none, or the platform's, asks for that. */
export async function brandPublicLoad(): Promise<void> {
  if (kept.value && kept.value.owner != null) return
  const asked = api.public_brand_get().then((next) => keep(null, next), () => undefined)
  if (!kept.value) await Promise.race([asked, new Promise((done) => setTimeout(done, WAIT_MS))])
}
