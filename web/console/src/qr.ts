// The code of a label as one path of squares, one unit to a square, within its quiet zone of four.
import qrcode from 'qrcode-generator'

export interface QrCode {
  /** Edge in squares, quiet zone included. */
  size: number
  path: string
}
const QUIET = 4

export function qrCode(text: string): QrCode {
  // Q: a quarter of it may be scratched or dirty.
  const code = qrcode(0, 'Q')
  code.addData(text, 'Byte')
  code.make()
  const count = code.getModuleCount()
  let path = ''
  for (let y = 0; y < count; y += 1) {
    for (let x = 0; x < count; x += 1) {
      const from = x
      while (x < count && code.isDark(y, x)) x += 1
      if (x > from) path += `M${from + QUIET} ${y + QUIET}h${x - from}v1h${from - x}z`
    }
  }
  return { size: count + 2 * QUIET, path }
}

export function qrSvg(text: string): string {
  const { size, path } = qrCode(text)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size * 10}" height="${size * 10}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${path}"/></svg>`
}

export async function qrPng(text: string): Promise<Blob> {
  const { size, path } = qrCode(text)
  const scale = Math.ceil(1000 / size)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size * scale
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('no canvas')
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.scale(scale, scale)
  pen.fillStyle = '#000'
  pen.fill(new Path2D(path))
  return new Promise((made, failed) => canvas.toBlob((blob) => (blob ? made(blob) : failed(new Error('no picture'))), 'image/png'))
}
