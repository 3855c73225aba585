import { type FieldPath, isValidLabelValue } from '@kube-bonsai/apimachinery'
import { type Fields, listOf, objectsOf, textOf } from '../meta/json.ts'

const deprecated: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

/** What is said of a label of nodes that is deprecated; undefined for others. @see pkg/api/node/util.go */
export function nodeLabelDeprecation(key: string): string | undefined {
  return Object.hasOwn(deprecated, key) ? deprecated[key] : undefined
}

/** Warns of deprecated labels in a choice of nodes, and if asked of values that no label can hold. */
export function nodeTermWarnings(term: Fields, checkValues: boolean, path: FieldPath): readonly string[] {
  return objectsOf(term['matchExpressions']).flatMap((expression, index) => {
    const at = path.child('matchExpressions').index(index)
    const key = textOf(expression['key'])
    const message = nodeLabelDeprecation(key)
    const values = checkValues ? listOf(expression['values']).map(textOf) : []
    return [
      ...(message === undefined ? [] : [`${at.child('key')}: ${key} is ${message}`]),
      ...values.flatMap((value, place) =>
        isValidLabelValue(value).map((wrong) => `${at.child('values').index(place)}: ${value} is invalid, ${wrong}`),
      ),
    ]
  })
}
