import { expect, test, type Page } from '@playwright/test'
import { complaints, shot, signIn } from './console'

/** The browser itself says that the server refused, where a test gave it reason to. */
const unexpected = (faults: string[]) => faults.filter((f) => !/status of (400|422)/.test(f))
async function choose(page: Page, label: string, option: string) {
  await page.getByRole('dialog').getByLabel(label, { exact: true }).press('Enter')
  await page.getByRole('option', { name: option, exact: true }).click()
}

test('R-5.x an activity has a bearer, a cap and a budget, and a coupon its stations', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/driver-prices')
  await page.getByRole('button', { name: '新建司机价' }).click()
  const dialog = page.getByRole('dialog')
  const name = `开业活动 ${Date.now()}`
  await dialog.getByLabel('名称', { exact: true }).fill(name)
  await choose(page, '适用人群', '全部用户')
  await choose(page, '费用承担', '共担')
  await dialog.getByLabel('平台承担比例（‰）').fill('400')
  await dialog.getByLabel('每单最高减免（元）').fill('10')
  await dialog.getByLabel('总预算（元）').fill('5000')
  await dialog.getByRole('button', { name: '保存' }).click()
  // Nobody is named who would bear the rest.
  await expect(dialog.getByText('由运营商承担或共担时请选择运营商')).toBeVisible()
  await choose(page, '费用承担', '平台')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  await expect(page.getByText('¥5,000.00').or(page.getByText('¥5000.00'))).toBeVisible()
  await shot(page, 'activity')

  await page.goto('/coupons')
  await page.getByRole('button', { name: '新建优惠券' }).click()
  const coupon = `站点券 ${Date.now()}`
  await dialog.getByLabel('名称', { exact: true }).fill(coupon)
  await dialog.getByLabel('减免金额（元）').fill('5')
  const station = dialog.getByRole('combobox', { name: '适用充电站' })
  await station.click({ force: true })
  await page.getByRole('option').filter({ hasText: '站' }).first().click()
  await page.keyboard.press('Escape')
  if (await dialog.isHidden()) throw new Error('the key that closes the choices has closed the form')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(page.getByRole('heading', { name: coupon, level: 1 })).toBeVisible()
  await expect(page.getByText('抵扣金额')).toBeVisible()
  await shot(page, 'coupon-stations')
  expect(unexpected(faults)).toEqual([])
})
