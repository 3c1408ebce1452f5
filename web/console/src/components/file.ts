// A cell of CSV; what somebody else has written must not become a formula.
export const csvCell = (text: string | number): string => `"${/^[=+\-@\t\r]/.test(String(text)) ? "'" : ''}${String(text).replaceAll('"', '""')}"`

// Gives a text to the person as a file.
export const save = (name: string, content: string): void => saveBlob(name, new Blob([`\ufeff${content}`], { type: 'text/csv' }))

export function saveBlob(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}

// What stands between the parts of a file's name never ends up in another folder.
export const fileName = (...parts: string[]): string => parts.map((part) => part.replace(/[\\/:*?"<>|\s]+/g, '_')).join('_')
