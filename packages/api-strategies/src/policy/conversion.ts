import { semanticEqual } from '@kube-bonsai/apimachinery'
import type { Conversion } from '../conversion.ts'
import { type Fields, fieldsOf, isAbsent, objectsOf, withField } from '../meta/json.ts'

const key = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match'
const all: Fields = { matchExpressions: [{ key, operator: 'DoesNotExist' }] }
const none: Fields = { matchExpressions: [{ key, operator: 'Exists' }] }
const isEmptySelector = (selector: unknown): boolean =>
  semanticEqual({ matchLabels: {}, ...fieldsOf(selector) }, { matchLabels: {} })

function withSelector(object: Fields, change: (selector: Fields) => Fields): Fields {
  const spec = fieldsOf(object['spec'])
  if (isAbsent(spec['selector'])) return object
  return withField(object, 'spec', withField(spec, 'selector', change(fieldsOf(spec['selector']))))
}

const stripped = (selector: Fields): Fields => {
  const expressions = objectsOf(selector['matchExpressions'])
  const kept = expressions.filter((expression) => expression['key'] !== key)
  return kept.length === expressions.length ? selector : withField(selector, 'matchExpressions', kept)
}

/** An empty selector selects nothing in v1beta1, everything in v1. @see pkg/apis/policy/v1beta1/conversion.go */
export const policyConversions: readonly Conversion[] = [
  {
    kind: 'PodDisruptionBudget',
    group: 'policy',
    versions: {
      'policy/v1beta1': {
        fromHub: (object) =>
          withSelector(object, (selector) =>
            semanticEqual(selector, none) ? {} : isEmptySelector(selector) ? all : selector,
          ),
        toHub: (object) =>
          withSelector(object, (selector) =>
            isEmptySelector(selector) ? none : semanticEqual(selector, all) ? {} : stripped(selector),
          ),
      },
    },
  },
]
