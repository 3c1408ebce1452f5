import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.5 a wallet is topped up, a large sum waits for a second person, and the books show both', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/customers')
  await page.locator('tbody tr a').first().click()
  await page.getByRole('tab', { name: '钱包' }).click()
  const wallet = page.getByRole('region', { name: '钱包' })
  await expect(wallet).toContainText('可用')
  const dialog = page.getByRole('dialog')
  const change = async (kind: string, yuan: string, reason: string) => {
    await wallet.getByRole('button', { name: '充值 / 扣款' }).click()
    await dialog.locator('.el-select').first().click()
    await page.getByRole('option', { name: kind, exact: true }).click()
    await dialog.getByLabel('金额（元）').fill(yuan)
    await dialog.getByLabel('原因').fill(reason)
    await dialog.getByRole('button', { name: '保存' }).click()
    await expect(dialog).toBeHidden()
  }
  const reason = `现场充值${Date.now()}`
  await change('充值', '12.34', reason)
  const changes = page.getByRole('region', { name: '余额调整' })
  await expect(changes.getByRole('listitem').filter({ hasText: reason })).toContainText('12.34')
  await expect(page.locator('tbody tr').filter({ hasText: reason })).toContainText('本金')
  await change('充值', '200.01', `${reason}大额`)
  await expect(changes.getByRole('listitem').filter({ hasText: `${reason}大额` })).toContainText('等待另一人复核')
  await shot(page, 'wallet')
  await page.goto('/postings')
  await expect(page.locator('tbody tr').filter({ hasText: reason })).toHaveCount(1)
  await shot(page, 'postings')
  await page.goto('/trial-balance')
  await expect(page.getByRole('heading', { name: '科目余额' }).last()).toBeVisible()
  await expect(page.locator('main')).toContainText('借贷平衡')
  await shot(page, 'trial-balance')
  expect(faults).toEqual([])
})
