import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { startWithPods } from './pods.ts'

let api: Awaited<ReturnType<typeof startWithPods>>
beforeAll(async () => {
  api = await startWithPods()
  await api.create('p', {})
  await api.create('windows', { os: { name: 'windows' } })
})

const policy = (supplementalGroupsPolicy: unknown) => ({ securityContext: { supplementalGroupsPolicy } })
const reported = (linux: object) => ({
  containerStatuses: [{ name: 'a', image: 'i', imageID: 'i', ready: true, restartCount: 0, user: { linux } }],
})
const path = 'status.containerStatuses[0].user.linux'

describe('Fine-grained SupplementalGroups (KEP-3619)', () => {
  it('rule 1: Merge and Strict are known, nothing is filled in', async () => {
    for (const value of ['Merge', 'Strict']) {
      const { spec } = await api.create(value.toLowerCase(), policy(value))
      expect(spec['securityContext']).toEqual({ supplementalGroupsPolicy: value })
    }
    expect((await api.create('unset', {})).spec['securityContext']).toEqual({})
  })

  it('is immutable', async () => {
    await api.create('fixed', policy('Merge'))
    expect((await api.merge('fixed', { spec: policy('Strict') })).status).toBe(422)
    expect((await api.merge('fixed', { spec: policy(null) })).status).toBe(422)
  })

  it('BAD: rule 1: another value, and any on windows', async () => {
    const at = 'spec.securityContext.supplementalGroupsPolicy'
    expect(await api.tryCreate('q', policy('Loose'))).toMatchObject({
      status: 422,
      message: `Pod "q" is invalid: ${at}: Unsupported value: "Loose": supported values: "Merge", "Strict"`,
    })
    expect(await api.tryCreate('q', { ...policy('Merge'), os: { name: 'windows' } })).toMatchObject({
      status: 422,
      message: `Pod "q" is invalid: ${at}: Forbidden: cannot be set for a windows pod`,
    })
  })

  it('BAD: rule 4: users below zero, and any on windows', async () => {
    const range = 'must be between 0 and 2147483647, inclusive'
    const before = await api.get('p')
    expect(await api.report('p', reported({ uid: -1, gid: -2, supplementalGroups: [5, -3] }))).toMatchObject({
      status: 422,
      message: `Pod "p" is invalid: [${path}.uid: Invalid value: -1: ${range}, ${path}.gid: Invalid value: -2: ${range}, ${path}.supplementalGroups[1]: Invalid value: -3: ${range}]`,
    })
    expect(await api.get('p')).toEqual(before)
    expect(await api.report('windows', reported({ uid: 1, gid: 1 }))).toMatchObject({
      status: 422,
      message: `Pod "windows" is invalid: ${path}: Forbidden: cannot be set for a windows pod`,
    })
  })

  it('rule 4: users and groups are stored exactly when all are in 0..2147483647', async () => {
    const id = fc.oneof(
      fc.constantFrom(-1, 0, 2_147_483_647, 2_147_483_648),
      fc.integer({ min: -5_000_000_000, max: 5_000_000_000 }),
      fc.nat(),
    )
    const users = fc.record({ uid: id, gid: id, supplementalGroups: fc.array(id, { minLength: 1, maxLength: 3 }) })
    await fc.assert(
      fc.asyncProperty(users, async (linux) => {
        const { uid, gid, supplementalGroups } = linux
        const fits = [uid, gid, ...supplementalGroups].every((one) => one >= 0 && one <= 2_147_483_647)
        const { status } = await api.report('p', reported(linux))
        expect(status).toBe(fits ? 200 : 422)
        if (fits) expect((await api.get('p')).status).toMatchObject(reported(linux))
      }),
      { numRuns: 200 },
    )
  })
})
