// Colours and common parts of the charts, read from the page's own tokens so that both themes fit.
import { brand } from '@/brand'
import { dark } from '@/theme'

export function paint() {
  void [dark.value, brand.value]
  const css = window.getComputedStyle(document.documentElement)
  const of = (name: string) => css.getPropertyValue(`--${name}`).trim()
  return {
    ink: of('ink'),
    ink2: of('ink-2'),
    ink3: of('ink-3'),
    line: of('line'),
    card: of('card'),
    raised: of('raised'),
    accent: of('accent'),
    busy: of('busy'),
    ok: of('ok'),
    warn: of('warn'),
    bad: of('bad'),
    calm: of('calm'),
    mute: of('mute'),
    sharp: of('sharp'),
    peak: of('peak'),
    flat: of('flat'),
    valley: of('valley'),
    font: of('font'),
  }
}
export type Paint = ReturnType<typeof paint>

export const tooltip = (p: Paint) => ({
  trigger: 'axis' as const,
  confine: true,
  renderMode: 'richText' as const,
  backgroundColor: p.card,
  borderColor: p.line,
  textStyle: { color: p.ink, fontSize: 12, fontFamily: p.font },
})
export const axisText = (p: Paint) => ({ color: p.ink3, fontSize: 11, fontFamily: p.font })
export const splitLine = (p: Paint) => ({ lineStyle: { color: p.line } })
