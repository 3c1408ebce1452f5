import { expect, request, test, type Page } from '@playwright/test'
import { complaints, shot, signIn } from './console'

const stamp = Date.now() % 1_000_000
const fleets = async (page: Page, name: string): Promise<number> => {
  const answer = await page.request.get(`/api/v1/fleets?name=${encodeURIComponent(name)}`)
  expect(answer.ok()).toBe(true)
  return ((await answer.json()) as { items: { name: string }[] }).items.filter((one) => one.name === name).length
}
/** The form for a new fleet, with this name in it. */
async function written(page: Page, name: string) {
  await page.goto('/fleets')
  await page.getByRole('button', { name: '新建车队' }).click()
  const form = page.getByRole('dialog', { name: '新建车队' })
  await form.getByLabel('车队名称').fill(name)
  await form.getByLabel('备注').fill('已经写了很多字')
  return form
}

test('R-6.1.2 T-67 a double click, the way back and a reload make one of each, and no typed text is lost', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)

  // Twice on the button, as fast as a hand can.
  const twice = `双击车队${stamp}`
  let form = await written(page, twice)
  await form.getByRole('button', { name: '新建', exact: true }).dblclick()
  await expect(page).toHaveURL(/\/fleets\/\d+$/)
  await page.reload()
  await page.goBack()
  await expect(page.getByRole('link', { name: twice })).toHaveCount(1)
  expect(await fleets(page, twice)).toBe(1)

  // A name that is taken is told at its field, and the rest of the form stays.
  form = await written(page, twice)
  await form.getByRole('button', { name: '新建', exact: true }).click()
  await expect(form.getByText('已存在，请换一个')).toBeVisible()
  await expect(form.getByLabel('备注')).toHaveValue('已经写了很多字')

  // Whoever closes it is asked, and may think better of it.
  await page.keyboard.press('Escape')
  const ask = page.getByRole('dialog').filter({ hasText: '放弃已填写的内容' })
  await expect(ask).toBeVisible()
  await ask.getByRole('button', { name: '取消' }).click()
  await expect(form.getByLabel('车队名称')).toHaveValue(twice)
  expect(faults.filter((fault) => !/status of 409/.test(fault))).toEqual([])
})

test('R-6.1.2 T-67 a cable that is pulled, a part that is away and a session that has ended are told as themselves and cost no word', async ({ page }) => {
  await signIn(page)
  const name = `断网车队${stamp}`
  const form = await written(page, name)
  const send = form.getByRole('button', { name: '新建', exact: true })
  const kept = async () => {
    await expect(form.getByLabel('车队名称')).toHaveValue(name)
    await expect(form.getByLabel('备注')).toHaveValue('已经写了很多字')
  }

  await page.route('**/api/v1/fleets', (route) => (route.request().method() === 'POST' ? route.abort('connectionfailed') : route.continue()))
  await send.click()
  await expect(form.getByText('无法连接服务器：请检查网络后重试', { exact: false })).toBeVisible()
  await kept()
  await shot(page, 'mistakes-network')
  await page.unroute('**/api/v1/fleets')

  await page.route('**/api/v1/fleets', (route) => (route.request().method() === 'POST' ? route.fulfill({ status: 503, contentType: 'text/plain', body: '' }) : route.continue()))
  await send.click()
  await expect(form.getByText(/暂时不可用|正在恢复|稍后/).first()).toBeVisible()
  await expect(form.getByText('密码')).toHaveCount(0)
  await kept()
  await page.unroute('**/api/v1/fleets')

  // Signed out elsewhere: signing in again over the page, the same click goes.
  await page.context().clearCookies()
  await send.click()
  const again = page.getByRole('dialog', { name: '登录已失效' })
  await expect(again).toContainText('已填写的内容不会丢失')
  await again.getByLabel('密码').fill(process.env.PILEOPS_PASSWORD ?? '')
  await again.getByRole('button', { name: '登录' }).click()
  await expect(again).toBeHidden()
  await kept()
  await send.click()
  await expect(page).toHaveURL(/\/fleets\/\d+$/)
  expect(await fleets(page, name)).toBe(1)
})

test('R-6.1.2 T-67 two tabs do not overwrite each other, and what destroys asks by the name of the thing', async ({ page, context }) => {
  await signIn(page)
  const name = `两页车队${stamp}`
  const made = await page.request.post('/api/v1/fleets', { headers: { 'X-Requested-With': 'pileops' }, data: { name } })
  const { id } = (await made.json()) as { id: number }
  const other = await context.newPage()
  const edits = []
  for (const tab of [page, other]) {
    await tab.goto(`/fleets/${id}`)
    await tab.getByRole('button', { name: '编辑', exact: true }).first().click()
    const form = tab.getByRole('dialog', { name: '编辑车队' })
    await form.getByLabel('备注').fill(tab === page ? '先保存的' : '后保存的')
    edits.push(form)
  }
  await edits[0]!.getByRole('button', { name: '保存' }).click()
  await expect(edits[0]!).toBeHidden()
  await edits[1]!.getByRole('button', { name: '保存' }).click()
  await expect(edits[1]!.getByText(/已被|刷新/).first()).toBeVisible()
  await expect(edits[1]!.getByLabel('备注')).toHaveValue('后保存的')
  const now = (await (await page.request.get(`/api/v1/fleets/${id}`)).json()) as { note: string }
  expect(now.note).toBe('先保存的')
  await other.close()

  // A reset password throws somebody out: it is asked for by account and name, and no is no.
  const account = `mistake.${stamp}`
  const staff = await page.request.post('/api/v1/staff', { headers: { 'X-Requested-With': 'pileops' }, data: { account, name: '误操作的人', role: 'viewer', operator_id: null } })
  expect(staff.ok(), await staff.text()).toBe(true)
  const { password } = (await staff.json()) as { password: string }
  await page.goto(`/staff?account=${account}`)
  await page.getByRole('row').filter({ hasText: account }).getByRole('button', { name: '重置密码' }).click()
  const ask = page.getByRole('dialog')
  await expect(ask).toContainText(account)
  await expect(ask).toContainText('误操作的人')
  await ask.getByRole('button', { name: '取消' }).click()
  const theirs = await request.newContext({ baseURL: process.env.PILEOPS_URL, extraHTTPHeaders: { 'X-Requested-With': 'pileops' } })
  const still = await theirs.post('/api/v1/session', { data: { account, password } })
  expect(still.ok(), await still.text()).toBe(true)
  await theirs.dispose()
})
