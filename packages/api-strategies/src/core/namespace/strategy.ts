import { fieldsOf, listOf, textOf } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import { labelWithName } from './defaults.ts'
import { namespaceErrors, namespaceFinalizeErrors, namespaceStatusErrors } from './validation.ts'

const finalizer = 'kubernetes'

/** @see pkg/registry/core/namespace/strategy.go */
export const namespaceRoom: Room = {
  group: '',
  kind: 'Namespace',
  prepareForCreate(namespace) {
    const spec = fieldsOf(namespace['spec'])
    const finalizers = listOf(spec['finalizers'])
    return {
      ...namespace,
      spec: finalizers.includes(finalizer) ? spec : { ...spec, finalizers: [...finalizers, finalizer] },
      status: { phase: 'Active' },
    }
  },
  validate: namespaceErrors,
  update: {
    validate: namespaceErrors,
    prepare: (namespace, old) => {
      const { finalizers } = fieldsOf(old['spec'])
      const { finalizers: _, ...spec } = fieldsOf(namespace['spec'])
      return { ...namespace, spec: finalizers === undefined ? spec : { ...spec, finalizers } }
    },
  },
  status: { validate: namespaceStatusErrors },
  subresources: {
    finalize: {
      prepare: (namespace, old) => ({ ...namespace, status: old['status'] ?? {} }),
      validate: namespaceFinalizeErrors,
    },
  },
  canonicalize: labelWithName,
  selectableFields: (namespace) => ({
    'status.phase': textOf(fieldsOf(namespace['status'])['phase']),
  }),
}
