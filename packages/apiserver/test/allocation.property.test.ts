import { createRandom } from '@kube-bonsai/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AddressRange } from '../src/allocation/address-range.ts'
import { NodePorts, PortOperation } from '../src/allocation/node-ports.ts'
import { PortRange } from '../src/allocation/port-range.ts'

test('a draw of addresses always tries each one that a service may have, and never another', () => {
  fc.assert(
    fc.property(fc.integer({ min: 22, max: 30 }), fc.nat(255), fc.string(), (prefix, octet, seed) => {
      const range = new AddressRange(`10.${octet}.0.0/${prefix}`)
      const drawn = [...range.draw(createRandom(seed))]
      expect(new Set(drawn).size).toBe(drawn.length)
      expect(drawn).toHaveLength(2 ** (32 - prefix) - 2)
      expect(drawn.every((address) => range.contains(address))).toBe(true)
      expect(range.contains(range.network)).toBe(false)
    }),
    { numRuns: 25 },
  )
})

test('IPv6 ranges of any size give addresses of theirs', () => {
  fc.assert(
    fc.property(fc.integer({ min: 64, max: 127 }), fc.string(), (prefix, seed) => {
      const range = new AddressRange(`fd00:1::/${prefix}`)
      const [first] = range.draw(createRandom(seed))
      expect(first !== undefined && range.contains(first)).toBe(true)
    }),
  )
})

test('a draw of ports always tries each one, and never another', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60_000 }),
      fc.integer({ min: 0, max: 500 }),
      fc.string(),
      (base, more, seed) => {
        const range = new PortRange(`${base}-${base + more}`)
        const drawn = [...range.draw(createRandom(seed))]
        expect([...drawn].sort((left, right) => left - right)).toEqual(
          Array.from({ length: more + 1 }, (_, index) => base + index),
        )
      },
    ),
    { numRuns: 50 },
  )
})

test('what an operation takes is always free again after it, unless something stored holds it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 30_000, max: 30_020 })), fc.boolean(), (wanted, dryRun) => {
      const ports = new NodePorts(new PortRange('30000-30020'), createRandom('1'))
      ports.hold('a/b', [30_000], 7)
      ports.hold('a/b', [], 6)
      const operation = new PortOperation(ports, dryRun)
      const taken = new Set<number>()
      for (const port of wanted) {
        const refused = port === 30_000 || taken.has(port)
        if (refused) expect(() => operation.allocate(port)).toThrow('provided port is already allocated')
        else operation.allocate(port)
        taken.add(port)
      }
      operation.finish()
      for (const port of taken) expect(ports.has(port)).toBe(port === 30_000)
    }),
  )
})
