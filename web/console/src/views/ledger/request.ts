/** The number under which a wish to move money is known: sent again, it is the same wish. */
export const requestId = (): string => `${Date.now()}-${Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
