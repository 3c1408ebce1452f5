import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.s a parameter is set, holds at once, and its story tells who did it and why', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/parameters')
  const row = page.getByRole('row', { name: /单次充电金额上限/ })
  await expect(row).toContainText('默认值')
  await shot(page, 'parameters')
  await row.getByRole('button', { name: '编辑' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('spinbutton', { name: /当前值/ }).fill('800')
  // Without a reason nothing is sent, and what was typed stays.
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog.getByText('请填写修改原因')).toBeVisible()
  await dialog.getByLabel('修改原因').fill('节假日临时调整')
  await shot(page, 'parameter-edit')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(row).toContainText('800.00')
  await expect(row).toContainText('页面设置')

  await row.getByRole('link', { name: '单次充电金额上限' }).click()
  await expect(page.getByRole('row', { name: /节假日临时调整/ })).toContainText('默认')
  await shot(page, 'parameter')
  await page.getByRole('button', { name: '编辑' }).click()
  await dialog.getByRole('button', { name: /恢复为/ }).click()
  await dialog.getByLabel('修改原因').fill('节假日结束')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(page.getByRole('row', { name: /节假日结束/ })).toBeVisible()

  await page.goto('/parameters?tab=start')
  await expect(page.getByRole('row', { name: /^listen/ })).toContainText('127.0.0.1')
  await shot(page, 'settings')
  expect(faults).toEqual([])
})
