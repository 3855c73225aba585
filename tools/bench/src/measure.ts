import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a measurement found: numbers by name, with the unit in the name. */
export type Findings = Readonly<Record<string, number>>

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Bytes of live heap, after a collection. */
export function liveHeap(): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** Runs `work` and says how long it took in milliseconds, and how much more lives on the heap afterwards in bytes. */
export async function timed(work: () => Promise<void>): Promise<{ readonly ms: number; readonly heap: number }> {
  const before = liveHeap()
  const started = performance.now()
  await work()
  const ms = performance.now() - started
  return { ms, heap: liveHeap() - before }
}

/** A number with few enough digits to read. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
