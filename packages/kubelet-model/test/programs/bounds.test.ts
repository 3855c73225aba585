import { describe, expect, it } from 'vitest'
import { box } from './box.ts'

const hour = 3_600_000

/** Runs a script as the first process of a container for a virtual hour. */
async function forAnHour(script: string) {
  const one = await box({ command: ['sh', '-c', script] })
  const until = one.clock.now() + hour
  await one.clock.advanceTo(until)
  return one
}

describe('what never ends lets time go on', () => {
  for (const script of [
    'while :; do :; done',
    'while true; do true; done',
    'until false; do echo x; done',
    'f() { while :; do f2; done; }; f2() { :; }; f',
    'yes',
    'yes | cat > /dev/null',
    'cat /dev/zero > /dev/null',
    'cat /dev/urandom | tr -d a | wc -c',
    'while :; do echo x >> /tmp/log; done',
    'seq 1000000000000',
    'while :; do sleep 0; done',
    'while :; do sleep 0.001; done',
    'for i in $(seq 100000); do for j in $(seq 100000); do :; done; done',
    'while :; do (exit 1); x=$(echo $x); done',
  ]) {
    it(script, async () => {
      const { record, runtime, id, clock } = await forAnHour(script)
      expect(record()?.state).toBe('running')
      const stopped = runtime.stop(id, 1000)
      await clock.advance(2000)
      await stopped
      expect(record()?.exitCode).toBe(137)
    })
  }

  it('a probe that runs one is killed when its time is over', async () => {
    const { start, clock } = await box()
    const { process } = start(['sh', '-c', 'while :; do :; done'])
    await clock.advance(1000)
    process.terminate()
    await clock.advance(1000)
    expect(await process.exited).toBe(137)
  })
})

describe('what grows without end ends', () => {
  for (const [script, said] of [
    ['x=a; while :; do x=$x$x; done', 'out of memory'],
    ['set -- a b; while :; do set -- "$@" "$@"; done', 'Argument list too long'],
    ['f() { f; }; f', 'more than 200 functions call each other'],
    ['e=\'eval "$e"\'; eval "$e"', 'without end'],
    ['echo /*/../*/../*/../*/../*/../*/../*', 'too many files'],
    ['x=$(cat /dev/zero)', 'out of memory'],
    ['b=c; c=b; echo $((c))', 'recursion'],
    ['yes > /tmp/f', 'No space left on device'],
    ['tail -f /dev/zero', 'out of memory'],
    [`${'('.repeat(200)}true${')'.repeat(200)}`, 'nested too deeply'],
    ["echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | grep -E '((a*)*)*b' || echo no >&2", 'no'],
    ["echo | grep -E '((a{500}){500}){500}'", 'too big'],
    [`x=$(seq 3000); echo \${x//[0-9]*/y}`, 'not modelled'],
  ] as const) {
    it(script.slice(0, 60), async () => {
      const { sh } = await box()
      const { stderr } = await sh(script, { limit: 24 * hour })
      expect(stderr).toContain(said)
    })
  }

  it('a fork bomb finds no more processes', async () => {
    const { sh, out, clock } = await box()
    const bomb = sh(':() { : | : & }; :; wait')
    await clock.advance(hour)
    await bomb
    expect(await out('ps | wc -l')).toMatch(/^\d{1,3}\n$/)
  })

  it('a first process that ends takes all others along', async () => {
    const one = await box({ command: ['sh', '-c', '(while :; do sleep 1; done) & yes > /dev/null & sleep 5'] })
    await one.clock.advance(6000)
    expect(one.record()).toMatchObject({ state: 'exited', exitCode: 0 })
    await one.clock.advance(1000)
    expect(one.clock.size).toBe(0)
  })
})
