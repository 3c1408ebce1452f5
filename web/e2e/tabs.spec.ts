import { expect, test } from '@playwright/test'
import { complaints, signIn } from './console'

test('eight open tabs are all live over one stream', async ({ page, context }) => {
  await signIn(page)
  const piles = (await (await page.request.get('/api/v1/piles?limit=8')).json()) as { items: { code: string }[] }
  const faults: string[][] = []
  const tabs = [page]
  for (const { code } of piles.items.slice(0, 7)) {
    const tab = await context.newPage()
    faults.push(complaints(tab))
    // With a stream for each tab, the seventh would wait here for ever.
    await tab.goto(`/piles/${encodeURIComponent(code)}`, { timeout: 20_000 })
    await expect(tab.getByRole('heading', { level: 1 })).toBeVisible()
    tabs.push(tab)
  }
  for (const tab of tabs) await expect(tab.getByRole('status').filter({ hasText: '实时' })).toHaveClass(/\bon\b/)
  // And what changes reaches them all: a card is registered on one and appears on the other.
  await page.goto('/cards')
  await tabs[1]!.goto('/cards')
  const tag = `E2E${Date.now() % 1e9}`
  const made = await page.request.post('/api/v1/cards', { data: { tag, status: 'accepted', sessions_max: 1 }, headers: { 'X-Requested-With': 'pileops', Origin: new URL(page.url()).origin } })
  expect(made.ok(), await made.text()).toBe(true)
  for (const tab of tabs.slice(0, 2)) await expect(tab.getByText(tag)).toBeVisible()
  for (const list of faults) expect(list).toEqual([])
})

test('a session that ended is begun again over the page, and what was typed stays', async ({ page, context }) => {
  await signIn(page)
  await page.goto('/piles')
  await page.getByRole('button', { name: '新建充电桩' }).click()
  const name = page.getByRole('dialog', { name: '新建充电桩' }).getByRole('textbox', { name: '站内名称' })
  await name.fill('typed before')
  await context.clearCookies()
  // The field looks for stations, and learns that nobody is signed in.
  await page.getByRole('dialog', { name: '新建充电桩' }).getByRole('combobox', { name: '所属充电站' }).fill('a')
  const again = page.getByRole('dialog', { name: '登录已失效' })
  await expect(again).toBeVisible({ timeout: 60_000 })
  await again.getByLabel('密码', { exact: true }).fill(process.env.PILEOPS_PASSWORD ?? '')
  await again.getByRole('button', { name: '登录', exact: true }).click()
  await expect(again).toBeHidden()
  await expect(name).toHaveValue('typed before')
})
