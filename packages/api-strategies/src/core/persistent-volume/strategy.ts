import { type Fields, fieldsOf, isAbsent, isEmpty, withEmpty, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { volumeErrors, volumeStatusErrors, volumeUpdateErrors } from './validation.ts'
import { volumeWarnings } from './warnings.ts'

const className = 'volumeAttributesClassName'

function dropDisabled(volume: Fields, old: Fields | undefined, { gates }: StrategyContext): Fields {
  if (gates.enabled('VolumeAttributesClass') || !isAbsent(fieldsOf(old?.['spec'])[className])) return volume
  return withField(volume, 'spec', withField(fieldsOf(volume['spec']), className, undefined))
}

/** @see pkg/registry/core/persistentvolume/strategy.go */
export const persistentVolumeRoom: Room = {
  group: '',
  kind: 'PersistentVolume',
  prepareForCreate: (volume, context) => ({
    ...dropDisabled(volume, undefined, context),
    status: { phase: 'Pending', lastPhaseTransitionTime: context.now },
  }),
  validate: volumeErrors,
  warningsOnCreate: volumeWarnings,
  update: { prepare: dropDisabled, validate: volumeUpdateErrors, warnings: volumeWarnings },
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
    validate: volumeStatusErrors,
  },
}
