import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { identityOf } from '../../src/index.ts'

const id = fc.nat(9)
const names = ['ann', 'bob', 'eve']

const image = fc.record(
  {
    user: fc.oneof(
      fc.constantFrom(...names, 'nobody', ''),
      id.map(String),
      fc.tuple(id, id).map((pair) => pair.join(':')),
    ),
    passwd: fc
      .array(fc.tuple(fc.constantFrom(...names), id, id), { maxLength: 4 })
      .map((rows) => rows.map(([name, uid, gid]) => `${name}:x:${uid}:${gid}::/:/bin/sh`).join('\n')),
    group: fc
      .array(fc.tuple(id, fc.subarray(names)), { maxLength: 5 })
      .map((rows) => rows.map(([gid, members], index) => `g${index}:x:${gid}:${members.join(',')}`).join('\n')),
  },
  { requiredKeys: [] },
)

const request = fc.record(
  { runAsUser: id, runAsGroup: id, fsGroup: id, supplementalGroups: fc.array(id, { maxLength: 3 }) },
  { requiredKeys: [] },
)

describe('Fine-grained SupplementalGroups (KEP-3619)', () => {
  it('PROP: Strict is a subset of Merge, and has no group but the primary one that the pod does not name', () => {
    fc.assert(
      fc.property(image, request, (users, asked) => {
        const merge = identityOf(users, { ...asked, policy: 'Merge' })
        const strict = identityOf(users, { ...asked, policy: 'Strict' })
        expect([strict.uid, strict.gid]).toEqual([merge.uid, merge.gid])
        expect(strict.supplementalGroups.every((group) => merge.supplementalGroups.includes(group))).toBe(true)
        const named = [strict.gid, asked.fsGroup, ...(asked.supplementalGroups ?? [])]
        expect(strict.supplementalGroups.every((group) => named.includes(group))).toBe(true)
        expect(identityOf(users, asked)).toEqual(merge)
      }),
      { numRuns: 500 },
    )
  })

  it('BAD: files of an image that are none', () => {
    expect(identityOf({ passwd: ':::\n#\nx', group: '\n::\n', user: 'x:y' }, {})).toEqual({
      uid: 0,
      gid: 0,
      supplementalGroups: [0],
    })
  })
})
