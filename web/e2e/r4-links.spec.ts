import { expect, test } from '@playwright/test'
import { complaints, signIn } from './console'

test('R-OCPP links: the page says since when a pile is here and why it went before', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const found = await page.request.get('/api/v1/piles?online=true&limit=1')
  const code = ((await found.json()) as { items: { code: string }[] }).items[0]!.code
  await page.goto(`/piles/${encodeURIComponent(code)}?tab=links`)
  await expect(page.getByText(/起在线/)).toBeVisible()
  await expect(page.getByText(/近 24 小时离线 \d+ 次/)).toBeVisible()
  await page.goto('/piles')
  const often = page.waitForRequest(/flapping=true/)
  await page.goto('/piles?flapping=true')
  await often
  expect(faults).toEqual([])
})
