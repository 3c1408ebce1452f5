import { expect, test } from '@playwright/test'
import { complaints, passwordOwn, shot, signIn } from './console'

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

test('R-5.4 who has left takes their data along and is erased by a second person, and the books still balance', async ({ page, browser }) => {
  const faults = complaints(page)
  await signIn(page)
  const stamp = String(Date.now())
  const [name, phone] = [`离开${stamp.slice(-6)}`, `139${stamp.slice(-8)}`]
  const api = async (method: string, path: string, data: object) => {
    const answer = await page.request.fetch(`/api/v1${path}`, { method, headers: { 'X-Requested-With': 'pileops' }, data })
    expect(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`).toBe(true)
    return answer.text().then((text) => (text ? JSON.parse(text) : null))
  }
  const { id } = await api('POST', '/customers', { name, phone, kind: 'person' })
  const money = (kind: string) => api('POST', `/customers/${id}/wallet-changes`, { kind, amount_fen: 1234, reason: '注销前结清', request_id: `${kind}-${stamp}` })
  await money('top_up')
  await money('principal_deduction')
  const { version } = await (await page.request.get(`/api/v1/customers/${id}`)).json()
  await api('PUT', `/customers/${id}/status`, { version, status: 'cancelled', reason: '本人申请注销' })

  await page.goto(`/customers/${id}?tab=person`)
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: '导出个人信息' }).click()
  await dialog.getByLabel('原因').fill('用户本人来电申请')
  await dialog.getByRole('button', { name: '导出个人信息' }).click()
  await expect(page.locator('tbody tr').first()).toContainText('已完成')
  const exported = (await (await page.request.get('/api/v1/exports?limit=1')).json()) as { items: { id: number; noun: string }[] }
  expect(exported.items[0]!.noun).toBe('person')
  // The archive is not compressed: what is in its JSON can be read.
  const file = await page.request.get(`/api/v1/exports/${exported.items[0]!.id}/file`)
  const text = (await file.body()).toString('utf8')
  expect(text).toContain(phone)
  expect(text).toContain(name)

  await page.goto(`/customers/${id}?tab=person`)
  const erase = page.getByRole('region', { name: '删除个人信息' })
  await erase.getByRole('button', { name: '申请删除' }).click()
  await dialog.getByLabel('原因').fill('用户本人来电申请，已核对手机号')
  await dialog.getByRole('button', { name: '申请删除' }).click()
  await expect(erase).toContainText('待复核')
  await expect(erase.getByRole('button', { name: '复核通过并删除' })).toBeDisabled()

  const account = `erase.${stamp}`
  const [given, own] = ['Another-Horse-8', 'Correct-Horse-9']
  // Not a second administrator: who tries later to take the last one's powers would succeed.
  const { code } = await api('POST', '/roles', { name: `复核 ${stamp}`, operator_id: null, permissions: ['home.read', 'customer.read', 'customer.erase'] })
  await api('POST', '/staff', { account, name: '复核员', role: code, operator_id: null, password: given })
  await passwordOwn(account, given, own)
  const second = await browser.newContext({ baseURL: new URL(page.url()).origin, locale: 'zh-CN' })
  const desk = await second.newPage()
  const others = complaints(desk)
  await desk.goto('/sign-in')
  await desk.getByLabel('账号', { exact: true }).fill(account)
  await desk.getByLabel('密码', { exact: true }).fill(own)
  await desk.keyboard.press('Enter')
  await expect(desk.getByRole('navigation', { name: '主菜单' })).toBeVisible()
  await desk.goto(`/customers/${id}?tab=person`)
  await desk.getByRole('button', { name: '复核通过并删除' }).click()
  await desk.getByRole('dialog').getByRole('button', { name: '复核通过并删除' }).click()
  await expect(desk.getByRole('region', { name: '删除个人信息' })).toContainText('个人信息已于')
  expect(others).toEqual([])
  await second.close()

  await page.goto('/erasures?state=done')
  await expect(page.locator('tbody tr').filter({ hasText: `· ${id}` })).toContainText('已删除')
  await page.goto(`/customers/${id}`)
  await expect(page.locator('main')).toContainText('已注销用户')
  await expect(page.locator('main')).not.toContainText(name)
  const { items } = await (await page.request.get(`/api/v1/customers?phone=${phone}`)).json()
  expect(items).toEqual([])
  // What was paid in and out stays in the books under the customer's number alone.
  const { total } = await (await page.request.get(`/api/v1/postings?customer_id=${id}`)).json()
  expect(total).toBe(2)
  await page.goto('/trial-balance')
  await expect(page.locator('main')).toContainText('借贷平衡')
  expect(faults).toEqual([])
})
