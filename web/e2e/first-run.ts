// Begins on an empty installation, so it runs alone: e2e/run.sh first.
import AxeBuilder from '@axe-core/playwright'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { account, complaints, ownPassword, password, passwordOwn, shot } from './console'

const url = process.env.PILEOPS_URL ?? ''
const folder = mkdtempSync(join(tmpdir(), 'first-run-'))
let sim: ChildProcess | undefined
test.afterAll(() => {
  sim?.kill()
  rmSync(folder, { recursive: true })
})

/** A pile of which the technician has entered what the page shows. */
function technician(address: string, code: string, secret: string): void {
  writeFileSync(join(folder, 'piles.csv'), `code,protocol,password,connectors\n${code},ocpp1.6,${secret},1\n`)
  const args = ['run', '--server', address.replace(/\/$/, ''), '--piles', join(folder, 'piles.csv'), '--arrivals', '0', '--misfortunes', '0', '--free-every', '1', '--speed', '40', '--meter-interval', '1']
  sim = spawn(process.env.PILEOPS_SIM_BIN ?? 'pileops-sim', args, { stdio: 'ignore' })
}
const serious = async (page: Page) => (await new AxeBuilder({ page }).analyze()).violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id}: ${v.nodes[0]?.target.join(' ')}`)
const step = (page: Page, name: string) => page.getByRole('listitem').filter({ has: page.getByRole('button', { name, exact: true }) }).first()

test('R-6.4 an empty installation is led to its first charge, can be left, and knows by itself how far it is', async ({ page }) => {
  const faults = complaints(page)
  // What the installation has printed holds until its owner has chosen another.
  await passwordOwn(account, password, ownPassword)
  await page.goto('/sign-in')
  await page.getByLabel('账号', { exact: true }).fill(account)
  await page.getByLabel('密码', { exact: true }).fill(ownPassword)
  await page.keyboard.press('Enter')

  // Nobody has asked for it: there is nothing else to see yet.
  await expect(page.getByRole('heading', { name: '首次使用引导' })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('已完成 0 / 6', { exact: true })).toBeVisible()
  await shot(page, 'first-run-empty')
  expect(await serious(page)).toEqual([])

  const main = page.locator('main')
  const dialog = page.getByRole('dialog')
  await main.getByRole('button', { name: '新建运营商' }).click()
  await dialog.getByLabel('运营商名称').fill('江城充电')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(step(page, '登记公司')).toContainText('江城充电')

  // Left, found again on the home page, and not forced on anybody.
  await page.getByRole('button', { name: '稍后继续' }).click()
  await expect(page).toHaveURL(/\/$/)
  await page.getByRole('region', { name: '首次使用引导' }).getByRole('link', { name: '继续' }).click()

  await main.getByRole('button', { name: '开通城市' }).last().click()
  await dialog.getByLabel('城市').fill('武汉')
  await page.getByRole('option', { name: /武汉/ }).click()
  await dialog.getByRole('heading').first().click()
  await dialog.getByRole('button', { name: '开通' }).click()
  await expect(step(page, '开通城市')).toContainText('武汉')

  await main.getByRole('button', { name: '新建充电站' }).last().click()
  await dialog.getByLabel('充电站名称').fill('江城一号站')
  await dialog.getByLabel('地址').fill('一路1号')
  await dialog.getByRole('button', { name: '新建' }).click()
  await expect(step(page, '新建充电站')).toContainText('江城一号站')

  await main.getByRole('button', { name: '新建计费模型' }).click()
  await dialog.getByLabel('名称').first().fill('统一价')
  for (const input of await dialog.locator('tbody input[inputmode=decimal]').all()) await input.fill('0.7')
  await dialog.getByRole('button', { name: '保存' }).click()
  await main.getByRole('button', { name: /给「江城一号站」使用「统一价」/ }).click()
  await expect(step(page, '设置计费')).toContainText('统一价')

  await main.getByRole('button', { name: '新建充电桩' }).click()
  await dialog.getByLabel('电桩编号').fill('FIRST-1')
  await dialog.getByLabel('站内名称').fill('一号桩')
  await dialog.getByRole('button', { name: '新建' }).click()
  await page.getByRole('button', { name: '我已保存' }).click()
  await expect(page.getByText('正在等待 FIRST-1 连上来')).toBeVisible()
  await shot(page, 'first-run-waiting')
  expect(await serious(page)).toEqual([])
  await expect(page.getByText('这是本机地址')).toBeVisible()
  const told = (label: string) => page.locator('dl > div').filter({ hasText: label }).locator('dd .mono').innerText()
  expect(await told('平台地址')).toBe(`${url.replace('http', 'ws')}/ocpp/`)

  technician(await told('平台地址'), await told('桩标识'), await told('接入密码'))
  await expect(step(page, '接入第一台桩').locator('.no svg')).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('已完成 5 / 6', { exact: true })).toBeVisible()

  const start = page.getByRole('article', { name: '1 号枪' }).getByRole('button', { name: '远程启动' })
  await expect(start).toBeEnabled()
  await start.click()
  await dialog.getByRole('button', { name: '远程启动' }).click()
  const stop = page.getByRole('button', { name: '远程停止' })
  await expect(stop).toBeVisible({ timeout: 30_000 })
  // What has been delivered grows while somebody looks.
  await expect(page.locator('.readings').first()).toContainText(/0\.\d*[1-9]\d* kWh|[1-9]\d*\.\d+ kWh/, { timeout: 20_000 })
  await shot(page, 'first-run-charging')
  await stop.click()
  await dialog.getByRole('button', { name: '远程停止' }).click()

  await expect(page.getByText('已完成 6 / 6', { exact: true })).toBeVisible({ timeout: 20_000 })
  await expect(page.getByRole('region', { name: '账单' })).toBeVisible()
  await expect(page.getByRole('region', { name: '接下来' })).toBeVisible()
  await shot(page, 'first-run-done')
  expect(await serious(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  await page.waitForTimeout(300)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  await shot(page, 'first-run-phone')

  // With a first charge it is in nobody's way any more.
  await page.getByRole('button', { name: '进入首页' }).click()
  await expect(page.getByRole('heading', { name: '首页' })).toBeVisible()
  await expect(page.getByRole('region', { name: '首次使用引导' })).toHaveCount(0)
  expect(faults).toEqual([])
})
