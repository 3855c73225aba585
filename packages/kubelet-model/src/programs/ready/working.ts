import type { Program, ProgramContext } from '../../runtime/program.ts'
import { milliseconds } from '../commands/duration.ts'
import { sleepThrough } from '../sleeping.ts'
import { piDigits } from './pi.ts'

/** A duration from the environment, in milliseconds. Throws a RangeError for what is none. */
function duration({ env }: ProgramContext, name: string, standard: string): number {
  const value = milliseconds(env[name] ?? standard)
  if (value === undefined) throw new RangeError(`${name} is no duration: ${env[name]}`)
  return value
}

function count({ env }: ProgramContext, name: string, standard: number, most: number): number {
  const value = Number(env[name] ?? standard)
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new RangeError(`${name} must be a whole number up to ${most}, got ${env[name]}`)
  return value
}

/** Sleeps for `DURATION` (for ever by default), then ends well. SIGTERM ends it at once. */
const sleeper: Program = {
  idle: true,
  async run(context) {
    const text = context.env['DURATION'] ?? 'infinity'
    duration(context, 'DURATION', 'infinity')
    await Promise.race([sleepThrough([text], context), context.terminated])
    return 0
  },
}

/** Fails after `AFTER` (at once by default) with `EXIT_CODE` (1 by default). */
const crasher: Program = {
  async run(context) {
    const code = count(context, 'EXIT_CODE', 1, 255)
    const wait = duration(context, 'AFTER', '0')
    if (Number.isFinite(wait) ? await context.sleep(wait) : await context.terminated.then(() => true)) return 143
    context.log(`crashing with exit code ${code}`)
    return code
  },
}

/**
 * Works on `ITEMS` (5 by default), each for `DURATION` (1s by default), tells of each, and ends well. With an index of an indexed
 * job it names it; `FAIL_AT` makes it fail at an item.
 */
const worker: Program = {
  async run(context) {
    const items = count(context, 'ITEMS', 5, 1_000_000)
    const failAt = count(context, 'FAIL_AT', 0, 1_000_000)
    const each = duration(context, 'DURATION', '1s')
    const index = context.env['JOB_COMPLETION_INDEX']
    const who = index === undefined ? 'worker' : `worker ${index}`
    for (let item = 1; item <= items; item++) {
      if (await context.sleep(Math.min(each, 1e12))) return 143
      if (item === failAt) {
        context.log(`${who}: item ${item} of ${items} failed`)
        return 1
      }
      context.log(`${who}: item ${item} of ${items} done`)
    }
    return 0
  },
}

/** The example of every job: `perl -Mbignum=bpi -wle 'print bpi(2000)'`. Other programs in Perl are not modelled. */
const perl: Program = {
  run(context) {
    const words = [...context.command, ...context.args]
    const digits = Number(/^print bpi\((\d{1,4})\)$/.exec(words.at(-1)?.trim() ?? '')?.[1] ?? 0)
    if (digits < 1) {
      context.log(`bonsai: not modelled: ${words.join(' ') || 'perl'}; only print bpi(DIGITS) is`)
      return 2
    }
    context.log(piDigits(digits))
    return 0
  },
}

const helloWorld: Program = {
  run({ log }) {
    log('\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n')
    return 0
  },
}

/** Images that sleep, crash, or work and end. */
export const workingPrograms: Readonly<Record<string, Program>> = {
  sleeper,
  crasher,
  worker,
  perl,
  'hello-world': helloWorld,
}
