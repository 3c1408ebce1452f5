import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.4 levels are data: their customers are found, and a rule holds from the next judgement on', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/member-levels')
  await page.getByRole('row', { name: /银卡会员/ }).getByRole('button', { name: '编辑' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('订单数不少于').fill('2')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('row', { name: /银卡会员.*订单不少于 2 单/ })).toBeVisible()
  await shot(page, 'member-levels')
  await page.goto('/customers?mark=fleet')
  await expect(page.getByText('车队', { exact: true }).first()).toBeVisible()
  await shot(page, 'customer-marks')
  expect(faults).toEqual([])
})
