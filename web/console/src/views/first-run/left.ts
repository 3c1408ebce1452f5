// Whoever has left the guide is not led to it again by itself, as long as this tab lives.
const KEY = 'pileops.first-run-left'

export const leave = (): void => sessionStorage.setItem(KEY, 'yes')
export const hasLeft = (): boolean => sessionStorage.getItem(KEY) === 'yes'
