import { createHmac } from 'node:crypto'
import { expect, test, type Page } from '@playwright/test'
import { shot, signIn } from './console'

/** What an authenticator shows (RFC 6238), `ahead` steps from now. */
function code(secret: string, ahead = 0): string {
  const bits = [...secret].map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g)!.map((eight) => parseInt(eight, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead))
  const digest = createHmac('sha1', key).update(counter).digest()
  const at = digest[19]! & 15
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

async function enter(page: Page, account: string, password: string): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('账号', { exact: true }).fill(account)
  await page.getByLabel('密码', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
}
async function leave(page: Page): Promise<void> {
  await page.context().clearCookies()
}

test('R-4.3 a given password is changed first, two-step verification is switched on, and a code or a recovery code opens', async ({ page }) => {
  await signIn(page)
  const account = `two.step.${Date.now() % 1_000_000}`
  const [given, own] = ['Ukgtbrfm-12', 'Wdzjnylc-34']
  const made = await page.request.post('/api/v1/staff', { headers: { 'X-Requested-With': 'pileops' }, data: { account, name: '两步验证的人', role: 'viewer', operator_id: null, password: given } })
  expect(made.ok(), await made.text()).toBe(true)
  await leave(page)

  await enter(page, account, given)
  await expect(page.getByText('请先修改密码', { exact: false }).first()).toBeVisible()
  await page.goto('/piles')
  await expect(page).toHaveURL(/\/account/)
  await page.getByRole('main').getByRole('button', { name: '修改密码' }).click()
  const change = page.getByRole('dialog')
  await change.getByLabel('当前密码').fill(given)
  await change.getByLabel('新密码', { exact: true }).fill('Password-2026')
  await change.getByLabel('再次输入新密码').fill('Password-2026')
  await change.getByRole('button', { name: '保存' }).click()
  await expect(change.getByText('容易被猜到', { exact: false })).toBeVisible()
  await change.getByLabel('新密码', { exact: true }).fill(own)
  await change.getByLabel('再次输入新密码').fill(own)
  await change.getByRole('button', { name: '保存' }).click()
  await expect(change).toBeHidden()
  await expect(page).toHaveURL(/\/piles$/)

  await page.goto('/account')
  await expect(page.getByText('当前登录')).toBeVisible()
  await page.getByRole('button', { name: '开启两步验证' }).click()
  const scan = page.getByRole('dialog', { name: '开启两步验证' })
  await expect(scan.getByRole('img', { name: '两步验证二维码' })).toBeVisible()
  const secret = (await scan.locator('form').innerText()).match(/[A-Z2-7]{32}/)![0]
  await shot(page, 'two-factor')
  await scan.getByLabel('验证码').fill('123')
  await scan.getByRole('button', { name: '确认开启' }).click()
  await expect(scan.getByRole('alert')).toContainText('6 位数字')
  await scan.getByLabel('验证码').fill(code(secret))
  await scan.getByRole('button', { name: '确认开启' }).click()
  const codes = page.getByRole('dialog', { name: '恢复码' }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  const recovery = await codes.first().innerText()
  await page.getByRole('button', { name: '我已保存' }).click()
  await expect(page.getByText('尚有 10 个恢复码可用', { exact: false })).toBeVisible()
  await leave(page)

  await enter(page, account, own)
  await expect(page.getByText('请输入手机验证器中的 6 位验证码', { exact: false })).toBeVisible()
  await shot(page, 'sign-in-code')
  await page.getByLabel('验证码').fill('000000')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('验证码不正确')
  // The code of now switched it on; the next one is not used yet.
  await page.getByLabel('验证码').fill(code(secret, 1))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('navigation', { name: '主菜单' })).toBeVisible()
  await leave(page)

  await enter(page, account, own)
  await page.getByLabel('验证码').fill(recovery)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('navigation', { name: '主菜单' })).toBeVisible()
  await page.goto('/account')
  await expect(page.getByText('尚有 9 个恢复码可用', { exact: false })).toBeVisible()
  await leave(page)

  // Another administrator takes it away, with the reason.
  await signIn(page, { keep: true })
  await page.goto(`/staff?account=${account}`)
  await page.getByRole('row').filter({ hasText: account }).getByRole('button', { name: '重置两步验证' }).click()
  const reset = page.getByRole('dialog')
  await reset.getByLabel('原因').fill('手机丢失，已核对工牌')
  await reset.getByRole('button', { name: '重置两步验证' }).click()
  await expect(page.getByText(`账号 ${account} 的两步验证已重置`)).toBeVisible()
  await leave(page)
  await enter(page, account, own)
  await expect(page.getByRole('navigation', { name: '主菜单' })).toBeVisible()
})
