// When a table holds, in words.
import { t, word } from '@/i18n'
import { mmdd, stretches, stretchText, type Rule } from '@/views/tariffs/kinds'

export function ruleText(rule: Rule): string {
  const season = rule.season ? `${mmdd(rule.season.from_mmdd)} ~ ${mmdd(rule.season.to_mmdd)}` : ''
  const days = rule.weekdays.map((d) => word('weekday', String(d))).join(t('plan.comma'))
  const shown = stretches(rule.dates)
  const dates = shown.length > 2 ? t('days.dates_n', { n: rule.dates.length, first: stretchText(shown[0]!) }) : shown.map(stretchText).join(t('plan.comma'))
  const recurring = season && days ? t('days.season_weekdays', { season, days }) : season ? t('days.each_year', { season }) : days
  return [recurring, dates].filter(Boolean).join(t('days.and'))
}
