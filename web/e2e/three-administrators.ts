// Ends what the administrator may do alone, for good, so it runs last on an installation of its own: e2e/run.sh first.
import { expect, test, type Page } from '@playwright/test'
import { account, menuPages, ownPassword, password, passwordOwn, shot } from './console'

async function enter(page: Page, who: string, secret: string): Promise<void> {
  await page.context().clearCookies()
  await page.goto('/sign-in')
  await page.getByLabel('账号', { exact: true }).fill(who)
  await page.getByLabel('密码', { exact: true }).fill(secret)
  await page.keyboard.press('Enter')
}

/** Each of the three: what they open, and what of the others they do not. */
const THREE = [
  { power: '系统管理员', account: 'sys.one', opens: ['/parameters', '/jobs', '/channels', '/backups'], shut: ['/staff', '/roles', '/audit', '/orders', '/customers'] },
  { power: '安全管理员', account: 'sec.one', opens: ['/staff', '/roles', '/identity-providers'], shut: ['/parameters', '/jobs', '/audit', '/orders', '/customers'] },
  { power: '审计管理员', account: 'aud.one', opens: ['/audit', '/staff', '/roles'], shut: ['/parameters', '/jobs', '/orders', '/customers'] },
] as const
const reading: Record<string, string> = { '/identity-providers': '/identity-providers', '/backups': '/backup' }

const own = 'Wdzjnylc-34'

test('R-4.3 the administrator is split into three, and each sees their own doors alone', async ({ page }) => {
  // Where the first run was not made before, the printed password still holds.
  const known = await page.request.post('/api/v1/session', { headers: { 'X-Requested-With': 'pileops' }, data: { account, password: ownPassword } })
  if (!known.ok()) await passwordOwn(account, password, ownPassword)
  await enter(page, account, ownPassword)
  await expect(page.getByRole('navigation', { name: '主菜单' })).toBeVisible({ timeout: 30_000 })

  await page.goto('/staff')
  await page.getByRole('button', { name: '三员分立' }).click()
  const form = page.getByRole('dialog', { name: '三员分立' })
  await expect(form).toContainText('现有的全权账号（包括您自己的）立即停用')
  for (const one of THREE) {
    await form.getByLabel(`${one.power}账号`).fill(one.account)
    await form.getByLabel(`${one.power}姓名`).fill(`${one.power}甲`)
  }
  await form.getByLabel('原因').fill('等保三级要求')
  await form.getByRole('button', { name: '生成三个账号并停用全权账号' }).click()

  // The passwords are shown once; that the session has ended meanwhile must not hide them.
  const once = page.getByRole('dialog', { name: '请保存密码' })
  await expect(once).toBeVisible({ timeout: 30_000 })
  await page.waitForTimeout(1500)
  const given = await once.innerText()
  await shot(page, 'three-administrators')
  await once.getByRole('button', { name: '我已保存' }).click()
  await expect(once).toBeHidden()

  await enter(page, account, ownPassword)
  await expect(page.getByRole('alert')).toBeVisible()

  for (const one of THREE) {
    const secret = new RegExp(`${one.account.replace('.', '\\.')}\\s+(\\S+)`).exec(given)?.[1]
    expect(secret, `the password of ${one.account}`).toBeTruthy()
    await passwordOwn(one.account, secret!, own)
    await enter(page, one.account, own)
    const paths = await menuPages(page)
    for (const path of one.opens) expect(paths, `${one.power} opens ${path}`).toContain(path)
    for (const path of one.shut) expect(paths, `${one.power} does not open ${path}`).not.toContain(path)
    // The doors themselves are shut as well, not only their lines in the menu.
    for (const path of one.shut) expect((await page.request.get(`/api/v1${path}`)).status(), path).toBe(403)
    for (const path of one.opens) expect((await page.request.get(`/api/v1${reading[path] ?? path}`)).status(), path).toBe(200)
    await page.goto(one.shut[0])
    await expect(page.getByRole('heading', { name: '没有权限' })).toBeVisible()
    await page.goto(one.opens[0])
    await expect(page.locator('main .card').first()).toBeVisible()
    // Who audits sees the accounts and changes none.
    if (one.power === '审计管理员') {
      await page.goto('/staff')
      await expect(page.getByRole('button', { name: '新建账号' })).toBeDisabled()
    }
  }

  // Who administers security gives nothing to themselves, and is told so.
  await enter(page, 'sec.one', own)
  await expect(page.getByRole('navigation', { name: '主菜单' })).toBeVisible()
  await page.goto('/staff?account=sec.one')
  await page.getByRole('row').filter({ hasText: 'sec.one' }).getByRole('button', { name: '编辑' }).click()
  const edit = page.getByRole('dialog')
  await edit.locator('.el-form-item').filter({ hasText: '角色' }).locator('.el-select').click()
  await page.getByRole('option', { name: '审计管理员' }).click()
  await edit.getByRole('button', { name: '保存' }).click()
  await expect(edit.locator('.el-form-item__error, [role=alert], .problem').filter({ hasText: /自己|本人/ }).first()).toBeVisible()
  await shot(page, 'three-administrators-oneself')
})
