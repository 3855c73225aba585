import type { Format } from './formats.ts'

/** What one field must be. */
export interface FieldRule {
  readonly required?: true
  readonly format?: Format
  readonly values?: readonly string[]
  /** An empty text is checked as any other. */
  readonly always?: true
  readonly maxLength?: number
  readonly maxItems?: number
  /** No two items agree in these fields; items are texts when there are none. */
  readonly unique?: readonly string[]
  /** The type of a struct, of the items of a list or the values of a map. */
  readonly of?: string
  /** Items of the stored list are found again by these fields; without it every item is looked at. */
  readonly matches?: readonly string[]
  /** May not change once it is there. */
  readonly keeps?: 'always' | 'once-set'
}

/** The fields of a type, and those of which exactly one must be set. */
export interface TypeRule {
  readonly fields: Readonly<Record<string, FieldRule>>
  readonly oneOf?: readonly string[]
}

const refs: FieldRule = { maxItems: 32, unique: [] }
const conditions: FieldRule = { maxItems: 4 }
const selectors: FieldRule = { maxItems: 32 }
const allocationMode: FieldRule = { values: ['All', 'ExactCount'] }
const tolerations: FieldRule = { of: 'DeviceToleration' }
const effects = ['NoExecute', 'NoSchedule', 'None']
const opaque: FieldRule = { of: 'OpaqueDeviceConfiguration' }
const named = (of: string, maxItems: number): FieldRule => ({ maxItems, unique: ['name'], matches: ['name'], of })

/** The declarative rules of v1 in upstream's order. @see pkg/apis/resource/v1/zz_generated.validations.go */
export const typeRules: Readonly<Record<string, TypeRule>> = {
  ResourceClaim: {
    fields: { spec: { keeps: 'always', of: 'ResourceClaimSpec' }, status: { of: 'ResourceClaimStatus' } },
  },
  ResourceClaimSpec: { fields: { devices: { of: 'DeviceClaim' } } },
  DeviceClaim: {
    fields: {
      requests: named('DeviceRequest', 32),
      constraints: { maxItems: 32, of: 'DeviceConstraint' },
      config: { maxItems: 32, of: 'DeviceClaimConfiguration' },
    },
  },
  DeviceRequest: {
    fields: { exactly: { of: 'ExactDeviceRequest' }, firstAvailable: named('DeviceSubRequest', 8) },
  },
  ExactDeviceRequest: { fields: { selectors, allocationMode, tolerations } },
  DeviceSubRequest: {
    fields: { deviceClassName: { required: true, format: 'long-name' }, selectors, allocationMode, tolerations },
  },
  DeviceToleration: {
    fields: {
      key: { format: 'label-key' },
      operator: { values: ['Equal', 'Exists'] },
      effect: { values: effects, always: true },
    },
  },
  DeviceConstraint: { fields: { requests: refs, matchAttribute: { format: 'resource-fully-qualified-name' } } },
  DeviceClaimConfiguration: { fields: { requests: refs, opaque } },
  OpaqueDeviceConfiguration: { fields: { driver: { required: true, format: 'long-name-caseless' } } },
  ResourceClaimStatus: {
    fields: {
      allocation: { keeps: 'once-set', of: 'AllocationResult' },
      reservedFor: { maxItems: 256, unique: ['uid'] },
      devices: {
        unique: ['driver', 'device', 'pool', 'shareID'],
        matches: ['driver', 'device', 'pool', 'shareID'],
        of: 'AllocatedDeviceStatus',
      },
    },
  },
  AllocationResult: { fields: { devices: { of: 'DeviceAllocationResult' } } },
  DeviceAllocationResult: {
    fields: {
      results: { maxItems: 32, of: 'DeviceRequestAllocationResult' },
      config: { maxItems: 64, of: 'DeviceAllocationConfiguration' },
    },
  },
  DeviceRequestAllocationResult: {
    fields: {
      driver: { required: true, format: 'long-name-caseless' },
      pool: { required: true, format: 'resource-pool-name' },
      tolerations,
      bindingConditions: conditions,
      bindingFailureConditions: conditions,
      shareID: { format: 'uuid' },
    },
  },
  DeviceAllocationConfiguration: {
    fields: { source: { required: true, values: ['FromClaim', 'FromClass'] }, requests: refs, opaque },
  },
  AllocatedDeviceStatus: { fields: { shareID: { format: 'uuid' }, networkData: { of: 'NetworkDeviceData' } } },
  NetworkDeviceData: {
    fields: {
      interfaceName: { maxLength: 256 },
      ips: { maxItems: 16, unique: [] },
      hardwareAddress: { maxLength: 128 },
    },
  },
  DeviceClass: { fields: { spec: { of: 'DeviceClassSpec' } } },
  DeviceClassSpec: {
    fields: {
      selectors,
      config: { maxItems: 32, of: 'DeviceClassConfiguration' },
      extendedResourceName: { format: 'extended-resource-name' },
    },
  },
  DeviceClassConfiguration: { fields: { opaque } },
  ResourceSlice: { fields: { spec: { of: 'ResourceSliceSpec' } } },
  ResourceSliceSpec: { fields: { devices: { of: 'Device' }, sharedCounters: named('CounterSet', 8) } },
  Device: {
    fields: {
      attributes: { of: 'DeviceAttribute' },
      consumesCounters: {
        maxItems: 2,
        unique: ['counterSet'],
        matches: ['counterSet'],
        of: 'DeviceCounterConsumption',
      },
      taints: { of: 'DeviceTaint' },
      bindingConditions: conditions,
      bindingFailureConditions: conditions,
    },
  },
  DeviceAttribute: { fields: {}, oneOf: ['int', 'bool', 'string', 'version'] },
  DeviceCounterConsumption: { fields: { counterSet: { required: true, format: 'short-name' } } },
  DeviceTaint: { fields: { effect: { required: true, values: effects } } },
  CounterSet: { fields: { name: { required: true, format: 'short-name' } } },
}
