import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import {
  type ContainerConfig,
  type Program,
  programLookup,
  SimulatedRuntime,
  type SimulatedRuntimeOptions,
} from '../../src/index.ts'

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A container of an image on a virtual clock, `sleep infinity` in busybox by default. */
export async function box(
  config: Partial<ContainerConfig> = {},
  programs: Readonly<Record<string, Program>> = {},
  more: Partial<SimulatedRuntimeOptions> = {},
) {
  const clock = new VirtualClock()
  const runtime = new SimulatedRuntime({ clock, random: createRandom(1), programs: programLookup(programs), ...more })
  const names = { podUid: 'u', podName: 'p', podNamespace: 'default', name: 'c', attempt: 0 }
  const id = runtime.create({ ...names, image: 'busybox', command: ['sleep', 'infinity'], env: {}, ...config })
  runtime.start(id)
  await clock.runUntilIdle({ limit: 0 })
  const start = (
    argv: readonly string[],
    { input, tty = false }: { input?: string | Uint8Array; tty?: boolean } = {},
  ) => {
    const process = runtime.exec(id, { argv, stdin: input !== undefined || tty, tty })
    const wrote = { stdout: '', stderr: '' }
    process.onOutput((stream, text) => {
      wrote[stream] += text
    })
    if (input !== undefined) process.stdin.add(input)
    if (!tty) process.stdin.close()
    return { process, wrote }
  }
  const exec = async (
    argv: readonly string[],
    options: { input?: string | Uint8Array; tty?: boolean; limit?: number } = {},
  ): Promise<Ended> => {
    const { process, wrote } = start(argv, options)
    let code: number | undefined
    let failure: unknown
    process.exited.then(
      (ended) => {
        code = ended
      },
      (error: unknown) => {
        code = -1
        failure = error
      },
    )
    const until = clock.now() + (options.limit ?? 3_600_000)
    for (let turn = 0; code === undefined && clock.now() < until && turn < 100_000; turn++) {
      await clock.advance(turn === 0 ? 0 : Math.max(0, Math.min(until, clock.nextAt ?? until) - clock.now()))
    }
    if (failure !== undefined) throw failure
    return { code: code ?? -1, ...wrote }
  }
  return {
    clock,
    runtime,
    id,
    start,
    exec,
    files: runtime.files(id),
    /** Runs a script with `sh -c`. */
    sh: (script: string, options: { input?: string | Uint8Array; limit?: number } = {}) =>
      exec(['sh', '-c', script], options),
    /** What a script writes, when it ends well. */
    out: async (script: string, input?: string | Uint8Array): Promise<string> => {
      const { code, stdout, stderr } = await exec(['sh', '-c', script], input === undefined ? {} : { input })
      return code === 0 && stderr === '' ? stdout : `${code}: ${stdout}${stderr}`
    },
    log: () => runtime.logs(id).map(({ text }) => text),
    record: () => runtime.list('u')[0],
  }
}
