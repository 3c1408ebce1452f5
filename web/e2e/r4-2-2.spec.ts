import { expect, test, type Page } from '@playwright/test'
import { complaints, shot, signIn } from './console'

const titles = (page: Page) => page.locator('.frame .handle').allInnerTexts()
async function keptIs(page: Page, wanted: unknown) {
  await expect.poll(async () => {
    const answer = await page.request.get('/api/v1/preferences/home.cards')
    return answer.ok() ? ((await answer.json()) as { value: unknown }).value : null
  }).toEqual(wanted)
}

test.beforeEach(async ({ page }) => signIn(page))

test('R-4.2.2 a person arranges the cards by keys and by dragging, hides one, and finds it so on another computer', async ({ page, browser }) => {
  // All of it in sight: a page that scrolls under the mouse drags another card.
  await page.setViewportSize({ width: 1366, height: 1700 })
  await page.getByRole('button', { name: '调整布局' }).click()
  const before = await titles(page)
  expect(before[0]).toBe('今日指标')
  // Keys: the second card goes first, and keeps the keyboard.
  const handle = page.getByRole('button', { name: '移动「枪状态」' })
  await handle.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(handle).toBeFocused()
  expect((await titles(page)).slice(0, 2)).toEqual(['枪状态', '今日指标'])
  await expect(page.getByText('「枪状态」已移到第 1 位')).toBeAttached()
  await page.getByRole('button', { name: '隐藏「近 30 天趋势」' }).click()
  await page.locator('.frame').filter({ has: page.locator('[data-card="todo"]') }).dragTo(page.locator('.frame').filter({ has: page.locator('[data-card="states"]') }), { sourcePosition: { x: 120, y: 90 }, targetPosition: { x: 120, y: 90 } })
  await expect.poll(async () => (await titles(page))[0]).toBe('待办')
  await page.setViewportSize({ width: 1366, height: 768 })
  await shot(page, 'home-arranging')
  const now = ['todo', 'states', 'figures', 'now', 'hours', 'ranking', 'notices', 'entries']
  await keptIs(page, now)
  await page.getByRole('button', { name: '完成调整' }).click()
  await expect(page.getByRole('heading', { name: '近 30 天' })).toHaveCount(0)

  const other = await (await browser.newContext()).newPage()
  await signIn(other, { keep: true })
  await expect(other.locator('.cards h2').first()).toHaveText('待办')
  await expect(other.getByRole('heading', { name: '近 30 天' })).toHaveCount(0)
  await other.context().close()

  await page.getByRole('button', { name: '调整布局' }).click()
  await page.getByRole('button', { name: '恢复默认布局' }).click()
  expect(await titles(page)).toEqual(before)
  await keptIs(page, null)
})

test('R-4.2.2 a choice made without a link is kept and sent when the link is back', async ({ page }) => {
  await page.getByRole('button', { name: '调整布局' }).click()
  await page.route('**/api/v1/preferences/**', (route) => route.abort())
  await page.getByRole('button', { name: '隐藏「功能入口」' }).click()
  await page.waitForTimeout(1_000)
  await keptIs(page, null)
  await page.unroute('**/api/v1/preferences/**')
  await page.reload()
  await expect(page.getByRole('region', { name: '今日' })).toBeVisible()
  await expect(page.getByRole('navigation', { name: '功能入口' })).toHaveCount(0)
  await keptIs(page, ['figures', 'states', 'now', 'todo', 'hours', 'days', 'ranking', 'notices'])
})

test('R-4.2.2 pinned stations show how they are now', async ({ page }) => {
  await page.getByRole('button', { name: '调整布局' }).click()
  await page.getByRole('button', { name: '关注的充电站' }).click()
  await page.getByRole('button', { name: '完成调整' }).click()
  const card = page.getByRole('region', { name: '关注的充电站' })
  await expect(card).toContainText('添加常看的充电站')
  await card.getByRole('combobox').click()
  const option = page.getByRole('option').first()
  const name = (await option.innerText()).trim()
  await option.click()
  const row = card.getByRole('listitem').filter({ hasText: name })
  await expect(row).toContainText('kWh')
  await page.reload()
  await expect(row).toBeVisible()
  await shot(page, 'home-pinned')
  await row.getByRole('button', { name: `不再关注 ${name}` }).click()
  await expect(card.getByRole('listitem')).toHaveCount(0)
})

test('R-4.2.2 a group of the menu that one does not work with is folded, and stays so', async ({ page }) => {
  const faults = complaints(page)
  const menu = page.getByRole('navigation', { name: '主菜单' })
  const group = menu.getByRole('button', { name: '司机端运营' })
  const inside = menu.getByRole('link', { name: '司机价' })
  await expect(inside).toBeVisible()
  await group.click()
  await expect(group).toHaveAttribute('aria-expanded', 'false')
  await expect(inside).toHaveCount(0)
  await page.reload()
  await expect(group).toHaveAttribute('aria-expanded', 'false')
  // Where one is stays in sight.
  await page.goto('/driver-prices')
  await expect(inside).toBeVisible()
  await page.goto('/')
  await group.click()
  await expect(inside).toBeVisible()
  expect(faults).toEqual([])
})
