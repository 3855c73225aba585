import { FieldSelector, newBadRequest } from '@kube-bonsai/apimachinery'

const same = ['reason', 'type', 'metadata.namespace', 'metadata.name']
const regarding = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']

/** The fields of an event of events.k8s.io as the core group calls them, in which events are kept. */
const coreNames: ReadonlyMap<string, string> = new Map([
  ...same.map((field) => [field, field] as const),
  ...regarding.map((field) => [`regarding.${field}`, `involvedObject.${field}`] as const),
  ['reportingController', 'reportingComponent'],
])

/**
 * A selector for events of events.k8s.io in the names of the core group. Throws a 400 for a field that cannot be selected.
 * @see pkg/apis/events/v1/conversion.go AddFieldLabelConversionsForEvent
 */
export function inCoreFields(selector: FieldSelector): FieldSelector {
  const nameOf = (field: string) => {
    const name = coreNames.get(field)
    if (name === undefined) throw newBadRequest(`field label not supported: ${field}`)
    return name
  }
  return FieldSelector.of(selector.requirements.map((one) => ({ ...one, field: nameOf(one.field) })))
}
