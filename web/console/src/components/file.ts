// A cell of CSV; what somebody else has written must not become a formula.
export const csvCell = (text: string | number): string => `"${/^[=+\-@\t\r]/.test(String(text)) ? "'" : ''}${String(text).replaceAll('"', '""')}"`

// Gives a text to the person as a file.
export function save(name: string, content: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([`\ufeff${content}`], { type: 'text/csv' }))
  link.download = name
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
