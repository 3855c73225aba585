import type { Builtin } from '../builtin.ts'
import { ShellError } from '../shell-error.ts'
import type { ShellState } from '../shell-state.ts'

/** Waits for a job; undefined when a signal came first, whose trap runs next. */
async function waitForJob(state: ShellState, pid: number): Promise<number | undefined> {
  const job = state.jobs.get(pid)
  if (job === undefined) return 127
  const code = await state.task.interruptible(job)
  if (code !== undefined) state.jobs.delete(pid)
  return code
}

/** Builtins that know of what runs beside the shell. */
export const jobs: Readonly<Record<string, Builtin>> = {
  async wait({ state, args }) {
    let code: number | undefined = 0
    const pids = args.filter((text) => text !== '-n')
    for (const text of pids) {
      const pid = Number(text.replace(/^%/, ''))
      if (!Number.isInteger(pid)) throw new ShellError(`wait: ${text}: invalid pid`)
      const known = text.startsWith('%') ? [...state.jobs.keys()][pid - 1] : pid
      code = await waitForJob(state, known ?? -1)
      if (code === undefined) return state.trappedCode
    }
    if (pids.length > 0) return code
    for (const pid of [...state.jobs.keys()]) {
      if ((await waitForJob(state, pid)) === undefined) return state.trappedCode
    }
    return 0
  },
  async jobs({ state }) {
    let number = 0
    for (const pid of state.jobs.keys()) {
      const runs = state.world.tasks.find(pid) !== undefined
      await state.stdout.write(`[${++number}]  ${runs ? 'Running' : 'Done'}  ${pid}\n`)
    }
    return 0
  },
  bg: () => 0,
  fg: () => 0,
  disown: () => 0,
}
