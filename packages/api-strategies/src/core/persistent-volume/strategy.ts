import { fieldsOf, isEmpty, withEmpty } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import { claimErrors, claimUpdateErrors } from './claim-validation.ts'

/** @see pkg/registry/core/persistentvolume/strategy.go */
export const persistentVolumeRoom: Room = {
  group: '',
  kind: 'PersistentVolume',
  prepareForCreate: (volume, context) => ({
    ...volume,
    status: { phase: 'Pending', lastPhaseTransitionTime: context.now },
  }),
  status: {
    /** The time of the last change of phase: the server's, unless the client brings a new one. */
    prepare(volume, old, context) {
      const status = fieldsOf(volume['status'])
      const stored = fieldsOf(old['status'])
      const time = stored['lastPhaseTransitionTime']
      if (status['phase'] === stored['phase']) {
        return { ...volume, status: withEmpty(status, { lastPhaseTransitionTime: time }) }
      }
      const given = status['lastPhaseTransitionTime']
      if (!isEmpty(given) && given !== time) return volume
      return { ...volume, status: { ...status, lastPhaseTransitionTime: context.now } }
    },
  },
}

/** @see pkg/registry/core/persistentvolumeclaim/strategy.go */
export const persistentVolumeClaimRoom: Room = {
  group: '',
  kind: 'PersistentVolumeClaim',
  prepareForCreate: (claim) => ({ ...claim, status: { phase: 'Pending' } }),
  validate: claimErrors,
  update: { validate: claimUpdateErrors },
}
