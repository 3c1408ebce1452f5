import { expect, test } from '@playwright/test'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { complaints, shot, signIn } from './console'

interface Told {
  headers: IncomingHttpHeaders
  body: string
}

/** A receiver as docs/protocols/webhook.md describes it; the server of the tests may go to this machine. */
async function receiver() {
  const told: Told[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      told.push({ headers: request.headers, body })
      response.end('{"received":true}')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { told, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, close: () => server.close() }
}

test('R-5.s a webhook is set up, a signed ping arrives, and its deliveries are looked at', async ({ page }) => {
  const faults = complaints(page)
  const other = await receiver()
  const name = `回调 ${Date.now() % 1_000_000}`
  await signIn(page)
  await page.goto('/channels')
  await page.getByRole('button', { name: '新建渠道' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: '类型' }).click({ force: true })
  await page.getByRole('option', { name: /回调/ }).click()
  await dialog.getByLabel('渠道名称').fill(name)
  await dialog.getByLabel('回调地址').fill(other.url)
  await dialog.getByRole('button', { name: '新建' }).click()
  await expect(dialog.getByText('请填写签名密钥')).toBeVisible()
  await dialog.getByRole('button', { name: '生成' }).click()
  const secret = await dialog.getByRole('textbox', { name: '签名密钥' }).inputValue()
  await dialog.getByText('收到反馈', { exact: true }).click()
  await shot(page, 'webhook-edit')
  await dialog.getByRole('button', { name: '新建' }).click()
  const row = page.getByRole('row', { name: new RegExp(name) })
  await expect(row).toContainText('收到反馈')

  await row.getByRole('button', { name: '发送测试' }).click()
  await dialog.getByRole('button', { name: '发送测试' }).click()
  const answer = page.getByRole('dialog', { name: '测试成功' })
  await expect(answer.getByText(/对方应答 200/)).toBeVisible()
  await expect(answer.getByText(/received/)).toBeVisible()
  await shot(page, 'webhook-test')
  const ping = other.told.find((one) => one.headers['pileops-event'] === 'ping')!
  const own = createHmac('sha256', secret).update(`${ping.headers['pileops-timestamp']}.${ping.body}`).digest('hex')
  expect(ping.headers['pileops-signature']).toBe(`v1=${own}`)
  await answer.getByRole('button', { name: '关闭' }).last().click()
  await shot(page, 'webhooks')

  // Something happens, and is told by itself.
  await page.request.post('/api/v1/public/feedback', { headers: { 'X-Requested-With': 'pileops' }, data: { request_id: `e2e-webhook-${Date.now()}`, kind: 'complaint', category: 'other', content: '屏幕不亮', phone: '13800138000' } })
  await row.getByRole('link').click()
  const delivery = page.getByRole('row', { name: /收到反馈/ })
  await expect(delivery).toContainText('已送达', { timeout: 30_000 })
  await delivery.getByRole('button', { name: '详情' }).click()
  await expect(dialog.getByText(/138\*\*\*\*8000/)).toBeVisible()
  await shot(page, 'delivery')
  await dialog.getByRole('button', { name: '关闭' }).last().click()
  await delivery.getByRole('button', { name: '重新发送' }).click()
  await page.getByRole('dialog', { name: '重新发送' }).getByRole('button', { name: '重新发送' }).click()
  await expect.poll(() => other.told.filter((one) => one.headers['pileops-event'] === 'feedback.created').length, { timeout: 30_000 }).toBe(2)

  await page.getByRole('button', { name: '编辑' }).click()
  await dialog.locator('.el-switch').click()
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(page.locator('.detail-header')).toContainText('停用')
  await page.goto('/channels')
  await page.getByRole('row', { name: /财务系统回调/ }).getByRole('link').click()
  await expect(page.getByRole('row', { name: /已放弃|待发送/ }).first()).toBeVisible()
  await shot(page, 'webhook')
  other.close()
  expect(faults).toEqual([])
})
