// For which piles a firmware is.
import type { Firmware } from '@/api'
import { t } from '@/i18n'

export const fitsSaid = (one: Firmware): string => [one.vendor, one.model].filter(Boolean).join(' ') || t('firmware.fits_any')
