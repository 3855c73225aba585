import type { Timer } from '@kube-bonsai/clock'
import type { ProgramContext } from '../runtime/program.ts'
import { milliseconds } from './commands/duration.ts'
import { Session } from './shell/task-table.ts'

const forEver = /^\s*(while (true|:); do sleep (\d+[smhd]?|infinity); done|(exec )?tail -f \/dev\/null)\s*;?\s*$/
const once = /^\s*(?:exec )?sleep ([\w.]+)\s*;?\s*$/

/**
 * How long a command sleeps that does nothing else, as most containers of large clusters do: `sleep 3600`, `tail -f /dev/null`, the same
 * as the script of a shell, and loops of it. It needs no shell, no files, and no timer when it never ends. Undefined for all others.
 */
export function sleepOf(words: readonly string[]): readonly string[] | undefined {
  const [path = '', ...args] = words
  const [, name = ''] = /^(?:\/bin\/|\/usr\/bin\/)?(\w+)$/.exec(path) ?? []
  if (name === 'sleep' && args.length > 0 && args.every((text) => milliseconds(text) !== undefined)) return args
  if (name === 'tail' && args.join(' ') === '-f /dev/null') return ['infinity']
  const [flag, script = '', ...more] = args
  if (!/^(ba|a|da)?sh$/.test(name) || flag !== '-c' || more.length > 0) return undefined
  if (forEver.test(script)) return ['infinity']
  const [, duration = ''] = once.exec(script) ?? []
  return milliseconds(duration) === undefined ? undefined : [duration]
}

/**
 * Sleeps as the first process of a container. Signals do not wake it: the kernel delivers none to a first process that has no
 * handler for it, so that such a container ends when its grace period does.
 */
export async function sleepThrough(
  durations: readonly string[],
  { clock, expectedToEnd, ended }: ProgramContext,
): Promise<number> {
  const total = durations.reduce((sum, text) => sum + (milliseconds(text) ?? 0), 0)
  let timer: Timer | undefined
  const over = Number.isFinite(total)
    ? [
        new Promise<void>((resolve) => {
          const until = clock.now() + total
          timer = clock.schedule(until, resolve, { background: !new Session(clock, expectedToEnd).isForeground(until) })
        }),
      ]
    : []
  await Promise.race([...over, ended])
  timer?.cancel()
  return 0
}
