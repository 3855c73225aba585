import { describe, expect, it } from 'vitest'
import { kubectlAsAdmin } from '../src/server/index.ts'

const asks = (headers: Record<string, string>) => ({ method: 'GET', path: '/api', headers }) as const
const people = [
  { name: 'somebody', groups: ['others'] },
  { name: 'boss', groups: ['system:masters'] },
]

describe('kubectl over plain HTTP', () => {
  it('is the first known person of system:masters, for it sends no credentials there', async () => {
    const authenticate = kubectlAsAdmin(people)
    expect(await authenticate(asks({ 'user-agent': 'kubectl/v1.35.2 (linux/amd64)' }))).toEqual({
      name: 'boss',
      groups: ['system:masters', 'system:authenticated'],
    })
  })

  it('leaves everybody else, and kubectl with a token, to the ways that a server knows people by', async () => {
    const authenticate = kubectlAsAdmin(people)
    expect(await authenticate(asks({}))).toBeUndefined()
    expect(await authenticate(asks({ 'user-agent': 'curl/8' }))).toBeUndefined()
    expect(await authenticate(asks({ 'user-agent': 'kubectl/v1', authorization: 'Bearer x' }))).toBeUndefined()
  })

  it('is the cluster admin where nobody else is', async () => {
    expect(await kubectlAsAdmin([])(asks({ 'user-agent': 'kubectl/v1' }))).toMatchObject({ name: 'kubernetes-admin' })
  })
})
