import { expect, test, type Page } from '@playwright/test'
import { complaints, shot, signIn } from './console'

async function call(page: Page, method: string, path: string, body?: object): Promise<{ status: number; json: Record<string, unknown> }> {
  return page.evaluate(
    async ([method, path, body]) => {
      const headers = { 'content-type': 'application/json', 'x-requested-with': 'pileops' }
      const answer = await fetch(`/api/v1${path}`, { method, headers, body: body ?? undefined })
      const text = await answer.text()
      return { status: answer.status, json: text ? (JSON.parse(text) as Record<string, unknown>) : {} }
    },
    [method, path, body ? JSON.stringify(body) : null] as const,
  )
}

test('R-6.1a 自愈: a playbook is made, changed with its history, and the records are filtered', async ({ page }) => {
  test.setTimeout(120_000)
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/healing-playbooks')
  await expect(page.getByText('故障自愈总开关未打开')).toBeVisible({ timeout: 20_000 })
  await expect(page.getByRole('row').filter({ hasText: '桩内部错误' })).toContainText('软重启')
  const name = `演示预案${Date.now() % 100_000}`
  await page.getByRole('button', { name: '新建预案' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('预案名称').fill(name)
  await form.getByLabel('代码', { exact: true }).fill('DemoFault*')
  await form.getByRole('button', { name: '增加步骤' }).click()
  await expect(form.getByLabel('步骤 3', { exact: true })).toBeVisible()
  await shot(page, 'healing-form')
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form).toBeHidden()
  const row = page.getByRole('row').filter({ hasText: name })
  await expect(row).toContainText('每桩每天 2 次')
  await shot(page, 'healing-playbooks')
  await row.getByRole('button', { name: '编辑' }).click()
  await page.getByRole('dialog').getByLabel('每桩每天最多次数').fill('3')
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await expect(row).toContainText('每桩每天 3 次')
  await page.getByRole('tab', { name: '修改记录' }).click()
  await expect(page.getByRole('row').filter({ hasText: name }).first()).toContainText('每天次数：2 → 3')

  await page.goto('/healing-runs')
  await page.getByLabel('电桩编号或名称').fill('nothing-has-this-code')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/pile=nothing-has-this-code/)
  await shot(page, 'healing-runs')
  await page.goto('/healing-runs/999999')
  await expect(page.getByRole('alert')).toContainText('没有这条自愈记录')

  const listed = await call(page, 'GET', '/healing-playbooks')
  const made = (listed.json.items as { id: number; name: string }[]).find((one) => one.name === name)!
  expect((await call(page, 'DELETE', `/healing-playbooks/${made.id}`)).status).toBe(204)
  // The record that is not there is answered with 404, which the browser tells as a fault.
  expect(faults.filter((fault) => !/status of 404/.test(fault))).toEqual([])
})
