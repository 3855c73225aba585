import { type Fields, fieldsOf, isAbsent, isEmpty, listOf, mapItems, objectsOf, withField } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'

const requestsOf = (spec: Fields): readonly Fields[] => objectsOf(fieldsOf(spec['devices'])['requests'])
const alternativesOf = (request: Fields): readonly Fields[] => objectsOf(request['firstAvailable'])
const wantedOf = (request: Fields): readonly Fields[] => [fieldsOf(request['exactly']), ...alternativesOf(request)]
const without = (object: Fields, name: string): Fields => withField(object, name, undefined)

/** The object with every item of a list changed, where there is that list. */
export function eachItem(object: Fields, name: string, change: (item: Fields) => Fields): Fields {
  const list = object[name]
  return Array.isArray(list)
    ? withField(
        object,
        name,
        mapItems(list, (item) => change(fieldsOf(item))),
      )
    : object
}

function eachRequest(spec: Fields, change: (request: Fields) => Fields): Fields {
  return withField(spec, 'devices', eachItem(fieldsOf(spec['devices']), 'requests', change))
}

function eachWanted(spec: Fields, change: (wanted: Fields) => Fields): Fields {
  return eachRequest(spec, (request) => {
    const changed = isAbsent(request['exactly'])
      ? request
      : withField(request, 'exactly', change(fieldsOf(request['exactly'])))
    return eachItem(changed, 'firstAvailable', change)
  })
}

/** A gate of the spec: when its fields are in use, and what a spec is without them. */
interface GatedSpec {
  readonly gate: string
  inUse(spec: Fields): boolean
  without(spec: Fields): Fields
}

/** Whether a spec has requests for access to devices in use by others. */
export const usesAdminAccess = (spec: Fields): boolean =>
  requestsOf(spec).some(({ exactly }) => !isAbsent(fieldsOf(exactly)['adminAccess']))

/** Whether a spec asks for parts of devices. */
export const usesConsumableCapacity = (spec: Fields): boolean =>
  objectsOf(fieldsOf(spec['devices'])['constraints']).some((it) => !isAbsent(it['distinctAttribute'])) ||
  requestsOf(spec).some((request) => wantedOf(request).some(({ capacity }) => !isAbsent(capacity)))

const gated: readonly GatedSpec[] = [
  {
    gate: 'DRAPrioritizedList',
    inUse: (spec) => requestsOf(spec).some((request) => alternativesOf(request).length > 0),
    without: (spec) => eachRequest(spec, (request) => without(request, 'firstAvailable')),
  },
  {
    gate: 'DRADeviceTaints',
    inUse: (spec) => requestsOf(spec).some((it) => wantedOf(it).some(({ tolerations }) => !isEmpty(tolerations))),
    without: (spec) => eachWanted(spec, (wanted) => without(wanted, 'tolerations')),
  },
  {
    gate: 'DRAAdminAccess',
    inUse: usesAdminAccess,
    without: (spec) =>
      eachRequest(spec, (request) =>
        isAbsent(request['exactly'])
          ? request
          : withField(request, 'exactly', without(fieldsOf(request['exactly']), 'adminAccess')),
      ),
  },
  {
    gate: 'DRAConsumableCapacity',
    inUse: usesConsumableCapacity,
    without(spec) {
      const devices = eachItem(fieldsOf(spec['devices']), 'constraints', (it) => without(it, 'distinctAttribute'))
      return eachWanted(withField(spec, 'devices', devices), (wanted) => without(wanted, 'capacity'))
    },
  },
]

/** A claim's spec without the fields of disabled gates, unless the old one has them. @see pkg/api/resourceclaimspec/util.go */
export function withoutDisabledSpec(spec: Fields, old: Fields | undefined, { gates }: StrategyContext): Fields {
  if (listOf(fieldsOf(spec['devices'])['requests']).length === 0 && isEmpty(fieldsOf(spec['devices'])['constraints']))
    return spec
  return gated.reduce(
    (result, { gate, inUse, without: drop }) =>
      gates.enabled(gate) || (old !== undefined && inUse(old)) ? result : drop(result),
    spec,
  )
}
