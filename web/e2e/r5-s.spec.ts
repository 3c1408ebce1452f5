import { expect, test, type Page } from '@playwright/test'
import type { components } from '../api/schema'
import { complaints, shot, signIn } from './console'

/** Chooses in the select that has this label, inside the open dialog. What is chosen lies over the input that is clicked. */
async function choose(page: Page, label: string, option: string) {
  await page.getByRole('dialog').getByRole('combobox', { name: label }).click({ force: true })
  await page.getByRole('option', { name: option, exact: true }).click()
}

test('R-5.s a role is copied, given to a new account, and that account is changed, disabled and found in the log', async ({ page }) => {
  const faults = complaints(page)
  const account = `e2e.${Date.now() % 1_000_000}`
  const role = `值班 ${account}`
  await signIn(page)

  await page.goto('/roles')
  await expect(page.getByRole('row', { name: /平台管理员/ })).toContainText('产品自带')
  await shot(page, 'roles')
  await page.getByRole('row', { name: /^只读/ }).getByRole('button', { name: '复制' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('角色名称')).toHaveValue('只读（副本）')
  await dialog.getByLabel('角色名称').fill(role)
  await dialog.getByText('查看充电卡', { exact: true }).click()
  await shot(page, 'role-edit')
  await dialog.getByRole('button', { name: '新建' }).click()
  const made = page.getByRole('row', { name: role })
  await expect(made).toContainText('自建')

  await page.goto('/staff')
  await shot(page, 'staff')
  await page.getByRole('button', { name: '新建账号' }).click()
  await dialog.getByLabel('账号', { exact: true }).fill(account)
  await dialog.getByLabel('姓名').fill('测试员')
  await choose(page, '角色', role)
  await dialog.getByText('指定充电站', { exact: true }).click()
  // Nothing chosen: told at the field, and what was typed stays.
  await dialog.getByRole('button', { name: '新建' }).click()
  await expect(dialog.getByText('请至少选择一项')).toBeVisible()
  await dialog.getByText('全部', { exact: true }).click()
  await dialog.getByRole('button', { name: '新建' }).click()
  await expect(page.getByText('仅显示这一次')).toBeVisible()
  await page.getByRole('button', { name: '我已保存' }).click()

  await page.getByRole('textbox', { name: '账号', exact: true }).fill(account)
  const row = page.getByRole('row', { name: account })
  await expect(page.getByText('共 1 条')).toBeVisible()
  await expect(row).toContainText(role)
  await row.getByRole('button', { name: '编辑' }).click()
  await choose(page, '状态', '已停用')
  await dialog.getByLabel('交接说明').fill('钥匙交给王芳')
  await shot(page, 'staff-edit')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(row).toContainText('已停用')
  await expect(row).toContainText('钥匙交给王芳')

  // A role that somebody has cannot be deleted, and the button says why.
  await page.goto('/roles')
  const remove = page.getByRole('row', { name: role }).getByRole('button', { name: '删除' })
  await expect(remove).toBeDisabled()
  await expect(remove).toHaveAttribute('title', /还有 1 个账号/)

  await page.goto('/audit?noun=staff')
  await shot(page, 'audit')
  await page.getByRole('row', { name: /修改账号/ }).first().getByRole('button').click()
  const after = dialog.getByRole('row', { name: /交接说明/ })
  await expect(after).toContainText('钥匙交给王芳')
  await shot(page, 'audit-detail')
  expect(faults).toEqual([])
})

test('R-5.s the last administrator cannot be disabled or demoted, and the page says why', async ({ page }) => {
  await signIn(page)
  const { items } = (await (await page.request.get('/api/v1/staff?role=admin&limit=100')).json()) as components['schemas']['StaffList']
  const able = items.filter((one) => one.operator_id == null && !one.disabled).map((one) => one.account)
  expect(able, 'who could still administer the platform; with a second one this test would take it from the first').toEqual(['admin'])
  await page.goto('/staff?account=admin')
  await page.getByRole('row', { name: /^admin/ }).getByRole('button', { name: '编辑' }).click()
  await choose(page, '角色', '只读')
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await expect(page.getByRole('dialog').getByText(/最后一个可用的平台系统管理员/)).toBeVisible()
  await choose(page, '角色', '平台管理员')
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
})

test('R-5.s every log-in is listed with who, from where and how it ended', async ({ page }) => {
  await page.goto('/sign-in')
  await page.getByLabel('账号', { exact: true }).fill('nobody.here')
  await page.getByLabel('密码', { exact: true }).fill('wrong')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toBeVisible()
  await signIn(page)
  await page.goto('/log-ins?key=nobody.here')
  const row = page.getByRole('row', { name: /nobody.here/ }).first()
  await expect(row).toContainText('失败')
  await expect(row).toContainText('127.0.0.1')
  await page.goto('/log-ins')
  await shot(page, 'log-ins')
})
