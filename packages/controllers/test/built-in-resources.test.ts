import { builtInResources } from '@kube-bonsai/controllers'
import { expect, test } from 'vitest'

test('each built-in resource is looked at once, in the version that discovery prefers', () => {
  const all = builtInResources()
  const names = all.map(({ group, resource }) => `${resource}.${group}`)
  expect(new Set(names).size).toBe(names.length)
  expect(all.find(({ resource }) => resource === 'horizontalpodautoscalers')?.version).toBe('v2')
})
