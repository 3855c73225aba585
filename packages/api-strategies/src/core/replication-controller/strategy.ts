import { type FieldError, FieldPath, required, selectorFromSet } from '@kube-bonsai/apimachinery'
import { type ReplicaCounts, replicaStatusErrors } from '../../apps/deployment/validation.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, withField } from '../../meta/json.ts'
import { dropDisabledTemplateFields } from '../../pod-template/disabled-fields.ts'
import { labelsOf } from '../../pod-template/validation/labels.ts'
import { lastingTemplateErrors, podTemplateErrors } from '../../pod-template/validation/pod-spec.ts'
import { covered, coveredLast } from '../../resource/declarative/coverage.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { countErrors } from '../../workloads/amounts.ts'
import { templateLabelErrors } from '../../workloads/selectors.ts'
import { newTemplateWarnings, sameGeneration, templateWarnings, withGatedTemplate } from '../../workloads/templates.ts'

const specPath = FieldPath.of('spec')

const counts: ReplicaCounts = {
  counts: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
  within: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  ready: 'readyReplicas',
}

function controllerErrors(controller: Fields, context: StrategyContext, old?: Fields): readonly FieldError[] {
  const spec = fieldsOf(controller['spec'])
  const selector = labelsOf(spec['selector']) ?? {}
  const errors = [...covered(countErrors(spec, ['minReadySeconds'], specPath))]
  if (isEmpty(selector)) errors.push(required(specPath.child('selector')))
  if (isAbsent(spec['replicas'])) errors.push(...covered([required(specPath.child('replicas'))]))
  errors.push(...covered(countErrors(spec, ['replicas'], specPath)))
  const path = specPath.child('template')
  if (isAbsent(spec['template'])) return [...errors, required(path)]
  const template = fieldsOf(spec['template'])
  return [
    ...errors,
    ...(isEmpty(selector) ? [] : templateLabelErrors(template, selectorFromSet(selector), path)),
    ...lastingTemplateErrors(template, 'ReplicationController', context, path, templateOf(old)),
  ]
}

const templateOf = (old: Fields | undefined): Fields | undefined =>
  old === undefined ? undefined : fieldsOf(fieldsOf(old['spec'])['template'])

/** A controller may lack its template: validation says so. */
const withGated = (controller: Fields, old: Fields | undefined, context: StrategyContext): Fields =>
  isAbsent(fieldsOf(controller['spec'])['template']) ? controller : withGatedTemplate(controller, old, context)

const withGatedPodTemplate = (object: Fields, old: Fields | undefined, { gates }: StrategyContext): Fields =>
  withField(object, 'template', dropDisabledTemplateFields(object['template'], old && fieldsOf(old['template']), gates))

/** @see pkg/registry/core/replicationcontroller/strategy.go */
export const replicationControllerRoom: Room = {
  group: '',
  kind: 'ReplicationController',
  prepareForCreate: (controller, context) => withGated(controller, undefined, context),
  validate: (controller, context) => coveredLast(controllerErrors(controller, context), context),
  warningsOnCreate: newTemplateWarnings,
  update: {
    prepare: withGated,
    validate: (controller, old, context) => coveredLast(controllerErrors(controller, context, old), context),
    // Upstream takes the one template for the other: it is the old one that is warned about.
    warnings: (controller, old, context) =>
      sameGeneration(controller, old) ? [] : templateWarnings(templateOf(old), context),
  },
  status: { validate: (controller) => replicaStatusErrors(fieldsOf(controller['status']), counts) },
  selectableFields: (controller) => ({ 'status.replicas': String(fieldsOf(controller['status'])['replicas'] ?? 0) }),
}

/** @see pkg/registry/core/podtemplate/strategy.go */
export const podTemplateRoom: Room = {
  group: '',
  kind: 'PodTemplate',
  prepareForCreate: (object, context) => withGatedPodTemplate(object, undefined, context),
  validate: (object, context) => podTemplateErrors(fieldsOf(object['template']), context, FieldPath.of('template')),
  warningsOnCreate: (object, context) => templateWarnings(object['template'], context, FieldPath.of('template')),
  update: {
    prepare: withGatedPodTemplate,
    validate: (object, old, context) =>
      podTemplateErrors(fieldsOf(object['template']), context, FieldPath.of('template'), fieldsOf(old['template'])),
    warnings: (object, old, context) =>
      sameGeneration(object, old) ? [] : templateWarnings(object['template'], context, FieldPath.of('template')),
  },
}
