import { isDNS1123Label } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, textOf, withField } from '../meta/json.ts'
import { dropDisabledTemplateFields } from '../pod-template/disabled-fields.ts'
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

/** Warns of a name that cannot be part of the host names of pods. */
export function hostnameWarnings(object: Fields): readonly string[] {
  const messages = isDNS1123Label(textOf(fieldsOf(object['metadata'])['name']))
  if (messages.length === 0) return []
  const why = 'this is used in Pod names and hostnames, which can result in surprising behavior'
  return [`metadata.name: ${why}; a DNS label is recommended: [${messages.join(' ')}]`]
}
