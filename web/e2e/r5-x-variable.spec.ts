import { expect, test } from '@playwright/test'
import { complaints, signIn } from './console'

// The demo's second AC pile speaks OCPP 2.0.1 on a real socket.
test('R-5.x 设备变量: a pile of OCPP 2.0.1 is asked for all of its variables, and they are searched', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/piles?protocol=ocpp2.0.1')
  await page.locator('tbody tr a').first().click()
  await expect(page.getByText('OCPP 2.0.1').first()).toBeVisible()
  await page.getByRole('tab', { name: '设备变量' }).click()
  await page.getByRole('button', { name: '读取全部变量' }).click()
  const row = page.getByRole('row', { name: /OCPPCommCtrlr\.HeartbeatInterval/ })
  await expect(row).toContainText(/HeartbeatInterval(240|300)/, { timeout: 20_000 })
  await expect(row).toContainText('可读写')
  if (process.env.PILEOPS_SHOTS) await page.screenshot({ path: `${process.env.PILEOPS_SHOTS}/variables.png` })
  await page.getByRole('textbox', { name: '变量名或值' }).fill('TxUpdated')
  await page.getByRole('textbox', { name: '变量名或值' }).press('Enter')
  await expect(page.getByRole('row', { name: /SampledDataCtrlr\.TxUpdatedInterval/ })).toBeVisible()
  await expect(row).toHaveCount(0)
  if (process.env.PILEOPS_SHOTS) {
    await page.setViewportSize({ width: 1920, height: 1080 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.screenshot({ path: `${process.env.PILEOPS_SHOTS}/variables-dark.png` })
  }
  expect(faults).toEqual([])
})
