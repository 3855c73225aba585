import { FieldPath, getWarningsForCIDR } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf, textOf, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { nodeErrors, nodeUpdateErrors } from './validation.ts'

/**
 * A node whose networks stand under both names: the single one counts where they differ.
 *
 * @see pkg/apis/core/v1/conversion.go Convert_v1_NodeSpec_To_core_NodeSpec
 */
function withNetworks(node: Fields): Fields {
  const spec = fieldsOf(node['spec'])
  const single = textOf(spec['podCIDR'])
  const [first] = listOf(spec['podCIDRs'])
  if (single === textOf(first)) return node
  const networks = single === '' ? { podCIDR: first } : { podCIDRs: [single] }
  return { ...node, spec: { ...spec, ...networks } }
}

/** A node without the fields whose gate is off; what the stored node uses stays. */
function dropDisabled(node: Fields, old: Fields | undefined, gates: FeatureGates): Fields {
  const stored = fieldsOf(old?.['status'])
  let spec = fieldsOf(node['spec'])
  let status = fieldsOf(node['status'])
  if (isAbsent(fieldsOf(old?.['spec'])['configSource'])) spec = withField(spec, 'configSource', undefined)
  if (old === undefined) status = withField(status, 'config', undefined)
  if (!gates.enabled('RecursiveReadOnlyMounts') && !gates.enabled('UserNamespacesSupport')) {
    status = withField(status, 'runtimeHandlers', undefined)
  }
  if (!gates.enabled('SupplementalGroupsPolicy') && isAbsent(stored['features'])) {
    status = withField(status, 'features', undefined)
  }
  if (!gates.enabled('NodeDeclaredFeatures') && isEmpty(stored['declaredFeatures'])) {
    status = withField(status, 'declaredFeatures', undefined)
  }
  return withField(withField(node, 'spec', spec), 'status', status)
}

const prepare = (node: Fields, old: Fields | undefined, { gates }: StrategyContext): Fields =>
  dropDisabled(withNetworks(node), old, gates)

function nodeWarnings(node: Fields): readonly string[] {
  const spec = fieldsOf(node['spec'])
  const path = FieldPath.of('spec').child('podCIDRs')
  return [
    ...(isFields(spec['configSource']) ? ['spec.configSource: the feature is removed'] : []),
    ...(isEmpty(spec['externalID']) ? [] : ['spec.externalID: this field is deprecated, and is unused by Kubernetes']),
    ...listOf(spec['podCIDRs']).flatMap((text, index) => getWarningsForCIDR(path.index(index), textOf(text))),
  ]
}

/** @see pkg/registry/core/node/strategy.go */
export const nodeRoom: Room = {
  group: '',
  kind: 'Node',
  prepareForCreate: (node, context) => prepare(node, undefined, context),
  validate: nodeErrors,
  warningsOnCreate: nodeWarnings,
  update: {
    prepare,
    validate: (node, old, context) => [...nodeErrors(node, context), ...nodeUpdateErrors(node, old)],
    warnings: nodeWarnings,
  },
  status: {
    prepare(node, old) {
      const result = withNetworks(node)
      if (!isAbsent(fieldsOf(old['status'])['config'])) return result
      return withField(result, 'status', withField(fieldsOf(node['status']), 'config', undefined))
    },
    validate: nodeUpdateErrors,
  },
  selectableFields: (node) => ({ 'spec.unschedulable': String(fieldsOf(node['spec'])['unschedulable'] === true) }),
}
