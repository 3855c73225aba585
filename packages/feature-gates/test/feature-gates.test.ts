import {
  createFeatureGates,
  FeatureGateError,
  parseFeatureGatesFlag,
  UnknownFeatureError,
} from '@kube-bonsai/feature-gates'
import { expect, test } from 'vitest'

const messageOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof FeatureGateError) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

test('v1.35 defaults', () => {
  const gates = createFeatureGates()
  expect(gates.enabled('InPlacePodVerticalScaling')).toBe(true)
  expect(gates.enabled('GangScheduling')).toBe(false)
  expect(gates.enabled('WatchListClient')).toBe(true)
  expect(gates.spec('DynamicResourceAllocation')).toEqual({
    name: 'DynamicResourceAllocation',
    stage: 'GA',
    default: true,
    locked: true,
    since: '1.35',
    dependsOn: [],
  })
})

test('an unknown name is an error of the program that asks', () => {
  const gates = createFeatureGates()
  for (const name of ['NoSuchFeature', '__proto__', 'constructor', '']) {
    expect(() => gates.enabled(name)).toThrow(UnknownFeatureError)
    expect(gates.spec(name)).toBeUndefined()
  }
  expect(() => gates.enabled('X')).toThrow('feature "X" is not registered in FeatureGate')
})

test('the flag spells two gates differently from the Go constants', () => {
  const gates = createFeatureGates()
  expect(gates.enabled('CustomCPUCFSQuotaPeriod')).toBe(false)
  expect(gates.enabled('RuntimeClassInImageCriApi')).toBe(false)
  expect(() => gates.enabled('CPUCFSQuotaPeriod')).toThrow(UnknownFeatureError)
})

test('an older version has its own defaults and lacks what came later', () => {
  const gates = createFeatureGates({ emulationVersion: '1.33' })
  expect(gates.enabled('DynamicResourceAllocation')).toBe(false)
  expect(gates.spec('GangScheduling')?.stage).toBe('PRE-ALPHA')
  expect(gates.features().some(({ name }) => name === 'GangScheduling')).toBe(false)
  expect(messageOf(() => gates.with('GangScheduling=true'))).toBe(
    'cannot set feature gate GangScheduling to true, feature is PreAlpha at emulated version 1.33, min compatibility version 1.32',
  )
})

test('versions outside the range that v1.35 emulates are refused', () => {
  expect(messageOf(() => createFeatureGates({ emulationVersion: '1.31' }))).toBe(
    '[emulation version 1.31 is not between [1.32, 1.35.0], minCompatibilityVersion version 1.32 is not between [1.32, 1.31]]',
  )
  expect(messageOf(() => createFeatureGates({ emulationVersion: '1.36' }))).toBe(
    'emulation version 1.36 is not between [1.32, 1.35.0]',
  )
  expect(messageOf(() => createFeatureGates({ minCompatibilityVersion: '1.31' }))).toBe(
    'minCompatibilityVersion version 1.31 is not between [1.32, 1.35]',
  )
  expect(messageOf(() => createFeatureGates({ emulationVersion: 'latest' }))).toContain('could not parse "latest"')
})

test('faults tell the gate and the reason', () => {
  try {
    createFeatureGates({ set: { DynamicResourceAllocation: false, GangScheduling: true } })
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(FeatureGateError)
    expect((error as FeatureGateError).faults).toEqual([
      {
        kind: 'locked',
        feature: 'DynamicResourceAllocation',
        message: 'cannot set feature gate DynamicResourceAllocation to false, feature is locked to true',
      },
    ])
  }
  expect(messageOf(() => createFeatureGates({ set: { GangScheduling: true } }))).toBe(
    'GangScheduling is enabled, but depends on features that are disabled: [GenericWorkload]',
  )
})

test('a gate set by name wins over AllAlpha and AllBeta', () => {
  const gates = createFeatureGates({ set: 'AllBeta=false,WatchList=true' })
  expect(gates.enabled('WatchList')).toBe(true)
  expect(gates.enabled('HPAConfigurableTolerance')).toBe(false)
  expect(gates.explicitlySet('WatchList')).toBe(true)
  expect(gates.explicitlySet('HPAConfigurableTolerance')).toBe(false)
})

test('setting makes a new set and leaves the old one', () => {
  const gates = createFeatureGates()
  const more = gates.with({ GangScheduling: true, GenericWorkload: true })
  expect(gates.enabled('GangScheduling')).toBe(false)
  expect(more.enabled('GangScheduling')).toBe(true)
  expect(String(more)).toBe('GangScheduling=true,GenericWorkload=true')
  expect(more.with('GangScheduling=false').enabled('GangScheduling')).toBe(false)
  expect(() => more.at('1.34')).toThrow(FeatureGateError)
  expect(gates.with({ HPAScaleToZero: true }).at('1.34').enabled('HPAScaleToZero')).toBe(true)
})

test('settings of gates that are done come with a warning', () => {
  expect(createFeatureGates({ set: { JobSuccessPolicy: true, KMSv1: true } }).warnings).toEqual([
    'Setting GA feature gate JobSuccessPolicy=true. It will be removed in a future release.',
    'Setting deprecated feature gate KMSv1=true. It will be removed in a future release.',
  ])
})

test('the flag', () => {
  expect([...parseFeatureGatesFlag(' A = true ,,B=0,A=F')]).toEqual([
    ['A', false],
    ['B', false],
  ])
  expect(messageOf(() => parseFeatureGatesFlag('A'))).toBe('missing bool value for A')
  expect(messageOf(() => parseFeatureGatesFlag('A=\u0001"'))).toBe(
    'invalid value of A=\u0001", err: strconv.ParseBool: parsing "\\x01\\"": invalid syntax',
  )
  expect(
    messageOf(() => createFeatureGates({ set: { KubeletPSI: 'true' } as unknown as Record<string, boolean> })),
  ).toContain('true or false')
})
