import { FieldPath } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf } from '../../meta/json.ts'
import { podWarnings } from '../../pod-template/warnings/pod-warnings.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { hostnameWarnings } from '../../workloads/templates.ts'
import { planPodDelete } from './delete.ts'
import { prepareChangedPod, preparePod } from './prepare.ts'
import { podSelectableFields } from './selectable-fields.ts'
import { podStatusUpdate, podSubresources } from './subresources.ts'
import { podUpdateErrors } from './update-validation.ts'
import { newPodErrors } from './validation.ts'

/** Changes are not warned about: they are not people's. */
function newPodWarnings(pod: Fields, { gates }: StrategyContext): readonly string[] {
  const annotations = fieldsOf(fieldsOf(pod['metadata'])['annotations'])
  const spec = fieldsOf(pod['spec'])
  return [
    ...hostnameWarnings(pod, "the Pod's hostname"),
    ...podWarnings({ spec, annotations, path: FieldPath.root, gates, isTemplate: false }),
  ]
}

/** @see pkg/registry/core/pod/strategy.go */
export const podRoom: Room = {
  group: '',
  kind: 'Pod',
  prepareForCreate: preparePod,
  validate: newPodErrors,
  warningsOnCreate: newPodWarnings,
  update: {
    prepare: prepareChangedPod,
    validate: podUpdateErrors,
  },
  status: podStatusUpdate,
  subresources: podSubresources,
  selectableFields: podSelectableFields,
  planDelete: planPodDelete,
}
