import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { describe, expect, it } from 'vitest'
import { ProcessStartError, type Program, programLookup, SimulatedRuntime } from '../src/index.ts'

async function started(program?: Program) {
  const clock = new VirtualClock()
  const programs = programLookup(program ? { image: program } : {})
  const runtime = new SimulatedRuntime({ clock, random: createRandom(1), programs })
  const names = { podUid: 'u', podName: 'p', podNamespace: 'default', name: 'c', attempt: 0 }
  const id = runtime.create({ ...names, image: 'image', env: { WHO: 'world' } })
  runtime.start(id)
  await clock.runUntilIdle()
  const exec = async (argv: readonly string[], input?: readonly string[]) => {
    const process = runtime.exec(id, { argv, stdin: input !== undefined, tty: false })
    const wrote = { stdout: '', stderr: '' }
    process.onOutput((stream, text) => {
      wrote[stream] += text
    })
    for (const piece of input ?? []) process.stdin.add(piece)
    process.stdin.close()
    return { code: await process.exited, ...wrote }
  }
  return { runtime, id, exec, clock }
}

describe('exec', () => {
  it('runs the commands of the small shell in the environment of the container', async () => {
    const { exec } = await started()
    expect(await exec(['sh', '-c', 'echo hello $WHO; exit 3'])).toEqual({
      code: 3,
      stdout: 'hello world\n',
      stderr: '',
    })
    expect(await exec(['hostname'])).toEqual({ code: 0, stdout: 'p\n', stderr: '' })
  })

  it('reads lines from standard input as a shell does, and ends with the last exit code', async () => {
    const { exec } = await started()
    expect(await exec(['sh'], ['echo a\nec', 'ho b\nfalse'])).toEqual({ code: 1, stdout: 'a\nb\n', stderr: '' })
    expect(await exec(['cat'], ['x', 'y'])).toEqual({ code: 0, stdout: 'xy', stderr: '' })
  })

  it('cannot start an executable that the image does not have', async () => {
    const { exec } = await started()
    await expect(exec(['nope', 'x'])).rejects.toThrow(ProcessStartError)
    await expect(exec(['nope', 'x'])).rejects.toThrow('exec: "nope": executable file not found in $PATH')
  })

  it('asks the program of the image; one that throws ends with 1 and says why', async () => {
    const { exec } = await started({
      run: (context) => context.terminated.then(() => 0),
      exec(process) {
        if (process.argv[0] === 'fail') throw new Error('no')
        process.stdout(process.argv.join(' '))
        return 7
      },
    })
    expect(await exec(['a', 'b'])).toEqual({ code: 7, stdout: 'a b', stderr: '' })
    expect(await exec(['fail'])).toEqual({ code: 1, stdout: '', stderr: 'Error: no\n' })
  })

  it('ends with its container, and starts in none that does not run', async () => {
    const { runtime, id, clock } = await started()
    const process = runtime.exec(id, { argv: ['sleep', '1000'], stdin: false, tty: false })
    const stopped = runtime.stop(id, 1000)
    await clock.runUntilIdle()
    await stopped
    expect(await process.exited).toBe(137)
    expect(() => runtime.exec(id, { argv: ['true'], stdin: false, tty: false })).toThrow('does not run')
  })
})
