import { type Fields, fieldsOf, isAbsent, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { withDataSources } from './data-source.ts'
import { claimErrors, claimStatusErrors, claimUpdateErrors } from './validation.ts'
import { claimWarnings } from './warnings.ts'

function withSources(claim: Fields, old: Fields | undefined, { gates }: StrategyContext): Fields {
  const stored = old === undefined ? undefined : fieldsOf(old['spec'])
  return withField(claim, 'spec', withDataSources(fieldsOf(claim['spec']), stored, gates))
}

/** A status without the fields whose gate is off; what the stored claim uses stays. */
function dropDisabledStatus(claim: Fields, old: Fields, { gates }: StrategyContext): Fields {
  const stored = fieldsOf(old['status'])
  let status = fieldsOf(claim['status'])
  const drop = (gate: string, names: readonly string[]): void => {
    if (gates.enabled(gate)) return
    for (const name of names) if (isAbsent(stored[name])) status = withField(status, name, undefined)
  }
  drop('VolumeAttributesClass', ['currentVolumeAttributesClassName', 'modifyVolumeStatus'])
  drop('RecoverVolumeExpansionFailure', ['allocatedResources', 'allocatedResourceStatuses'])
  return withField(claim, 'status', status)
}

/** @see pkg/registry/core/persistentvolumeclaim/strategy.go */
export const persistentVolumeClaimRoom: Room = {
  group: '',
  kind: 'PersistentVolumeClaim',
  prepareForCreate: (claim, context) => withSources(claim, undefined, context),
  validate: claimErrors,
  warningsOnCreate: claimWarnings,
  update: { prepare: withSources, validate: claimUpdateErrors, warnings: claimWarnings },
  status: { prepare: dropDisabledStatus, validate: claimStatusErrors },
}
