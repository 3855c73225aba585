import { emptiedFields, noteEmptied } from '@kube-bonsai/api-types'
import type { Conversion, VersionConversion } from '../conversion.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, mapItems, withField } from '../meta/json.ts'

const exactFields = [
  'deviceClassName',
  'selectors',
  'allocationMode',
  'count',
  'adminAccess',
  'tolerations',
  'capacity',
] as const

/** v1beta1 has the fields of an exact request in the request itself. */
function requestFromHub(request: Fields): Fields {
  const { exactly, ...rest } = request
  return { deviceClassName: '', ...rest, ...fieldsOf(exactly) }
}

function requestToHub(request: Fields): Fields {
  const rest: Record<string, unknown> = { ...request }
  const exactly: Record<string, unknown> = {}
  let some = false
  for (const name of exactFields) {
    const value = rest[name]
    delete rest[name]
    if (isAbsent(value) || value === '' || value === 0) continue
    some = true
    if (!Array.isArray(value) || value.length > 0) exactly[name] = value
  }
  if (!some) return rest
  const made = { deviceClassName: '', ...exactly }
  const emptied = emptiedFields(request).filter((name) => exactFields.some((field) => field === name))
  if (emptied.length > 0) noteEmptied(made, emptied)
  return { ...rest, exactly: made }
}

const deviceFields = [
  'attributes',
  'capacity',
  'consumesCounters',
  'nodeName',
  'nodeSelector',
  'allNodes',
  'taints',
  'bindsToNode',
  'bindingConditions',
  'bindingFailureConditions',
  'allowMultipleAllocations',
] as const

/** v1beta1 has everything but the name of a device one level deeper. */
function deviceFromHub(device: Fields): Fields {
  const rest: Record<string, unknown> = { ...device }
  const basic: Record<string, unknown> = {}
  for (const name of deviceFields) {
    const value = rest[name]
    delete rest[name]
    if (!isAbsent(value)) basic[name] = value
  }
  return { ...rest, basic }
}

function deviceToHub(device: Fields): Fields {
  const { basic, ...rest } = device
  return { ...rest, ...fieldsOf(basic) }
}

/** Without what the older type cannot tell from absence. */
function plainSliceSpec(spec: Fields): Fields {
  let result = spec
  for (const name of ['nodeName', 'allNodes']) if (isEmpty(result[name])) result = withField(result, name, undefined)
  return result
}

/** The object with every item of one of its lists changed. */
function items(object: Fields, name: string, change: (item: Fields) => Fields): Fields {
  const list = object[name]
  return Array.isArray(list)
    ? withField(
        object,
        name,
        mapItems(list, (item) => change(fieldsOf(item))),
      )
    : object
}

/** The object with a part of it changed, where that part is there. */
function within(path: readonly string[], change: (part: Fields) => Fields): (object: Fields) => Fields {
  const [name, ...rest] = path
  if (name === undefined) return change
  const below = within(rest, change)
  return (object) => (isFields(object[name]) ? withField(object, name, below(object[name])) : object)
}

function requestsAt(path: readonly string[]): VersionConversion {
  return {
    toHub: within(path, (devices) => items(devices, 'requests', requestToHub)),
    fromHub: within(path, (devices) => items(devices, 'requests', requestFromHub)),
  }
}

const slice: VersionConversion = {
  toHub: within(['spec'], (spec) => items(plainSliceSpec(spec), 'devices', deviceToHub)),
  fromHub: within(['spec'], (spec) => items(plainSliceSpec(spec), 'devices', deviceFromHub)),
}

const group = 'resource.k8s.io'
const v1beta1 = 'resource.k8s.io/v1beta1'

/** v1 and v1beta2 have the same fields. @see pkg/apis/resource/v1beta1/conversion.go */
export const resourceConversions: readonly Conversion[] = [
  { group, kind: 'ResourceClaim', versions: { [v1beta1]: requestsAt(['spec', 'devices']) } },
  { group, kind: 'ResourceClaimTemplate', versions: { [v1beta1]: requestsAt(['spec', 'spec', 'devices']) } },
  { group, kind: 'ResourceSlice', versions: { [v1beta1]: slice } },
]
