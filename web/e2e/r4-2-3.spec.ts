import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-4.2.3: what a station will deliver is shown with a band, the naive forecast and the back-test', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/jobs/forecast_make')
  await page.getByRole('button', { name: '立即运行' }).click()
  await expect(page.getByText(/预测了 \d+ 座充电站/).first()).toBeVisible({ timeout: 180_000 })
  await page.goto('/forecast')
  await expect(page.getByRole('img', { name: /每小时电量/ })).toBeVisible()
  await expect(page.getByText('预计电量', { exact: true })).toBeVisible()
  const tests = page.getByRole('region', { name: '回测：预测与基准谁更准' })
  await expect(tests.getByRole('row')).toHaveCount(3)
  await expect(tests.getByText(/预测更准|不优于基准/).first()).toBeVisible()
  await expect(page.getByRole('heading', { name: /月末收入/ })).toBeVisible()
  await shot(page, 'forecast')
  await page.getByText('未来 7 天', { exact: true }).click()
  await expect(page).toHaveURL(/span=7/)
  expect(faults).toEqual([])
})
