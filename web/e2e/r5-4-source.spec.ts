import { expect, test } from '@playwright/test'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { complaints, shot, signIn } from './console'

const TOKEN = 'bearer-of-the-browser-test'

/** A mobility platform with SCIM 2.0; the server of the tests may go to this machine. */
async function platform() {
  const people = [1, 2, 3].map((n) => ({ id: `e2e-${n}`, userName: `e2e${n}@people.example`, displayName: `拉取用户${n}`, active: true, phoneNumbers: [{ value: n === 3 ? '12345' : `1370000000${n}` }], meta: { lastModified: '2026-11-20T08:00:00Z' } }))
  let down = false
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x')
    const start = Number(url.searchParams.get('startIndex') ?? 1)
    const count = Number(url.searchParams.get('count') ?? 100)
    response.statusCode = request.headers.authorization !== `Bearer ${TOKEN}` ? 401 : down ? 503 : 200
    response.end(JSON.stringify({ totalResults: people.length, Resources: people.slice(start - 1, start - 1 + count) }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`, fall: () => (down = true), close: () => server.close() }
}

test('R-5.4 a customer source is set up, checked and asked, and says since when it is down', async ({ page }) => {
  const faults = complaints(page)
  const other = await platform()
  await signIn(page)
  await page.goto('/customer-source')
  await expect(page.getByText('数据截至').first()).toBeVisible()
  await shot(page, 'source')
  await page.getByRole('button', { name: '编辑' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('来源地址').fill(other.url)
  await dialog.getByLabel('令牌').fill(TOKEN)
  await dialog.locator('.el-switch').click()
  await expect(dialog.getByText(/明文传输令牌/)).toBeVisible()
  await shot(page, 'source-edit')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(page.locator('.detail-header')).toContainText('启用')
  await page.getByRole('button', { name: '检查连接' }).click()
  await expect(page.getByText(/来源有 3 人/)).toBeVisible()

  // Another platform than that of the demo: whether its people are really gone is asked first, or they are few.
  await page.getByRole('button', { name: '立即同步' }).click()
  const round = page.getByRole('region', { name: '最近一次同步' })
  await expect(round.getByText('e2e-3')).toBeVisible({ timeout: 20_000 })
  await expect(round).toContainText('手机号应为')
  await shot(page, 'source-round')

  other.fall()
  await page.getByRole('button', { name: '立即同步' }).click()
  await expect(round.getByText(/来源暂时不可用（503）/)).toBeVisible({ timeout: 20_000 })
  await shot(page, 'source-down')
  await page.goto('/customers?source=pull')
  await expect(page.getByText(/用户来源暂时不可用，数据截至/)).toBeVisible()
  await expect(page.getByRole('row', { name: /拉取用户1/ })).toContainText('正常')
  await shot(page, 'customers-down')

  await page.goto('/customer-source')
  await page.getByRole('button', { name: '编辑' }).click()
  await dialog.locator('.el-switch').click()
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(page.locator('.detail-header')).toContainText('停用')
  other.close()
  expect(faults).toEqual([])
})
