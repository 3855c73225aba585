import { FieldPath, quote } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, textOf, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { eachItem } from '../claim/gated-fields.ts'
import { withDeclarative } from '../declarative/coverage.ts'
import { declarativeErrors } from '../declarative/validate.ts'
import { sliceSpecErrors } from './spec-validation.ts'

const specPath = FieldPath.of('spec')
const specOf = (slice: Fields): Fields => fieldsOf(slice['spec'])

const selection = ['nodeName', 'nodeSelector', 'allNodes']
const binding = ['bindingConditions', 'bindingFailureConditions', 'bindsToNode']

const without = (object: Fields, names: readonly string[]): Fields =>
  names.reduce((result, name) => withField(result, name, undefined), object)

interface Gated {
  readonly gates: readonly string[]
  /** Whether a spec, or one of its devices, has the fields already. */
  inUse(spec: Fields, devices: readonly Fields[]): boolean
  without(spec: Fields): Fields
}

const gated: readonly Gated[] = [
  {
    gates: ['DRADeviceTaints'],
    inUse: (_, devices) => devices.some(({ taints }) => !isEmpty(taints)),
    without: (spec) => eachItem(spec, 'devices', (device) => without(device, ['taints'])),
  },
  {
    gates: ['DRAPartitionableDevices'],
    inUse: (spec, devices) =>
      !isEmpty(spec['sharedCounters']) ||
      !isAbsent(spec['perDeviceNodeSelection']) ||
      devices.some((it) => !isEmpty(it['consumesCounters']) || selection.some((name) => !isAbsent(it[name]))),
    without: (spec) =>
      eachItem(without(spec, ['sharedCounters', 'perDeviceNodeSelection']), 'devices', (device) =>
        without(device, ['consumesCounters', ...selection]),
      ),
  },
  {
    gates: ['DRADeviceBindingConditions', 'DRAResourceClaimDeviceStatus'],
    inUse: (_, devices) =>
      devices.some(
        (it) =>
          ['bindingConditions', 'bindingFailureConditions'].some((name) => !isEmpty(it[name])) ||
          !isAbsent(it['bindsToNode']),
      ),
    without: (spec) => eachItem(spec, 'devices', (device) => without(device, binding)),
  },
  {
    gates: ['DRAConsumableCapacity'],
    inUse: (_, devices) =>
      devices.some((it) => !isAbsent(it['allowMultipleAllocations']) || capacities(it).some(hasPolicy)),
    without: (spec) =>
      eachItem(spec, 'devices', (device) => withoutPolicies(without(device, ['allowMultipleAllocations']))),
  },
]

const capacities = (device: Fields): readonly Fields[] => Object.values(fieldsOf(device['capacity'])).map(fieldsOf)
const hasPolicy = ({ requestPolicy }: Fields): boolean => !isAbsent(requestPolicy)

function withoutPolicies(device: Fields): Fields {
  const { capacity } = device
  if (!isFields(capacity) || !capacities(device).some(hasPolicy)) return device
  const plain = Object.entries(capacity).map(([key, value]) => [key, without(fieldsOf(value), ['requestPolicy'])])
  return withField(device, 'capacity', Object.fromEntries(plain))
}

function prepare(slice: Fields, old: Fields | undefined, context: StrategyContext): Fields {
  const stored = old && specOf(old)
  const spec = gated.reduce((result, rule) => {
    if (rule.gates.every((gate) => context.gates.enabled(gate))) return result
    return stored && rule.inUse(stored, objectsOf(stored['devices'])) ? result : rule.without(result)
  }, specOf(slice))
  return withField(slice, 'spec', spec)
}

function warnings(slice: Fields): readonly string[] {
  const driver = textOf(specOf(slice)['driver'])
  if (driver === driver.toLowerCase()) return []
  return [`spec.driver: driver names should be lowercase; ${quote(driver)} contains uppercase characters`]
}

/** @see pkg/registry/resource/resourceslice/strategy.go */
export const resourceSliceRoom: Room = {
  group: 'resource.k8s.io',
  kind: 'ResourceSlice',
  prepareForCreate: (slice, context) => prepare(slice, undefined, context),
  validate: (slice, context) =>
    withDeclarative(sliceSpecErrors(specOf(slice), undefined, specPath), context, () =>
      declarativeErrors('ResourceSlice', slice),
    ),
  warningsOnCreate: warnings,
  update: {
    prepare,
    validate: (slice, old, context) =>
      withDeclarative(sliceSpecErrors(specOf(slice), specOf(old), specPath), context, () =>
        declarativeErrors('ResourceSlice', slice, old),
      ),
    warnings,
  },
  selectableFields: (slice) => ({
    'spec.nodeName': textOf(specOf(slice)['nodeName']),
    'spec.driver': textOf(specOf(slice)['driver']),
  }),
}
