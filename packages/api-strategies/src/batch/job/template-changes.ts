import { type FieldError, FieldPath, fieldImmutableMessage, invalid, semanticEqual } from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import {
  type Fields,
  fieldsOf,
  isAbsent,
  isEmpty,
  isFields,
  listOf,
  numberOf,
  objectsOf,
  withField,
} from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'

const templatePath = FieldPath.of('spec', 'template')
const specOf = (object: Fields): Fields => fieldsOf(object['spec'])

/** Checks a change of a job's template, of which only jobs that wait suspended may change some. */
export function templateChangeErrors(job: Fields, old: Fields, { gates }: StrategyContext): readonly FieldError[] {
  const template = fieldsOf(specOf(job)['template'])
  const stored = fieldsOf(specOf(old)['template'])
  const suspended = specOf(old)['suspend'] === true
  const status = fieldsOf(old['status'])
  const waits = hasCondition(status, 'Suspended') && numberOf(status['active']) === 0
  const mayMove =
    suspended && (gates.enabled('MutableSchedulingDirectivesForSuspendedJobs') ? waits : isEmpty(status['startTime']))
  const before = mayMove ? withDirectives(stored, template) : stored
  const mayResize = suspended && waits && gates.enabled('MutablePodResourcesForSuspendedJobs')
  if (!mayResize) {
    if (semanticEqual(template, before)) return []
    return [invalid(templatePath, internalValue('PodTemplateSpec', template), fieldImmutableMessage)]
  }
  const podSpec = specOf(template)
  if (semanticEqual(podSpec, withResources(specOf(before), podSpec))) return []
  return [invalid(FieldPath.of('spec', 'template.spec'), internalValue('PodSpec', podSpec), fieldImmutableMessage)]
}

function hasCondition(status: Fields, type: string): boolean {
  return objectsOf(status['conditions']).some((it) => it['type'] === type && it['status'] === 'True')
}

const directives = ['nodeSelector', 'tolerations', 'schedulingGates']

/** The stored template with everything that says where pods go as the new one has it. */
function withDirectives(stored: Fields, template: Fields): Fields {
  const wanted = specOf(template)
  let spec = withField(specOf(stored), 'affinity', affinityOf(specOf(stored)['affinity'], wanted['affinity']))
  for (const name of directives) spec = withField(spec, name, wanted[name])
  let metadata = fieldsOf(stored['metadata'])
  for (const name of ['labels', 'annotations'])
    metadata = withField(metadata, name, fieldsOf(template['metadata'])[name])
  return { ...stored, metadata, spec }
}

function affinityOf(stored: unknown, wanted: unknown): unknown {
  const name = 'nodeAffinity'
  if (isFields(wanted)) return withField(fieldsOf(stored), name, wanted[name])
  if (!isFields(stored)) return stored
  const rest = withField(stored, name, undefined)
  return Object.values(rest).every(isAbsent) ? undefined : rest
}

/** The stored spec with the resources of its containers as the new one has them. */
function withResources(stored: Fields, wanted: Fields): Fields {
  return ['containers', 'initContainers'].reduce((spec, list) => {
    const [before, after] = [objectsOf(stored[list]), objectsOf(wanted[list])]
    if (before.length !== after.length || listOf(stored[list]).length === 0) return spec
    const changed = before.map((container, index) => {
      const other = after[index]
      return other?.['name'] === container['name'] ? withField(container, 'resources', other?.['resources']) : container
    })
    return withField(spec, list, changed)
  }, stored)
}
