import { fieldsOf, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import { planPodDelete } from './delete.ts'
import { preparePod, withServiceAccount } from './prepare.ts'
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
    prepare: (pod) => withField(pod, 'spec', withServiceAccount(fieldsOf(pod['spec']))),
    validate: podUpdateErrors,
  },
  status: podStatusUpdate,
  subresources: podSubresources,
  selectableFields: podSelectableFields,
  planDelete: planPodDelete,
}
