import { type Fields, fieldsOf, textOf } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import { jobErrors, jobUpdateErrors } from './validation.ts'

/** Labels that tie a pod to its job, the old spellings included. */
const nameLabels = ['job-name', 'batch.kubernetes.io/job-name']
const uidLabels = ['controller-uid', 'batch.kubernetes.io/controller-uid']

/** @see pkg/registry/batch/job/strategy.go */
export const jobRoom: Room = {
  group: 'batch',
  kind: 'Job',
  prepareForCreate(job) {
    const spec = fieldsOf(job['spec'])
    return spec['manualSelector'] === true ? job : { ...job, spec: withSelector(spec, fieldsOf(job['metadata'])) }
  },
  validate: jobErrors,
  update: { validate: jobUpdateErrors },
  selectableFields: (job) => ({ 'status.successful': String(fieldsOf(job['status'])['succeeded'] ?? 0) }),
}

/** Selects the pods of this job by its uid, and labels them so; what the user wrote there stays, for validation to judge. */
function withSelector(spec: Fields, metadata: Fields): Fields {
  const [name, uid] = [textOf(metadata['name']), textOf(metadata['uid'])]
  const template = fieldsOf(spec['template'])
  const own = fieldsOf(template['metadata'])
  const added = [...nameLabels.map((label) => [label, name]), ...uidLabels.map((label) => [label, uid])]
  const labels = { ...Object.fromEntries(added), ...fieldsOf(own['labels']) }
  const selector = fieldsOf(spec['selector'])
  const matchLabels = { 'batch.kubernetes.io/controller-uid': uid, ...fieldsOf(selector['matchLabels']) }
  return {
    ...spec,
    selector: { ...selector, matchLabels },
    template: { ...template, metadata: { ...own, labels } },
  }
}
