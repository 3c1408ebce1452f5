import { expect, it } from 'vitest'
import zh from '@/locales/zh-CN'
import { passwordFault } from '@/password'

it('judges as the server does', () => {
  const table: [string, keyof typeof zh.password | null][] = [
    ['Abcdefg-1', 'length'],
    ['Abcdefgh-1', null],
    [`Aa1${'x'.repeat(126)}`, 'length'],
    ['abcdefgh-jk', 'kinds'],
    ['abcdefgh-1jk', null],
    ['my-Admin-2026', 'account'],
    // Beyond ASCII is a kind of its own, and each character counts once.
    ['abcdefg1\u{1F50B}', 'length'],
    ['abcdefgh1\u{1F50B}', null],
  ]
  for (const [password, fault] of table) expect(passwordFault(password, 'admin', { least: 10, kinds: 3 })?.key ?? null, password).toBe(fault && `password.${fault}`)
})
