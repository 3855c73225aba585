import { FieldPath } from '@kube-bonsai/apimachinery'
import { claimSpecWarnings } from '../../core/persistent-volume-claim/warnings.ts'
import { type Fields, fieldsOf, isAbsent, isFields, numberOf, objectsOf, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { changedTemplateWarnings, templateOf, templateWarnings, withGatedTemplate } from '../../workloads/templates.ts'
import { collisionErrors, type ReplicaCounts, replicaStatusErrors } from '../deployment/validation.ts'
import { statefulSetErrors, statefulSetUpdateErrors } from './validation.ts'

const counts: ReplicaCounts = {
  counts: [
    'replicas',
    'readyReplicas',
    'currentReplicas',
    'updatedReplicas',
    'availableReplicas',
    'observedGeneration',
    'collisionCount',
  ],
  within: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
  ready: 'status.readyReplicas',
}

const rollingUpdateOf = (object: Fields | undefined): Fields =>
  fieldsOf(fieldsOf(fieldsOf(object?.['spec'])['updateStrategy'])['rollingUpdate'])

function prepare(object: Fields, old: Fields | undefined, context: StrategyContext): Fields {
  const gated = withGatedTemplate(object, old, context)
  if (context.gates.enabled('MaxUnavailableStatefulSet') || !isAbsent(rollingUpdateOf(old)['maxUnavailable'])) {
    return gated
  }
  const spec = fieldsOf(gated['spec'])
  const strategy = fieldsOf(spec['updateStrategy'])
  const { rollingUpdate } = strategy
  if (!isFields(rollingUpdate)) return gated
  const plain = withField(strategy, 'rollingUpdate', withField(rollingUpdate, 'maxUnavailable', undefined))
  return withField(gated, 'spec', withField(spec, 'updateStrategy', plain))
}

/** On updates upstream spells the path with a field of Go at its end. */
function claimWarnings(object: Fields, update: boolean): readonly string[] {
  const spec = fieldsOf(object['spec'])
  const path = FieldPath.of('spec', 'volumeClaimTemplates')
  const texts = objectsOf(spec['volumeClaimTemplates']).flatMap((claim, index) => {
    const at = path.index(index)
    return claimSpecWarnings(fieldsOf(claim['spec']), update ? at.child('Spec') : at)
  })
  if (numberOf(spec['revisionHistoryLimit']) >= 0) return texts
  const why = 'a negative value retains all historical revisions; a value >= 0 is recommended'
  return [...texts, `spec.revisionHistoryLimit: ${why}`]
}

/** @see pkg/registry/apps/statefulset/strategy.go */
export const statefulSetRoom: Room = {
  group: 'apps',
  kind: 'StatefulSet',
  prepareForCreate: (object, context) => prepare(object, undefined, context),
  validate: (object, context) => statefulSetErrors(object, context),
  warningsOnCreate: (object, context) => [
    ...templateWarnings(templateOf(object), context),
    ...claimWarnings(object, false),
  ],
  update: {
    prepare,
    validate: statefulSetUpdateErrors,
    warnings: (object, old, context) => [
      ...changedTemplateWarnings(object, old, context),
      ...claimWarnings(object, true),
    ],
  },
  status: {
    validate: (object, old) => [
      ...replicaStatusErrors(fieldsOf(object['status']), counts),
      ...collisionErrors(object, old),
    ],
  },
}
