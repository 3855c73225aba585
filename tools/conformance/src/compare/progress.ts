/** Shows how far a long run is on one line of a terminal; does nothing elsewhere. */
export interface Progress {
  update(label: string, done: number): void
  clear(): void
}

/** Progress on a terminal, at most ten times a second. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { update: () => {}, clear: () => {} }
  let last = 0
  return {
    update(label, done) {
      const now = Date.now()
      if (now - last < 100) return
      last = now
      stream.write(`\r\u001b[K${done} ${label}`)
    },
    clear: () => void stream.write('\r\u001b[K'),
  }
}
