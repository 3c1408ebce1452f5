import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.1 home: every section leads to its pages, rankings by four things, to-dos open the filtered list', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const entries = page.getByRole('navigation', { name: '功能入口' })
  for (const section of ['基础管理', '运营管理', '用户管理', '系统管理']) await expect(entries.getByRole('heading', { name: section, exact: true })).toBeVisible()
  const ranking = page.getByRole('region', { name: '充电站排行' })
  for (const by of ['电量', '金额', '利用率', '失败率']) {
    await ranking.getByRole('button', { name: by, exact: true }).click()
    await expect(ranking.getByRole('button', { name: by, exact: true })).toHaveAttribute('aria-pressed', 'true')
  }
  await ranking.getByRole('button', { name: '利用率', exact: true }).click()
  await expect(ranking.getByRole('listitem').first()).toContainText('%')
  await shot(page, 'home-ranking')
  await ranking.getByRole('button', { name: '电量', exact: true }).click()
  await expect(ranking.getByRole('listitem').first()).toContainText('kWh')
  await page.getByRole('link', { name: /^离线桩/ }).click().catch(() => entries.getByRole('link', { name: '充电桩', exact: true }).click())
  await expect(page).toHaveURL(/\/piles/)
  expect(faults).toEqual([])
})

test('R-5.1 figures that are old are greyed and say how old they are', async ({ page }) => {
  await page.clock.install()
  await signIn(page)
  await expect(page.getByRole('region', { name: '今日' })).toBeVisible()
  await page.route('**/api/v1/home', (route) => route.abort())
  await page.clock.runFor(100_000)
  await expect(page.getByText(/数据停留在/)).toHaveCount(0)
  await page.clock.runFor(50_000)
  await expect(page.getByText(/数据停留在 .*2 分钟前/)).toBeVisible()
  await expect(page.locator('.cards.stale')).toBeVisible()
  await shot(page, 'home-stale')
  await page.unroute('**/api/v1/home')
  await page.getByRole('button', { name: '重试' }).click()
  await expect(page.getByText(/数据停留在/)).toHaveCount(0)
})
