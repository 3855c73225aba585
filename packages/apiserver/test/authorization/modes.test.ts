import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, it } from 'vitest'
import { createApiServer } from '../../src/index.ts'
import { jane, start } from './people.ts'

const withModes = (...authorizationModes: readonly string[]) =>
  createApiServer({ clock: new VirtualClock(), random: createRandom('1'), authorizationModes })

it('modes are asked in their order', async () => {
  const allowing = await start({ authorizationModes: ['AlwaysDeny', 'AlwaysAllow'] })
  expect((await allowing.as(jane)('GET', '/api/v1/pods')).status).toBe(200)
  const denying = await start({ authorizationModes: ['AlwaysDeny'] })
  expect((await denying.as(jane)('GET', '/api/v1/pods')).message).toMatch(/: Everything is forbidden\.$/)
  expect((await denying.ask('GET', '/api/v1/pods')).status).toBe(200)
})

it.each([
  [['Nope'], 'authorization-mode "Nope" is not a valid mode'],
  [['RBAC', 'RBAC'], 'authorization-mode ["RBAC" "RBAC"] has mode specified more than once'],
  [[], 'at least one authorization-mode must be passed'],
  [['Webhook'], 'unsupported: authorization mode Webhook'],
  [['ABAC'], 'unsupported: authorization mode ABAC'],
])('modes that are none are refused: %s', (modes, message) => {
  expect(() => withModes(...modes)).toThrow(new RangeError(message))
})
