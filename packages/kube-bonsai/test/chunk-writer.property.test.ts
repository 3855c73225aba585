import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClientSignal } from '../src/server/client-signal.ts'
import { apiListener } from '../src/server/node-http.ts'

type Part = string | Uint8Array | 'pause'

/** Streams parts to as many readers and returns what each of them got. */
async function streamed(parts: readonly Part[], readers: number, slow = false): Promise<readonly string[]> {
  async function* body() {
    for (const part of parts) {
      if (part === 'pause') await sleep(1)
      else yield part
    }
  }
  const server = createServer(apiListener(async () => ({ status: 200, headers: {}, body: body() })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const read = () =>
    new Promise<string>((resolve, reject) => {
      get({ host: '127.0.0.1', port, agent: false }, (answer) => {
        const found: Buffer[] = []
        answer.on('data', (chunk: Buffer) => {
          found.push(chunk)
          if (!slow) return
          answer.pause()
          setTimeout(() => answer.resume(), 1)
        })
        answer.on('end', () => resolve(Buffer.concat(found).toString()))
        answer.on('error', reject)
      }).on('error', reject)
    })
  try {
    return await Promise.all(Array.from({ length: readers }, read))
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const bytes = fc.string({ maxLength: 50 }).map((text) => new TextEncoder().encode(text))
const part: fc.Arbitrary<Part> = fc.oneof(bytes, fc.string({ maxLength: 20 }), fc.constant('pause' as const))

test('every reader gets every part, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), async (parts, readers) => {
      const whole = parts.map((one) =>
        one === 'pause' ? '' : typeof one === 'string' ? one : Buffer.from(one).toString(),
      )
      expect(await streamed(parts, readers)).toEqual(Array.from({ length: readers }, () => whole.join('')))
    }),
    { numRuns: 25 },
  )
})

test('a slow reader is waited for, and gets all of it', async () => {
  const line = new TextEncoder().encode(`${'x'.repeat(999)}\n`)
  const [got = ''] = await streamed(
    Array.from({ length: 3000 }, () => line),
    1,
    true,
  )
  expect(got.length).toBe(3_000_000)
})

test('whoever listens hears once that the client is gone, and who stopped listening does not', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 10 }), (stays) => {
      const signal = new ClientSignal()
      const heard = stays.map(() => 0)
      const listeners = stays.map((_, index) => () => void heard.splice(index, 1, (heard[index] ?? 0) + 1))
      for (const listener of listeners) signal.addEventListener('abort', listener)
      for (const [index, stay] of stays.entries())
        if (!stay) signal.removeEventListener('abort', listeners[index] ?? (() => {}))
      expect(signal.aborted).toBe(false)
      signal.abort()
      signal.abort()
      expect(signal.aborted).toBe(true)
      expect(heard).toEqual(stays.map(Number))
    }),
  )
})
