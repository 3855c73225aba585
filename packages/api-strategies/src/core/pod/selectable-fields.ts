import { type Fields, fieldsOf, objectsOf, textOf } from '../../meta/json.ts'

/** The fields that a selector of pods may name. @see pkg/registry/core/pod/strategy.go ToSelectableFields */
export function podSelectableFields(pod: Fields): Readonly<Record<string, string>> {
  const spec = fieldsOf(pod['spec'])
  const status = fieldsOf(pod['status'])
  return {
    'spec.nodeName': textOf(spec['nodeName']),
    'spec.restartPolicy': textOf(spec['restartPolicy']),
    'spec.schedulerName': textOf(spec['schedulerName']),
    'spec.serviceAccountName': textOf(spec['serviceAccountName']),
    'spec.hostNetwork': String(spec['hostNetwork'] === true),
    'status.phase': textOf(status['phase']),
    'status.podIP': textOf(objectsOf(status['podIPs'])[0]?.['ip'] ?? status['podIP']),
    // Known as a label, and of no pod: upstream fills in the first address alone.
    'status.podIPs': '',
    'status.nominatedNodeName': textOf(status['nominatedNodeName']),
  }
}
