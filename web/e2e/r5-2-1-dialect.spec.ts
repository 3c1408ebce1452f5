import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.2.1 方言: one of the product is copied, changed, and said of a pile', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/dialects')
  await expect(page.getByRole('row', { name: /校验高字节在前/ })).toContainText('产品自带')
  await shot(page, 'dialects')
  await page.getByRole('link', { name: /易联桩/ }).click()
  await expect(page.getByRole('button', { name: '编辑', exact: true })).toBeDisabled()
  await expect(page.getByText('Bit1 为 0x0002')).toBeVisible()
  await shot(page, 'dialect')
  await page.getByRole('button', { name: '复制', exact: true }).click()
  const name = `测试方言 ${Date.now()}`
  await page.getByRole('dialog').getByLabel('名称').fill(name)
  await shot(page, 'dialect-form')
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await expect(page.getByRole('heading', { name })).toBeVisible()
  await expect(page.getByRole('row', { name: /新建方言/ })).toBeVisible()

  await page.goto('/piles?protocol=ykc1.6')
  await page.locator('tbody tr a').first().click()
  await page.getByRole('button', { name: '更改', exact: true }).click()
  await page.getByRole('dialog').locator('.el-select').click()
  await page.getByRole('option', { name }).click()
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await expect(page.getByRole('link', { name })).toBeVisible()
  // As it was, so that the others find the pile as it comes.
  await page.getByRole('button', { name: '更改', exact: true }).click()
  await page.getByRole('dialog').locator('.el-select').click()
  await page.getByRole('option', { name: /自动/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await expect(page.getByRole('link', { name })).toHaveCount(0)
  expect(faults).toEqual([])
})
