import { createFeatureGates, FeatureGateError, type FeatureGateSet } from '@kube-bonsai/feature-gates'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const versions = ['1.32', '1.33', '1.34', '1.35']
const names = createFeatureGates()
  .features()
  .map((feature) => feature.name)
const settings = fc.dictionary(fc.constantFrom(...names), fc.boolean(), { maxKeys: 12 })

const attempt = (emulationVersion: string, set: Record<string, boolean>): FeatureGateSet | undefined => {
  try {
    return createFeatureGates({ emulationVersion, set })
  } catch (error) {
    if (error instanceof FeatureGateError && error.faults.length > 0) return undefined
    throw error
  }
}

test('a set that is accepted keeps its locks, its settings and its dependencies', () => {
  fc.assert(
    fc.property(fc.constantFrom(...versions), settings, (version, set) => {
      const gates = attempt(version, set)
      if (gates === undefined) return
      for (const [name, on] of Object.entries(set)) expect(gates.enabled(name)).toBe(on)
      for (const feature of gates.features()) {
        if (feature.locked) expect(gates.enabled(feature.name)).toBe(feature.default)
        if (gates.enabled(feature.name)) expect(feature.dependsOn.every((other) => gates.enabled(other))).toBe(true)
      }
    }),
  )
})

test('the order of settings does not matter, and the flag says what the record says', () => {
  fc.assert(
    fc.property(fc.constantFrom(...versions), settings, (version, set) => {
      const flag = Object.entries(set).map(([name, on]) => `${name}=${on}`)
      const message = (given: string): string => {
        try {
          return String(createFeatureGates({ emulationVersion: version, set: given }))
        } catch (error) {
          return (error as Error).message
        }
      }
      expect(message(flag.join(','))).toBe(message(flag.reverse().join(',')))
      expect(attempt(version, set)?.toString()).toBe(
        attempt(version, Object.fromEntries(Object.entries(set).reverse()))?.toString(),
      )
    }),
  )
})
