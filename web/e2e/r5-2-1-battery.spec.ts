import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

// The demo's 云快充 piles pass on what the batteries of their cars say, and have ground locks.
test('R-5.2.1 电池报告: an order of a DC pile shows its battery, and the pile its ground lock and events', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/piles?protocol=ykc1.6')
  await page.locator('tbody tr a').first().click()
  await expect(page.getByText('云快充 1.6').first()).toBeVisible()
  await expect(page.getByText('地锁', { exact: true }).first()).toBeVisible()
  await expect(page.getByText(/已升起|已降下/).first()).toBeVisible()
  await shot(page, 'battery-pile')
  await page.getByRole('tab', { name: '设备事件' }).click()
  await expect(page.getByText('只记录首次出现')).toBeVisible()
  await page.getByRole('tab', { name: '订单', exact: true }).click()
  await page.getByRole('row', { name: /已完成/ }).first().getByRole('link').first().click()
  const report = page.getByRole('region', { name: '电池报告' })
  await expect(report).toBeVisible()
  await expect(report.getByText(/磷酸铁锂|三元锂/)).toBeVisible()
  await expect(report.getByRole('row', { name: /单体电压/ })).toContainText('≤')
  await expect(report.getByText('结束原因（BMS 与充电机）')).toBeVisible()
  await report.scrollIntoViewIfNeeded()
  await shot(page, 'battery-order')
  if (process.env.PILEOPS_SHOTS) {
    await page.setViewportSize({ width: 1920, height: 1080 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.reload()
    await report.scrollIntoViewIfNeeded()
    await shot(page, 'battery-order-dark')
  }
  expect(faults).toEqual([])
})
