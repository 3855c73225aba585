import { FieldPath, isDNS1123Label } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isFields, textOf, withField } from '../meta/json.ts'
import { dropDisabledTemplateFields } from '../pod-template/disabled-fields.ts'
import { podWarnings } from '../pod-template/warnings/pod-warnings.ts'
import type { StrategyContext } from '../strategy.ts'

/** The template in the spec of a stored object; undefined without one. */
export function templateOf(object: Fields | undefined): Fields | undefined {
  return object === undefined ? undefined : fieldsOf(fieldsOf(object['spec'])['template'])
}

/** The object whose template lacks what gates disable, unless the stored one has it. */
export function withGatedTemplate(object: Fields, old: Fields | undefined, { gates }: StrategyContext): Fields {
  const spec = fieldsOf(object['spec'])
  const template = dropDisabledTemplateFields(spec['template'], templateOf(old), gates)
  return withField(object, 'spec', withField(spec, 'template', template))
}

/** Warns of a name that cannot be part of the host names of pods; `whose` says of which. */
export function hostnameWarnings(object: Fields, whose = 'Pod names and hostnames'): readonly string[] {
  const messages = isDNS1123Label(textOf(fieldsOf(object['metadata'])['name']))
  if (messages.length === 0) return []
  const why = `this is used in ${whose}, which can result in surprising behavior`
  return [`metadata.name: ${why}; a DNS label is recommended: [${messages.join(' ')}]`]
}

const templatePath = FieldPath.of('spec', 'template')

/** Warns of what a template of pods says; of nothing where there is none. */
export function templateWarnings(
  template: unknown,
  { gates }: StrategyContext,
  path: FieldPath = templatePath,
): readonly string[] {
  if (!isFields(template)) return []
  const annotations = fieldsOf(fieldsOf(template['metadata'])['annotations'])
  return podWarnings({ spec: fieldsOf(template['spec']), annotations, path, gates, isTemplate: true })
}

/** As a new object that makes pods of its template warns, its name included. */
export function newTemplateWarnings(object: Fields, context: StrategyContext): readonly string[] {
  return [...hostnameWarnings(object), ...templateWarnings(templateOf(object), context)]
}

/** As a change of such an object warns: not at all if its generation stays. */
export function changedTemplateWarnings(object: Fields, old: Fields, context: StrategyContext): readonly string[] {
  return sameGeneration(object, old) ? [] : templateWarnings(templateOf(object), context)
}

/** Whether a change does not count. */
export function sameGeneration(object: Fields, old: Fields): boolean {
  return fieldsOf(object['metadata'])['generation'] === fieldsOf(old['metadata'])['generation']
}
