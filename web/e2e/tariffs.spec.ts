import { expect, test } from '@playwright/test'
import type { components } from '../api/schema'
import { complaints, shot, signIn } from './console'

type Tariff = components['schemas']['Tariff']

test('R-5.3 a version of a tariff: the prices of its day, what differs from the version before, who uses it', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const list = (await (await page.request.get('/api/v1/tariffs')).json()) as { items: Tariff[] }
  const old = list.items.find((x) => x.station_count > 0)!
  // The next version: dearer by 0.1 in valleys, all else as it was.
  const rates = old.rates.map((r) => (r.period === 'valley' ? { ...r, service_price_e5: r.service_price_e5 + 10_000 } : r))
  const made = await page.request.post('/api/v1/tariffs', { data: { name: old.name, rates, periods: old.periods }, headers: { 'X-Requested-With': 'pileops' } })
  const { id } = (await made.json()) as { id: number }

  await page.goto('/tariffs')
  await page.getByRole('row').filter({ hasText: old.name }).first().getByRole('link', { name: old.name }).click()
  await expect(page).toHaveURL(`/tariffs/${id}`)
  const day = page.getByRole('region', { name: '一天的价格' })
  await expect(day.getByRole('listitem')).toHaveCount(48)
  await expect(day.getByRole('listitem').first()).toHaveText(/00:00–00:30 .* = \d+\.\d{4,5} 元\/kWh/)
  const compare = page.getByRole('region', { name: '与其他版本对比' })
  await expect(compare.getByRole('row').filter({ hasText: '+0.1000' }).first()).toBeVisible()
  await expect(page.getByRole('table').last().getByRole('row')).not.toHaveCount(1)
  await shot(page, 'tariff-detail')
  await page.getByRole('table').last().scrollIntoViewIfNeeded()
  await shot(page, 'tariff-stations')

  // The version before is used by nobody any more, and says so.
  await compare.getByRole('link', { name: `第 ${old.version_no} 版` }).click()
  await expect(page).toHaveURL(`/tariffs/${old.id}`)
  await page.goto('/tariffs/999999')
  await expect(page.getByRole('alert')).toContainText('没有这个计费模型版本')
  expect(faults).toEqual([])
})
