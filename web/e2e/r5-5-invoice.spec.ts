import { expect, test, type Page } from '@playwright/test'
import type { components } from '../api/schema'
import { complaints, shot, signIn } from './console'
import { attachment, Mailbox } from './mailbox'

type Schemas = components['schemas']
/** A customer of the demo who has paid orders and has not applied for anything. */
const CUSTOMER = 160
const headers = { 'X-Requested-With': 'pileops' }

async function run(page: Page, job: string) {
  expect((await page.request.post(`/api/v1/jobs/${job}/runs`, { headers })).ok()).toBe(true)
}

test('R-5.5 a paid order becomes an invoice that is mailed with its file, goes to another address, and is reversed', async ({ page }) => {
  const faults = complaints(page)
  const mailbox = new Mailbox()
  const port = await mailbox.open()
  await signIn(page)
  const smtp = { host: '127.0.0.1', port, security: 'none', account: null, from_name: 'PileOps', from_address: 'robot@example.com', timeout_s: 10 }
  const channel = await page.request.post('/api/v1/channels', { headers, data: { name: `开票邮箱${port}`, enabled: true, smtp, webhook: null, ftp: null, password: null, secret: null } })
  expect(channel.ok()).toBe(true)
  try {
    await page.goto(`/invoices/new?customer_id=${CUSTOMER}`)
    await page.locator('tbody .el-checkbox').first().click()
    await expect(page.getByText(/已选 1 单/)).toBeVisible()
    const email = `driver${port}@example.com`
    await page.getByLabel('收票邮箱', { exact: true }).fill(email)
    await page.getByLabel('税号', { exact: true }).fill('91350100M000100Y44')
    await page.getByRole('button', { name: '预览票面' }).click()
    await expect(page.getByText(/税号最后一位与前 17 位不符/)).toBeVisible()
    await page.getByLabel('税号', { exact: true }).fill('')
    await page.getByRole('button', { name: '预览票面' }).click()
    const preview = page.getByRole('region', { name: '预览' })
    await expect(preview).toContainText('价税合计')
    await expect(preview).toContainText('收据')
    await shot(page, 'invoice-apply')
    await page.getByRole('button', { name: '提交申请' }).click()
    await expect(page.getByRole('heading', { name: '关联订单' })).toBeVisible()
    const id = Number(page.url().split('/').pop())
    const one = async () => (await (await page.request.get(`/api/v1/invoices/${id}`)).json()) as Schemas['InvoiceDetail']
    const detail = await one()
    if (detail.state === 'review') await page.getByRole('button', { name: '审核通过' }).click()
    await run(page, 'invoice_issue')
    await expect.poll(async () => (await one()).number, { timeout: 30_000 }).not.toBeNull()
    const arrived = (address: string) => mailbox.letters.find((letter) => letter.to.includes(address))
    await run(page, 'mail_send')
    await expect.poll(() => arrived(email) != null, { timeout: 45_000 }).toBe(true)
    expect(attachment(arrived(email)!)!.subarray(0, 5).toString()).toBe('%PDF-')
    await expect(page.getByRole('main').getByText('已发送').first()).toBeVisible()
    await shot(page, 'invoice-issued')
    // Another address, and sent again: by somebody who looks at the invoice as it is after its mail has gone.
    await expect.poll(async () => (await one()).state).toBe('sent')
    await page.reload()
    const other = `other${port}@example.com`
    await page.getByRole('button', { name: '修改邮箱' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('邮箱', { exact: true }).fill(other)
    await dialog.getByRole('button', { name: '保存' }).click()
    await expect(dialog).toBeHidden()
    await page.getByRole('button', { name: '重发邮件' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '重发邮件' }).click()
    await expect(page.getByText('待发送', { exact: true })).toBeVisible()
    await run(page, 'mail_send')
    await expect.poll(() => arrived(other) != null, { timeout: 45_000 }).toBe(true)
    expect(attachment(arrived(other)!)!.length).toBeGreaterThan(5_000)
    // As long as it stands, the money is not given back.
    const order = (await one()).orders[0]!
    const refund = { amount_fen: 1, reason: '枪头故障', request_id: `refund-${port}-1` }
    expect((await page.request.post(`/api/v1/orders/${order.id}/refunds`, { headers, data: refund })).status()).toBe(422)
    await page.getByRole('button', { name: '红冲', exact: true }).click()
    await dialog.locator('.el-select').click()
    await page.getByRole('option', { name: '开票有误' }).click()
    await dialog.getByRole('button', { name: '红冲', exact: true }).click()
    await expect(dialog).toBeHidden()
    await run(page, 'invoice_issue')
    await expect.poll(async () => (await one()).state, { timeout: 30_000 }).toBe('reversed')
    await expect(page.getByRole('link', { name: /R1$/ })).toBeVisible()
    await shot(page, 'invoice-reversed')
    expect((await page.request.post(`/api/v1/orders/${order.id}/refunds`, { headers, data: refund })).ok()).toBe(true)
    await page.getByRole('link', { name: /R1$/ }).click()
    await expect(page.getByRole('main')).toContainText('对应蓝票')
    expect(faults.filter((fault) => !/status of 400/.test(fault))).toEqual([])
  } finally {
    const { id, version } = ((await (await page.request.get('/api/v1/channels')).json()) as Schemas['ChannelList']).items.find((one) => one.name === `开票邮箱${port}`)!
    await page.request.patch(`/api/v1/channels/${id}`, { headers, data: { version, name: `开票邮箱${port}`, enabled: false, smtp, webhook: null, ftp: null, password: null, secret: null } })
    mailbox.close()
  }
})

test('R-5.5 a seller is set up, what is applied for is looked at first, and many are issued together', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/sellers')
  const seller = page.getByRole('region').filter({ hasText: '江城智充' }).first()
  await seller.getByRole('button', { name: '设置' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('税号', { exact: true }).fill('12345')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog.getByText(/税号应为 15、17、18 或 20 位/)).toBeVisible()
  await dialog.getByLabel('税号', { exact: true }).fill('91420100MA4K2X7C37')
  await dialog.getByLabel('开票人', { exact: true }).fill('周敏')
  await dialog.locator('.el-form-item').filter({ hasText: '开票前审核' }).locator('.el-select').click()
  await page.getByRole('option', { name: '需要审核' }).click()
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toBeHidden()
  await expect(seller).toContainText('周敏')
  await shot(page, 'sellers')
  const found = await page.request.get(`/api/v1/invoice-orders?customer_id=${CUSTOMER}&invoiceable=true&operator_id=1`)
  const orders = ((await found.json()) as Schemas['InvoiceOrderChoiceList']).items
  const data = { request_id: `review-${Date.now()}`, customer_id: CUSTOMER, fleet_id: null, order_ids: [orders[0]!.id], special: false, company: false, title: '王伟' }
  expect((await page.request.post('/api/v1/invoices', { headers, data })).ok()).toBe(true)
  await page.goto('/invoices?state=review')
  const rows = page.getByRole('main').locator('tbody').getByRole('row')
  await expect(rows.first()).toBeVisible()
  await page.getByRole('checkbox', { name: '全选' }).or(page.locator('thead .el-checkbox')).first().click()
  await page.getByRole('button', { name: /批量开票/ }).click()
  await dialog.getByRole('button', { name: '开票', exact: true }).click()
  await expect(page.getByText(/已开始 \d+ 张/)).toBeVisible()
  await expect(rows).toHaveCount(0)
  await page.goto('/customers/110?tab=titles')
  const book = page.getByRole('region', { name: '开票抬头' })
  await expect(book).toContainText('默认')
  await shot(page, 'invoice-titles')
  expect(faults.filter((fault) => !/status of 400/.test(fault))).toEqual([])
})
