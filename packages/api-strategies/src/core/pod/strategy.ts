import type { Room } from '../../room.ts'
import { planPodDelete } from './delete.ts'
import { prepareChangedPod, preparePod } from './prepare.ts'
import { podSelectableFields } from './selectable-fields.ts'
import { podStatusUpdate, podSubresources } from './subresources.ts'
import { podUpdateErrors } from './update-validation.ts'
import { newPodErrors } from './validation.ts'

/** @see pkg/registry/core/pod/strategy.go */
export const podRoom: Room = {
  group: '',
  kind: 'Pod',
  prepareForCreate: preparePod,
  validate: newPodErrors,
  update: {
    prepare: prepareChangedPod,
    validate: podUpdateErrors,
  },
  status: podStatusUpdate,
  subresources: podSubresources,
  selectableFields: podSelectableFields,
  planDelete: planPodDelete,
}
