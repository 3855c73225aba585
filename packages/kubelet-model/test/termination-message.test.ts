import type { Container } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Program } from '../src/index.ts'
import { fittingMessage, terminationMessage } from '../src/status/termination-message.ts'
import { boundPod, fakeNode } from './fake-node.ts'

/** What the status says of a container that has ended. */
async function said(run: Program['run'], more: Partial<Container> = {}, others: readonly Container[] = []) {
  const node = fakeNode({ app: { run } })
  const containers = [{ name: 'app', image: 'app:1', ...more }, ...others]
  node.set(boundPod('web', { restartPolicy: 'Never', containers }))
  await node.clock.advance(5000)
  const statuses = node.get('web')?.status?.containerStatuses
  return statuses?.find(({ name }) => name === 'app')?.state?.terminated?.message
}

const failing =
  (text: string, log: readonly string[] = [], path = '/dev/termination-log'): Program['run'] =>
  async (context) => {
    for (const line of log) context.log(line)
    if (text !== '') context.files.write(path, text)
    return 3
  }

describe('termination messages', () => {
  it('are what a container has written into its file', async () => {
    expect(await said(failing('out of cheese'))).toBe('out of cheese')
    expect(await said(failing('', ['a line']))).toBeUndefined()
  })

  it('are read from another path where the container names one, even if all else is read-only', async () => {
    const path = '/var/run/my/last-words'
    const securityContext = { readOnlyRootFilesystem: true }
    expect(await said(failing('here', [], path), { terminationMessagePath: path, securityContext })).toBe('here')
    expect(await said(failing('here'), { securityContext })).toBe('here')
    expect(await said(failing('here'), { terminationMessagePath: '' })).toBeUndefined()
  })

  it('are the end of the log where the container asks for that, fails and has written nothing', async () => {
    const terminationMessagePolicy = 'FallbackToLogsOnError'
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`)
    const last = `${lines.slice(-80).join('\n')}\n`
    expect(await said(failing('', lines), { terminationMessagePolicy })).toBe(last)
    expect(await said(failing('word', lines), { terminationMessagePolicy })).toBe('word')
    expect(await said(async (context) => context.log('well') ?? 0, { terminationMessagePolicy })).toBeUndefined()
    const long = await said(failing('', ['x'.repeat(5000)]), { terminationMessagePolicy })
    expect(long).toBe(`${'x'.repeat(2047)}\n`)
  })

  it('tell of a program that throws', async () => {
    const run = async () => {
      throw new RangeError('too far')
    }
    expect(await said(run, { terminationMessagePolicy: 'FallbackToLogsOnError' })).toBe('RangeError: too far\n')
  })

  it('of all containers share 12 KiB of a status', async () => {
    const others = ['b', 'c', 'd', 'e', 'f'].map((name) => ({ name, image: 'other:1' }))
    expect((await said(failing('x'.repeat(9000))))?.length).toBe(4096)
    expect((await said(failing('x'.repeat(9000)), {}, others))?.length).toBe(2048)
  })

  it('never take more than their bytes, and are an end of what was written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 3000 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 2 }),
        (text, containers, exitCode) => {
          const message = terminationMessage({ file: text, exitCode, log: () => ['log'] })
          if (text !== '') expect(text.endsWith(message.replace(/^\uFFFD+/, ''))).toBe(true)
          else expect(message).toBe(exitCode === 0 ? '' : 'log\n')
          // What is cut in the middle of a character shows so, which may take more bytes than the cut has left.
          const bytes = new TextEncoder().encode(fittingMessage(message, containers)).length
          expect(bytes).toBeLessThanOrEqual(12_288 / containers + 6)
        },
      ),
      { numRuns: 300 },
    )
  })
})
