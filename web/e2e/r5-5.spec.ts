import { expect, test } from '@playwright/test'
import type { components } from '../api/schema'
import { complaints, shot, signIn } from './console'

type Invoices = components['schemas']['InvoiceList']

test('R-5.5 an invoice is found by its serial number, gets another address and is sent again', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const { items } = (await (await page.request.get('/api/v1/invoices?state=issued&email=example')).json()) as Invoices
  const invoice = items[0]!
  await page.goto('/invoices')
  await page.getByRole('textbox', { name: '开票序号' }).fill(invoice.serial_no)
  await expect(page.getByText('共 1 条')).toBeVisible()
  await page.getByRole('button', { name: '修改邮箱' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('邮箱', { exact: true }).fill('wrong@nowhere')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog.getByText('邮箱格式不正确')).toBeVisible()
  await dialog.getByLabel('邮箱', { exact: true }).fill('new@example.com')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('cell', { name: 'new@example.com' })).toBeVisible()
  await page.getByRole('button', { name: '重发邮件' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '重发邮件' }).click()
  await expect(page.getByText('待发送', { exact: true })).toBeVisible()
  await page.getByRole('link', { name: invoice.serial_no }).click()
  await expect(page.getByText(/→ new@example\.com/)).toBeVisible()
  await expect(page.getByRole('heading', { name: '关联订单' })).toBeVisible()
  await shot(page, 'invoice-detail')
  expect(faults.filter((f) => !/status of 400/.test(f))).toEqual([])
})
