import {
  duplicate,
  type FieldError,
  FieldPath,
  nameIsDNSLabel,
  validateImmutableField,
  validateLabels,
} from '@kube-bonsai/apimachinery'
import { nodeLabelDeprecation } from '../core/node-labels.ts'
import { internalValue } from '../internal-form/internal-value.ts'
import { invalidEach } from '../meta/checks.ts'
import { type Fields, fieldsOf, isFields, objectsOf, textOf } from '../meta/json.ts'
import { labelsOf } from '../pod-template/validation/labels.ts'
import { containerResourceNameErrors, resourceErrors } from '../pod-template/validation/resources.ts'
import { tolerationErrors } from '../pod-template/validation/scheduling.ts'
import type { Room } from '../room.ts'

const tolerationKeys = ['key', 'operator', 'value', 'effect']

function runtimeClassErrors(runtimeClass: Fields): readonly FieldError[] {
  const { overhead, scheduling } = runtimeClass
  const handler = textOf(runtimeClass['handler'])
  return [
    ...invalidEach(FieldPath.of('handler'), handler, nameIsDNSLabel(handler, false)),
    ...(isFields(overhead) ? overheadErrors(overhead) : []),
    ...(isFields(scheduling) ? schedulingErrors(scheduling) : []),
  ]
}

function overheadErrors(overhead: Fields): readonly FieldError[] {
  const rules = { nameErrors: containerResourceNameErrors, anyHugePages: false }
  return resourceErrors({ limits: overhead['podFixed'] }, FieldPath.of('overhead'), rules)
}

function schedulingErrors(scheduling: Fields): readonly FieldError[] {
  const { nodeSelector, tolerations } = scheduling
  const path = FieldPath.of('scheduling')
  const at = path.child('tolerations')
  const seen = new Set<string>()
  return [
    ...validateLabels(labelsOf(nodeSelector), path.child('nodeSelector')),
    ...tolerationErrors(tolerations, { comparisonTolerations: false }, at),
    ...objectsOf(tolerations).flatMap((toleration, index) => {
      const key = JSON.stringify(tolerationKeys.map((name) => textOf(toleration[name])))
      if (seen.has(key)) return [duplicate(at.index(index), internalValue('Toleration', toleration))]
      seen.add(key)
      return []
    }),
  ]
}

/** Warns of labels of nodes that are deprecated. */
function runtimeClassWarnings(runtimeClass: Fields): readonly string[] {
  return Object.keys(fieldsOf(fieldsOf(runtimeClass['scheduling'])['nodeSelector']))
    .sort()
    .flatMap((key) => {
      const message = nodeLabelDeprecation(key)
      return message === undefined ? [] : [`scheduling.nodeSelector: ${message}`]
    })
}

/** @see pkg/registry/node/runtimeclass/strategy.go */
export const runtimeClassRoom: Room = {
  group: 'node.k8s.io',
  kind: 'RuntimeClass',
  validate: runtimeClassErrors,
  warningsOnCreate: runtimeClassWarnings,
  update: {
    validate: (runtimeClass, old) => [
      ...runtimeClassErrors(runtimeClass),
      ...validateImmutableField(
        textOf(fieldsOf(runtimeClass)['handler']),
        textOf(fieldsOf(old)['handler']),
        FieldPath.of('handler'),
      ),
    ],
    warnings: runtimeClassWarnings,
  },
}
