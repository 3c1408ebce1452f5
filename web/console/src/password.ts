// The server's rule for passwords of staff, told before it is asked. The server has the last word.
const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/]

export interface PasswordRule {
  /** Characters, and kinds of them. */
  least: number
  kinds: number
}

/** What is wrong with a new password, as the key of its words; null when nothing is. */
export function passwordFault(password: string, account: string, rule: PasswordRule): { key: string; n: number } | null {
  const n = [...password].length
  if (n < rule.least || n > 128) return { key: 'password.length', n }
  if (kinds.filter((kind) => kind.test(password)).length < rule.kinds) return { key: 'password.kinds', n }
  if (account && password.toLowerCase().includes(account.toLowerCase())) return { key: 'password.account', n }
  return null
}
