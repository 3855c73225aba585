import { type FieldError, FieldPath, invalid, semanticEqual } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, textOf, withField } from '../../meta/json.ts'
import { isExtended } from '../../pod-template/validation/resources.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { configurationErrors } from '../configuration.ts'
import { covered, withDeclarative } from '../declarative/coverage.ts'
import { declarativeErrors } from '../declarative/validate.ts'
import { listErrors } from '../lists.ts'
import { deviceSelectorErrors } from '../selectors.ts'

const specPath = FieldPath.of('spec')
const maxConfigs = 32
const extended = 'extendedResourceName'

function prepare(deviceClass: Fields, old: Fields | undefined, { gates }: StrategyContext): Fields {
  if (gates.enabled('DRAExtendedResource') || !isAbsent(fieldsOf(old?.['spec'])[extended])) return deviceClass
  return withField(deviceClass, 'spec', withField(fieldsOf(deviceClass['spec']), extended, undefined))
}

/** Selectors and configurations that stay as they were may be what only newer servers know. */
function classErrors(deviceClass: Fields, old: Fields | undefined, context: StrategyContext): readonly FieldError[] {
  const spec = fieldsOf(deviceClass['spec'])
  const same = (name: string): boolean =>
    old !== undefined && semanticEqual(spec[name] ?? null, fieldsOf(old['spec'])[name] ?? null)
  const name = spec[extended]
  const config = (item: unknown, path: FieldPath): readonly FieldError[] =>
    configurationErrors(fieldsOf(item), same('config'), path)
  const errors = [
    ...deviceSelectorErrors(spec['selectors'], same('selectors'), context, specPath.child('selectors')),
    ...listErrors(spec['config'], maxConfigs, config, specPath.child('config')),
  ]
  if (isAbsent(name) || isExtended(textOf(name))) return errors
  const wrong = invalid(specPath.child(extended), name, 'must be a valid extended resource name')
  return [...errors, ...covered([{ ...wrong, origin: 'format=k8s-extended-resource-name' }])]
}

/** @see pkg/registry/resource/deviceclass/strategy.go */
export const deviceClassRoom: Room = {
  group: 'resource.k8s.io',
  kind: 'DeviceClass',
  prepareForCreate: (deviceClass, context) => prepare(deviceClass, undefined, context),
  validate: (deviceClass, context) =>
    withDeclarative(classErrors(deviceClass, undefined, context), context, () =>
      declarativeErrors('DeviceClass', deviceClass),
    ),
  update: {
    prepare,
    validate: (deviceClass, old, context) =>
      withDeclarative(classErrors(deviceClass, old, context), context, () =>
        declarativeErrors('DeviceClass', deviceClass, old),
      ),
  },
}
