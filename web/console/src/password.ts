// The server's rule for passwords of staff, told before it is asked. The server has the last word.
const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/]

/** What is wrong with a new password, as the key of its words; null when nothing is. */
export function passwordFault(password: string, account: string): { key: string; n: number } | null {
  const n = [...password].length
  if (n < 10 || n > 128) return { key: 'password.length', n }
  if (kinds.filter((kind) => kind.test(password)).length < 3) return { key: 'password.kinds', n }
  if (account && password.toLowerCase().includes(account.toLowerCase())) return { key: 'password.account', n }
  return null
}
