import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.4 a person is given what is held about them, and what ties them is told before they are erased', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/customers')
  await page.locator('tbody tr a').first().click()
  await page.getByRole('tab', { name: '个人信息' }).click()
  const erase = page.getByRole('region', { name: '删除个人信息' })
  await expect(erase).toContainText('账户未注销')
  await expect(erase.getByRole('button', { name: '申请删除' })).toBeDisabled()
  await shot(page, 'customer-person')
  await page.getByRole('button', { name: '导出个人信息' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('原因').fill('用户本人来电申请')
  await dialog.getByRole('button', { name: '导出个人信息' }).click()
  await expect(page.locator('tbody tr').first()).toContainText('个人信息')
  await expect(page.locator('tbody tr').first()).toContainText('已完成')
  await page.goto('/erasures')
  await expect(page.locator('main')).toContainText('没有删除申请')
  await shot(page, 'erasures')
  expect(faults).toEqual([])
})
