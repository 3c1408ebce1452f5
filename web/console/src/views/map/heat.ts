// The heat of a map: each place a soft spot whose strength is its share of the greatest, coloured from calm
// to hot. Drawn by hand on one canvas, because a layer of thousands of markers would be slow.
import L from 'leaflet'
import { HEAT_COLORS, radius, strength } from '@/views/map/heat-scale'

export interface Spot {
  latitude: number
  longitude: number
  /** 0 to 1 */
  share: number
}

const LEVELS = 256

let palette: Uint8ClampedArray | undefined
function colors(): Uint8ClampedArray {
  if (palette) return palette
  const canvas = document.createElement('canvas')
  canvas.width = LEVELS
  canvas.height = 1
  const context = canvas.getContext('2d')!
  const gradient = context.createLinearGradient(0, 0, LEVELS, 0)
  HEAT_COLORS.forEach((color, i) => gradient.addColorStop(i / (HEAT_COLORS.length - 1), color))
  context.fillStyle = gradient
  context.fillRect(0, 0, LEVELS, 1)
  palette = context.getImageData(0, 0, LEVELS, 1).data
  return palette
}

function stamp(size: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size * 2
  const context = canvas.getContext('2d')!
  const gradient = context.createRadialGradient(size, size, 0, size, size, size)
  gradient.addColorStop(0, 'rgba(0,0,0,1)')
  gradient.addColorStop(0.45, 'rgba(0,0,0,0.55)')
  gradient.addColorStop(1, 'rgba(0,0,0,0)')
  context.fillStyle = gradient
  context.fillRect(0, 0, size * 2, size * 2)
  return canvas
}

export class HeatLayer extends L.Layer {
  private canvas: HTMLCanvasElement | undefined
  private map: L.Map | undefined
  private spots: readonly Spot[] = []

  show(spots: readonly Spot[]) {
    this.spots = spots
    this.paint()
  }

  override onAdd(map: L.Map): this {
    this.map = map
    this.canvas = L.DomUtil.create('canvas', 'heat leaflet-zoom-hide')
    this.canvas.style.pointerEvents = 'none'
    // Above the outlines, below the controls.
    const pane = map.getPane('heat') ?? map.createPane('heat')
    Object.assign(pane.style, { zIndex: '450', pointerEvents: 'none' })
    pane.appendChild(this.canvas)
    map.on('moveend zoomend resize', this.paint, this)
    this.paint()
    return this
  }

  override onRemove(map: L.Map): this {
    map.off('moveend zoomend resize', this.paint, this)
    this.canvas?.remove()
    this.canvas = undefined
    this.map = undefined
    return this
  }

  private paint() {
    const { map, canvas } = this
    if (!map || !canvas) return
    const size = map.getSize()
    if (!size.x || !size.y) return
    canvas.width = size.x
    canvas.height = size.y
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]))
    const context = canvas.getContext('2d', { willReadFrequently: true })!
    const far = radius(map.getZoom())
    const soft = stamp(far)
    let drawn = false
    for (const spot of this.spots) {
      const at = map.latLngToContainerPoint([spot.latitude, spot.longitude])
      if (at.x < -far || at.y < -far || at.x > size.x + far || at.y > size.y + far) continue
      context.globalAlpha = strength(spot.share)
      context.drawImage(soft, at.x - far, at.y - far)
      drawn = true
    }
    if (!drawn) return
    const picture = context.getImageData(0, 0, size.x, size.y)
    const [data, of] = [picture.data, colors()]
    for (let i = 3; i < data.length; i += 4) {
      const level = data[i]!
      if (!level) continue
      data[i - 3] = of[level * 4]!
      data[i - 2] = of[level * 4 + 1]!
      data[i - 1] = of[level * 4 + 2]!
      data[i] = Math.min(215, 70 + level)
    }
    context.putImageData(picture, 0, 0)
  }
}
