// The only sight of the host: its timers, as they were when this module loaded, so that a test framework which replaces
// the global timers later does not stop a virtual clock.

type Callback = () => void
/** Node's and Deno's timer objects know `unref`; browsers give a number. */
export type HostTimer = unknown

declare const setTimeout: (task: Callback, ms: number) => HostTimer
declare const clearTimeout: (timer: HostTimer) => void
declare const setImmediate: ((task: Callback) => HostTimer) | undefined
declare const MessageChannel:
  | { new (): { port1: { onmessage: Callback | null }; port2: { postMessage(message: null): void } } }
  | undefined

export const startTimer: (task: Callback, ms: number) => HostTimer = setTimeout
export const stopTimer: (timer: HostTimer) => void = clearTimeout
export const hostNow: () => number = Date.now

/** Lets the process end although the timer is waiting, where the host can do that. */
export function unrefTimer(timer: HostTimer): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') {
    timer.unref()
  }
}

function chooseTurn(): () => Promise<void> {
  if (typeof setImmediate === 'function') {
    const immediate = setImmediate
    return () => new Promise((resolve) => void immediate(resolve))
  }
  if (typeof MessageChannel === 'function') {
    const channel = new MessageChannel()
    const waiting: Callback[] = []
    channel.port1.onmessage = () => waiting.shift()?.()
    return () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        channel.port2.postMessage(null)
      })
  }
  return () => new Promise((resolve) => void startTimer(resolve, 0))
}

let turn: (() => Promise<void>) | undefined

/**
 * Resolves after one turn of the host's event loop: whatever in-process work consists of promises only has run to its
 * end by then. Uses `setImmediate` where there is one, else a `MessageChannel`, else a timer of 0 ms.
 */
export function hostTurn(): Promise<void> {
  turn ??= chooseTurn()
  return turn()
}
